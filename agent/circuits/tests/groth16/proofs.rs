//! Proofs, and what is none.

use arch_circuits::{
    Fr,
    groth16::{
        Groth16Proof, NotAProvingKey, ProveError, ProvingKey, VerifyingKey, dev_key, prove,
        verify_all,
    },
    iden3,
    tile::{Inputs, TileShape, context},
    tile_numbers, tile_system,
};
use ark_bn254::Bn254;
use ark_serialize::CanonicalSerialize as _;
use ark_std::rand::{SeedableRng as _, rngs::StdRng};
use proptest::prelude::*;

use super::world::{World, arkworks, world};

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
