//! Keys, good and forged.

use arch_circuits::{
    Fr,
    groth16::{Groth16Proof, KeyError, NotAProvingKey, VerifyingKey, dev_key},
    iden3,
};
use ark_bn254::{Bn254, Fq, Fq2, G1Affine, G2Affine};
use ark_ec::{AffineRepr as _, CurveGroup as _};
use ark_ff::{BigInteger as _, PrimeField as _};
use ark_serialize::CanonicalSerialize as _;

use super::world::{World, arkworks, compressed, world};

#[test]
fn a_dev_key_is_the_same_every_time() {
    let World { system, key, .. } = world();
    assert_eq!(dev_key(system).unwrap().verifying().sha256(), key.verifying().sha256());
}

#[test]
fn keys_that_anybody_could_forge_with_are_none() {
    let good = world().key.verifying().to_bytes();
    assert_eq!((good.len(), VerifyingKey::read(&good, 5).unwrap().to_bytes()), (424, good.clone()));
    let forged = |change: fn(&mut ark_groth16::VerifyingKey<Bn254>)| {
        let mut key = arkworks(&good);
        change(&mut key);
        VerifyingKey::read(&compressed(&key), 5).unwrap_err()
    };
    assert_eq!(forged(|key| key.gamma_g2 = key.delta_g2), KeyError::NotContributed);
    for infinite in [
        (|key| key.alpha_g1 = G1Affine::zero()) as fn(&mut ark_groth16::VerifyingKey<Bn254>),
        |key| key.beta_g2 = G2Affine::zero(),
        |key| key.gamma_g2 = G2Affine::zero(),
        |key| key.delta_g2 = G2Affine::zero(),
        |key| key.gamma_abc_g1[0] = G1Affine::zero(),
        |key| key.gamma_abc_g1[5] = G1Affine::zero(),
    ] {
        assert_eq!(forged(infinite), KeyError::Infinity);
    }
    for known in [
        (|key| key.alpha_g1 = G1Affine::generator()) as fn(&mut ark_groth16::VerifyingKey<Bn254>),
        |key| key.alpha_g1 = -G1Affine::generator(),
        |key| key.beta_g2 = G2Affine::generator(),
        |key| key.delta_g2 = G2Affine::generator(),
    ] {
        assert_eq!(forged(known), KeyError::KnownSecret);
    }
    assert_eq!(forged(|key| key.gamma_abc_g1.truncate(5)), KeyError::Publics { have: 4, need: 5 });
    assert_eq!(
        forged(|key| key.gamma_abc_g1.push(G1Affine::generator())),
        KeyError::Publics { have: 6, need: 5 }
    );
    assert_eq!(VerifyingKey::read(&good, 4).unwrap_err(), KeyError::Publics { have: 5, need: 4 });
}

/// What somebody did to a key.
type Change<'a> = &'a dyn Fn(&mut ark_groth16::VerifyingKey<Bn254>);

#[test]
fn keys_with_points_in_a_relation_that_anybody_can_find_are_none() {
    let good = world().key.verifying().to_bytes();
    let twice = |point: G2Affine| (point + point).into_affine();
    let cases: [(&str, Change); 11] = [
        ("gamma = -delta", &|key| key.gamma_g2 = -key.delta_g2),
        ("beta = delta", &|key| key.beta_g2 = key.delta_g2),
        ("beta = -delta", &|key| key.beta_g2 = -key.delta_g2),
        ("beta = gamma", &|key| key.beta_g2 = key.gamma_g2),
        ("beta = -gamma", &|key| key.beta_g2 = -key.gamma_g2),
        ("delta = 2 gamma", &|key| key.delta_g2 = twice(key.gamma_g2)),
        ("beta + gamma = delta", &|key| key.delta_g2 = (key.beta_g2 + key.gamma_g2).into_affine()),
        ("alpha = IC", &|key| key.alpha_g1 = key.gamma_abc_g1[0]),
        ("alpha = -IC", &|key| key.alpha_g1 = -key.gamma_abc_g1[3]),
        ("IC = IC", &|key| key.gamma_abc_g1[1] = key.gamma_abc_g1[2]),
        ("IC = -IC", &|key| key.gamma_abc_g1[1] = -key.gamma_abc_g1[2]),
    ];
    for (what, change) in cases {
        let mut key = arkworks(&good);
        change(&mut key);
        let told = VerifyingKey::read(&compressed(&key), 5).unwrap_err();
        assert_eq!(told, KeyError::Related, "{what}");
    }
}

#[test]
fn a_proving_key_whose_halves_disagree_is_refused() {
    let World { system, key, .. } = world();
    let file = iden3::write_zkey(system, key);
    // Section 2 begins behind the header of the file and section 1; β and δ of the first group in it.
    let start = 12 + 12 + 4 + 12 + 72 + 12;
    for (what, at) in [("beta", start + 64), ("delta", start + 64 + 64 + 128 + 128)] {
        let mut changed = file.clone();
        changed.copy_within(start..start + 64, at);
        let told = iden3::read_zkey(&changed, system).unwrap_err();
        assert_eq!(told, iden3::ZkeyError::Key(NotAProvingKey::OtherSecrets), "{what}");
    }
}

/// With a key that nobody contributed to, three points of the public key prove anything.
#[test]
fn the_forgery_that_such_a_key_allows_is_real_and_is_refused_with_it() {
    let World { key, statement, .. } = world();
    let mut vk = arkworks(&key.verifying().to_bytes());
    vk.gamma_g2 = vk.delta_g2;
    let mut lie = statement.publics();
    lie[4] = Fr::from(0xdead_beef_u64);
    let inputs = vk.gamma_abc_g1[1..].iter().zip(&lie);
    let sum =
        inputs.fold(vk.gamma_abc_g1[0].into_group(), |sum, (point, number)| sum + *point * number);
    let forged = ark_groth16::Proof { a: vk.alpha_g1, b: vk.beta_g2, c: (-sum).into_affine() };
    let prepared = ark_groth16::prepare_verifying_key(&vk);
    assert!(ark_groth16::Groth16::<Bn254>::verify_proof(&prepared, &forged, &lie).unwrap());
    assert!(VerifyingKey::read(&compressed(&vk), 5).is_err());
}

/// A point on the curve over Fq2 that is not in the group of order r.
fn outside() -> G2Affine {
    (1..)
        .find_map(|x| {
            G2Affine::get_point_from_x_unchecked(Fq2::new(Fq::from(x), Fq::from(0)), true)
        })
        .filter(|point| !point.is_in_correct_subgroup_assuming_on_curve())
        .unwrap()
}

#[test]
fn points_outside_their_group_and_other_encodings_are_refused() {
    let World { key, proof, .. } = world();
    let points: ark_groth16::Proof<Bn254> =
        ark_serialize::CanonicalDeserialize::deserialize_compressed(&proof.to_bytes()[..]).unwrap();
    let read = |points: &ark_groth16::Proof<Bn254>| {
        let mut bytes = [0; 128];
        points.serialize_compressed(&mut bytes[..]).unwrap();
        Groth16Proof::read(&bytes)
    };
    assert!(read(&points).is_ok());
    assert!(read(&ark_groth16::Proof { b: outside(), ..points.clone() }).is_err());
    assert!(read(&ark_groth16::Proof { a: G1Affine::zero(), ..points.clone() }).is_err());
    assert!(read(&ark_groth16::Proof { b: G2Affine::zero(), ..points.clone() }).is_err());
    assert!(read(&ark_groth16::Proof { c: G1Affine::zero(), ..points.clone() }).is_err());
    // x and x + q are the same coordinate; the generator's is 1, so that there is room for both.
    let small = ark_groth16::Proof { a: G1Affine::generator(), ..points.clone() };
    let mut bytes = [0; 128];
    small.serialize_compressed(&mut bytes[..]).unwrap();
    assert!(Groth16Proof::read(&bytes).is_ok());
    let mut x = small.a.x.into_bigint();
    assert!(!x.add_with_carry(&Fq::MODULUS) && x.num_bits() <= 254);
    let sign = bytes[31] & 0xc0;
    bytes[..32].copy_from_slice(&x.to_bytes_le());
    bytes[31] |= sign;
    assert!(Groth16Proof::read(&bytes).is_err());
    let mut vk = arkworks(&key.verifying().to_bytes());
    vk.beta_g2 = outside();
    assert_eq!(VerifyingKey::read(&compressed(&vk), 5).unwrap_err(), KeyError::Malformed);
    let good = key.verifying().to_bytes();
    for cut in [0, 1, 31, 231, 423] {
        assert!(VerifyingKey::read(&good[..cut], 5).is_err(), "{cut}");
    }
    assert!(VerifyingKey::read(&[&good[..], &[0]].concat(), 5).is_err());
}
