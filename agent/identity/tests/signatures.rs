//! Signatures hold for exactly one key, one message, one encoding.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "tests may be blunt"
)]

use arch_identity::{
    Algorithm, BadSignature, Digest, KeyError, KeyKind, KeyPair, PublicKey, SigningKey, pae,
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

/// A signature that the plain equation of RFC 8032 §5.1.7 believes and the strict check does not.
fn only_the_strict_check_refuses(public: [u8; 32], message: &[u8], signature: [u8; 64]) {
    use ed25519_dalek::Verifier as _;
    let plain = ed25519_dalek::VerifyingKey::from_bytes(&public).unwrap();
    plain.verify(message, &ed25519_dalek::Signature::from_bytes(&signature)).unwrap();
    let ours = PublicKey::from_bytes(Algorithm::Ed25519, &public).unwrap();
    assert_eq!(ours.verify(message, &signature), Err(BadSignature));
}

#[test]
fn a_signature_whose_r_is_of_small_order_is_refused() {
    // "Taming the many EdDSAs" (Chalkias, Garillot, Nikolaenko, 2020), the kind of cases 0 to 2:
    // verifiers disagree about them. Made here for a good key: R is the identity, and s = k·a.
    let public = key(Algorithm::Ed25519, 1).public().bytes().try_into().unwrap();
    let signature = unhex(
        "0100000000000000000000000000000000000000000000000000000000000000\
         199e40089d1aef216c5d852a26866dfcbd76fafd45b9d74f5e80bb7c0dc8e501",
    );
    only_the_strict_check_refuses(public, b"small order", signature);
}

#[test]
fn a_key_of_mixed_order_cannot_sign_with_an_r_of_small_order() {
    // The same paper, case 2: A is a good point plus one of order 8, and R is of order 4.
    let public = unhex("9ea3f11f5bd34f0cd7147fd0a436c088f624c6100c1df6a53c0a29e05d60cea0");
    let signature = unhex(
        "0000000000000000000000000000000000000000000000000000000000000000\
         775a708ef47af233d200c20ad7697c0dc93407f020d37f827f2ab0597c4e4300",
    );
    only_the_strict_check_refuses(public, b"mixed order 0", signature);
}

#[test]
fn ml_dsa_44_gives_the_known_key_and_signature_for_a_seed() {
    // Cross-checked once with OpenSSL 4.0.0 through Python's cryptography 48.0.0: it derives the
    // same public key from the seed and believes the signature. Signing is deterministic here.
    let key = key(Algorithm::MlDsa44, 7);
    assert_eq!(
        Digest::of(key.public().bytes()).to_string(),
        "sha256:86c769d3b468de487eb9a09f242f7fa0b997a07ef4ded49627e7bf9539f28b62"
    );
    let signature = key.sign(b"known answer");
    assert_eq!(
        Digest::of(&signature).to_string(),
        "sha256:ced82e29bec405ca4278b084b45bdd1612bf94222423ab2f556ea401bee99c36"
    );
    assert_eq!(key.public().verify(b"known answer", &signature), Ok(()));
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
fn a_key_is_one_exactly_if_the_curves_own_encoding_of_its_point_is_the_same() {
    // Every value of the first and the last byte, between bytes that are all the same.
    for (fill, low, high) in [0, 1, 0x5a, 0xfe, 0xff]
        .into_iter()
        .flat_map(|fill| (0..=255_u8).map(move |low| (fill, low)))
        .flat_map(|(fill, low)| [0, 0x40, 0x7f, 0x80, 0xff].map(|high| (fill, low, high)))
    {
        let mut bytes = [fill; 32];
        (bytes[0], bytes[31]) = (low, high);
        let point = ed25519_dalek::VerifyingKey::from_bytes(&bytes).ok();
        let same = point
            .filter(|key| !key.is_weak())
            .is_some_and(|key| key.to_edwards().compress().to_bytes() == bytes);
        assert_eq!(PublicKey::from_bytes(Algorithm::Ed25519, &bytes).is_ok(), same, "{bytes:x?}");
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
