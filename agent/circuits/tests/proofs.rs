//! Keys, proofs and numbers, good and forged.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "tests may be blunt"
)]

use std::sync::OnceLock;

use arch_circuits::{
    Fr, System,
    field::to_decimal,
    groth16::{
        Groth16Proof, KeyError, NotAProvingKey, ProveError, ProvingKey, VerifyingKey, dev_key,
        prove, verify_all,
    },
    iden3,
    tile::{Inputs, TileShape, TileStatement, TileStep, context},
    tile_numbers, tile_system,
};
use ark_bn254::{Bn254, Fq, Fq2, G1Affine, G2Affine};
use ark_ec::{AffineRepr as _, CurveGroup as _};
use ark_ff::{BigInteger as _, PrimeField as _, UniformRand as _};
use ark_serialize::CanonicalSerialize as _;
use ark_std::rand::{SeedableRng as _, rngs::StdRng};
use proptest::prelude::*;

struct World {
    system: System,
    key: ProvingKey,
    step: TileStep,
    statement: TileStatement,
    proof: Groth16Proof,
}

/// A small circuit with its dev key and a proof, made once.
fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let shape = TileShape::new(2, 2, 3, Inputs::I8).unwrap();
        let system = tile_system(shape);
        let key = dev_key(&system).unwrap();
        let step =
            TileStep::compute(shape, vec![1, 2, 3, -4, 5, 6], vec![7; 6], vec![0; 4]).unwrap();
        let statement = step.statement(context(b"a place"));
        let proof = prove(&system, &key, &tile_numbers(&statement, &step), &[1; 32]).unwrap();
        World { system, key, step, statement, proof }
    })
}

fn arkworks(bytes: &[u8]) -> ark_groth16::VerifyingKey<Bn254> {
    ark_serialize::CanonicalDeserialize::deserialize_compressed(bytes).unwrap()
}

fn compressed(key: &ark_groth16::VerifyingKey<Bn254>) -> Vec<u8> {
    let mut bytes = Vec::new();
    key.serialize_compressed(&mut bytes).unwrap();
    bytes
}

#[test]
fn a_proof_of_128_bytes_is_read_back_and_verifies_for_its_statement_alone() {
    let World { key, statement, proof, .. } = world();
    let bytes = proof.to_bytes();
    let read = Groth16Proof::read(&bytes).unwrap();
    assert_eq!((&read, bytes.len()), (proof, 128));
    assert!(key.verifying().verify(&statement.publics(), &read));
    for public in 0..5 {
        let mut others = statement.publics();
        others[public] += Fr::from(1);
        assert!(!key.verifying().verify(&others, &read), "public {public}");
    }
    assert!(!key.verifying().verify(&statement.publics()[..4], &read));
    assert!(!key.verifying().verify(&[], &read));
    let other = world().step.statement(context(b"another place"));
    assert!(!key.verifying().verify(&other.publics(), &read), "replayed for another context");
}

#[test]
fn nothing_is_proved_that_does_not_hold() {
    let World { system, key, step, statement, .. } = world();
    let mut lie = *statement;
    lie.after += Fr::from(1);
    let told = prove(system, key, &tile_numbers(&lie, step), &[2; 32]);
    assert!(matches!(told, Err(ProveError::Unsatisfied(_))), "{told:?}");
    let short = &tile_numbers(statement, step)[..100];
    assert!(matches!(prove(system, key, short, &[2; 32]), Err(ProveError::Unsatisfied(_))));
}

#[test]
fn a_key_of_another_circuit_gives_no_proof() {
    let World { step, statement, key, .. } = world();
    let other = tile_system(TileShape::new(2, 2, 4, Inputs::I8).unwrap());
    let other_key = dev_key(&other).unwrap();
    let told = prove(&world().system, &other_key, &tile_numbers(statement, step), &[2; 32]);
    assert_eq!(told, Err(ProveError::Unsound));
    let sha = |bytes: &[u8]| <[u8; 32]>::from(<sha2::Sha256 as sha2::Digest>::digest(bytes));
    let bytes = key.to_bytes();
    assert!(ProvingKey::read_pinned(&bytes, &sha(&bytes), &world().system).is_ok());
    let told = ProvingKey::read_pinned(&bytes, &sha(&bytes), &other).unwrap_err();
    assert_eq!(told, NotAProvingKey::OtherCircuit);
    let mut changed = bytes;
    changed[5000] ^= 1;
    let told =
        ProvingKey::read_pinned(&changed, &sha(&key.to_bytes()), &world().system).unwrap_err();
    assert_eq!(told, NotAProvingKey::NotPinned);
    assert_eq!(
        ProvingKey::read_pinned(b"", &sha(b""), &world().system).unwrap_err(),
        NotAProvingKey::Malformed
    );
}

#[test]
fn a_dev_key_is_the_same_every_time() {
    let World { system, key, .. } = world();
    assert_eq!(dev_key(system).unwrap().verifying().sha256(), key.verifying().sha256());
}

#[test]
fn the_same_seed_gives_the_same_proof_and_another_seed_another() {
    let World { system, key, step, statement, proof } = world();
    let numbers = tile_numbers(statement, step);
    assert_eq!(prove(system, key, &numbers, &[1; 32]).unwrap(), *proof);
    assert_ne!(prove(system, key, &numbers, &[3; 32]).unwrap(), *proof);
}

#[test]
fn a_proof_made_from_a_proof_verifies_so_that_its_bytes_identify_nothing() {
    let World { key, statement, proof, .. } = world();
    let points: ark_groth16::Proof<Bn254> =
        ark_serialize::CanonicalDeserialize::deserialize_compressed(&proof.to_bytes()[..]).unwrap();
    let vk = arkworks(&key.verifying().to_bytes());
    let again = ark_groth16::Groth16::<Bn254>::rerandomize_proof(
        &vk,
        &points,
        &mut StdRng::seed_from_u64(1),
    );
    let mut bytes = [0; 128];
    again.serialize_compressed(&mut bytes[..]).unwrap();
    let again = Groth16Proof::read(&bytes).unwrap();
    assert_ne!(again, *proof);
    assert!(key.verifying().verify(&statement.publics(), &again));
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

#[test]
fn many_proofs_are_verified_at_once_and_one_lie_among_them_is_noticed() {
    let World { system, key, step, .. } = world();
    let proofs: Vec<([Fr; 5], Groth16Proof)> = (0..5_u8)
        .map(|place| {
            let statement = step.statement(context(&[place]));
            let numbers = tile_numbers(&statement, step);
            (statement.publics(), prove(system, key, &numbers, &[place; 32]).unwrap())
        })
        .collect();
    let all = |proofs: &[([Fr; 5], Groth16Proof)]| {
        let proofs: Vec<_> = proofs.iter().map(|(publics, proof)| (&publics[..], proof)).collect();
        verify_all(key.verifying(), &proofs, &[9; 32])
    };
    assert!(all(&proofs) && all(&proofs[..1]) && all(&[]));
    for lie in 0..5 {
        let mut others = proofs.clone();
        others[lie].0[3] += Fr::from(1);
        assert!(!all(&others), "{lie}");
        let mut swapped = proofs.clone();
        swapped.swap(lie, (lie + 1) % 5);
        let (first, second) = (swapped[lie].0, swapped[(lie + 1) % 5].0);
        (swapped[lie].0, swapped[(lie + 1) % 5].0) = (second, first);
        assert!(!all(&swapped), "{lie}: each for the other's statement");
    }
    assert!(!verify_all(key.verifying(), &[(&proofs[0].0[..4], &proofs[0].1)], &[9; 32]));
}

#[test]
fn json_of_snarkjs_is_read_back_and_nothing_else_is() {
    let World { key, statement, proof, .. } = world();
    let json = iden3::proof_to_json(proof);
    assert_eq!(iden3::proof_from_json(&json).unwrap(), *proof);
    let publics = iden3::publics_to_json(&statement.publics());
    assert_eq!(iden3::publics_from_json(&publics).unwrap(), statement.publics());
    let vk = iden3::verifying_key_to_json(key.verifying());
    let read = iden3::verifying_key_from_json(&vk, 5).unwrap();
    assert_eq!(read.to_bytes(), key.verifying().to_bytes());
    assert!(iden3::verifying_key_from_json(&vk, 4).is_err());

    let aliased = {
        let mut sum = num(&statement.publics()[0]);
        sum.add_with_carry(&Fr::MODULUS);
        sum.to_string()
    };
    assert!(iden3::publics_from_json(&serde_json::json!([aliased])).is_err());
    let changes: [(&str, serde_json::Value); 9] = [
        ("/protocol", "plonk".into()),
        ("/curve", "bls12381".into()),
        ("/pi_a", serde_json::Value::Null),
        ("/pi_a/0", "1".into()),
        ("/pi_a/0", 1.into()),
        ("/pi_a/2", "0".into()),
        ("/pi_b/2/0", "0".into()),
        ("/pi_c", serde_json::json!(["0", "1", "0"])),
        ("/pi_c/1", format!("0{}", json["pi_c"][1].as_str().unwrap()).into()),
    ];
    for (place, value) in changes {
        let mut changed = json.clone();
        *changed.pointer_mut(place).unwrap() = value;
        assert!(iden3::proof_from_json(&changed).is_err(), "{place}");
    }
    let mut empty = vk.clone();
    empty["IC"] = serde_json::json!([]);
    empty["nPublic"] = 0.into();
    assert!(iden3::verifying_key_from_json(&empty, 0).is_err(), "no points for public numbers");
    for place in ["/nPublic", "/vk_alpha_1/0", "/vk_beta_2/0/0", "/IC/0/0", "/IC"] {
        let mut changed = vk.clone();
        *changed.pointer_mut(place).unwrap() = "3".into();
        assert!(iden3::verifying_key_from_json(&changed, 5).is_err(), "{place}");
    }
}

fn num(number: &Fr) -> ark_ff::BigInt<4> {
    number.into_bigint()
}

#[test]
fn a_zkey_is_read_back_with_its_rows_and_for_its_circuit_alone() {
    let World { system, key, .. } = world();
    let file = iden3::write_zkey(system, key);
    let read = iden3::read_zkey(&file, system).unwrap();
    assert_eq!(read.key.to_bytes(), key.to_bytes());
    assert_eq!(read.contributions, []);
    let other = tile_system(TileShape::new(2, 2, 4, Inputs::I8).unwrap());
    assert_eq!(iden3::read_zkey(&file, &other).unwrap_err(), iden3::ZkeyError::OtherRows);
    for cut in [0, 3, 11, 23, 100, 1000, file.len() - 1] {
        assert!(iden3::read_zkey(&file[..cut], system).is_err(), "{cut}");
    }
    assert!(iden3::read_zkey(&[&file[..], &[0]].concat(), system).is_err());
    let mut rng = StdRng::seed_from_u64(5);
    let step = file.len() / 40;
    for place in (0..40).map(|place| place * step + usize::from(u8::rand(&mut rng)) % step) {
        let mut changed = file.clone();
        changed[place] ^= 0x11;
        let told = iden3::read_zkey(&changed, system);
        let same = told.as_ref().is_ok_and(|read| read.key.to_bytes() == key.to_bytes());
        // The digest of the circuit and the number of contributions say nothing about the points.
        assert!(told.is_err() || same, "byte {place}");
    }
}

#[test]
fn numbers_of_publics_are_written_as_snarkjs_writes_them() {
    assert_eq!(to_decimal(&-Fr::from(1)).len(), 77);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_bytes_panic_a_reader(bytes in prop::collection::vec(any::<u8>(), 0..600), publics in 0..8_usize) {
        let _any = VerifyingKey::read(&bytes, publics);
        let _any = iden3::read_zkey(&bytes, &world().system);
        let framed = [&b"zkey\x01\0\0\0\x02\0\0\0"[..], &bytes].concat();
        let _any = iden3::read_zkey(&framed, &world().system);
        if let Some(proof) = bytes.first_chunk() {
            let _any = Groth16Proof::read(proof);
        }
    }

    #[test]
    fn no_changed_bit_of_a_proof_verifies(bit in 0..1024_usize) {
        let World { key, statement, proof, .. } = world();
        let mut bytes = proof.to_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let verifies = Groth16Proof::read(&bytes)
            .is_ok_and(|proof| key.verifying().verify(&statement.publics(), &proof));
        prop_assert!(!verifies);
    }

    #[test]
    fn no_changed_bit_of_a_key_is_the_key(bit in 0..3392_usize) {
        let World { key, statement, proof, .. } = world();
        let mut bytes = key.verifying().to_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let verifies = VerifyingKey::read(&bytes, 5)
            .is_ok_and(|key| key.verify(&statement.publics(), proof));
        prop_assert!(!verifies);
    }
}
