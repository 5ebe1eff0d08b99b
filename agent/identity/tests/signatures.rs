//! Signatures hold for exactly one key, one message, one encoding.

use arch_identity::{
    Algorithm, BadSignature, KeyError, KeyKind, KeyPair, PublicKey, SigningKey, pae,
};

fn key(algorithm: Algorithm, seed: u8) -> SigningKey {
    SigningKey::from_seed(algorithm, &[seed; 32])
}

fn unhex<const N: usize>(text: &str) -> [u8; N] {
    let bytes: Vec<u8> =
        (0..N).map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap()).collect();
    bytes.try_into().unwrap()
}

#[test]
fn rfc_8032_test_2_holds() {
    let seed = unhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
    let key = SigningKey::from_seed(Algorithm::Ed25519, &seed);
    assert_eq!(
        key.public().bytes(),
        unhex::<32>("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    );
    let expected: [u8; 64] = unhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
         085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    );
    assert_eq!(key.sign(&[0x72]), expected);
    assert_eq!(key.public().verify(&[0x72], &expected), Ok(()));
}

#[test]
fn every_flipped_bit_of_a_signature_breaks_it() {
    for algorithm in [Algorithm::Ed25519, Algorithm::MlDsa44] {
        let key = key(algorithm, 1);
        let good = key.sign(b"message");
        assert_eq!(good.len(), algorithm.signature_len());
        // Every bit of the short one, every 61st of the long one: dense enough to reach each part.
        let step = if algorithm == Algorithm::Ed25519 { 1 } else { 61 };
        for bit in (0..good.len() * 8).step_by(step) {
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(key.public().verify(b"message", &bad), Err(BadSignature), "bit {bit}");
        }
    }
}

#[test]
fn an_added_group_order_is_refused() {
    // RFC 8032 §5.1.7: S must lie below the order L, or a signature has two forms.
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
        0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let key = key(Algorithm::Ed25519, 1);
    let mut signature = key.sign(b"m");
    let mut carry = 0_u16;
    for (byte, add) in signature[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        *byte = (sum & 0xff) as u8;
        carry = sum >> 8;
    }
    assert_eq!(key.public().verify(b"m", &signature), Err(BadSignature));
}

#[test]
fn small_order_points_are_no_keys() {
    let mut identity = [0; 32];
    identity[0] = 1;
    for bytes in [[0; 32], identity] {
        assert_eq!(PublicKey::from_bytes(Algorithm::Ed25519, &bytes), Err(KeyError::NotAPoint));
    }
}

#[test]
fn a_second_encoding_of_a_point_is_no_key() {
    // y = p + 1 encodes the identity once more; y = p + 3 and its kind encode good points twice.
    for low in 0xed..=0xff_u8 {
        let mut bytes = [0xff; 32];
        bytes[0] = low;
        bytes[31] = 0x7f;
        assert!(PublicKey::from_bytes(Algorithm::Ed25519, &bytes).is_err(), "{low:#x}");
    }
}

#[test]
fn another_key_or_algorithm_or_length_does_not_verify() {
    let (ed, ml) = (key(Algorithm::Ed25519, 1), key(Algorithm::MlDsa44, 1));
    assert!(key(Algorithm::Ed25519, 2).public().verify(b"m", &ed.sign(b"m")).is_err());
    assert!(ed.public().verify(b"m", &ml.sign(b"m")).is_err());
    assert!(ml.public().verify(b"m", &ed.sign(b"m")).is_err());
    assert!(ed.public().verify(b"m", &[]).is_err());
    assert!(ml.public().verify(b"m", &[0; 2421]).is_err());
}

#[test]
fn a_did_reads_back_and_has_one_spelling() {
    for algorithm in [Algorithm::Ed25519, Algorithm::MlDsa44] {
        let key = key(algorithm, 3);
        let did = key.public().did();
        assert_eq!(&PublicKey::from_did(&did).unwrap(), key.public());
        for wrong in
            [did.to_uppercase(), format!("{did}1"), did.replace(":z", ":Z"), did[..20].into()]
        {
            assert!(PublicKey::from_did(&wrong).is_err(), "{wrong}");
        }
    }
    // W3C CCG did:key test vector.
    let known = "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp";
    assert_eq!(PublicKey::from_did(known).unwrap().did(), known);
}

#[test]
fn an_endless_did_is_refused_at_once() {
    let long = format!("did:key:z{}", "6".repeat(10_000_000));
    assert_eq!(PublicKey::from_did(&long), Err(KeyError::NotADid));
}

#[test]
fn the_halves_of_a_hybrid_identity_are_two_materials() {
    let keys = KeyPair::from_seed(KeyKind::Hybrid, &[5; 32]).public();
    assert_ne!(keys[0].material(), keys[1].material());
}

#[test]
fn the_signed_bytes_are_those_of_dsse() {
    // The worked example of the DSSE specification.
    let type_ = "http://example.com/HelloWorld";
    assert_eq!(
        pae(type_, b"hello world"),
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    );
}
