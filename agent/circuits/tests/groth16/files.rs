//! Keys, proofs and numbers as iden3 has them.

use arch_circuits::{
    Fr,
    field::to_decimal,
    iden3,
    tile::{Inputs, TileShape},
    tile_system,
};
use ark_ff::{BigInteger as _, PrimeField as _, UniformRand as _};
use ark_std::rand::{SeedableRng as _, rngs::StdRng};

use super::world::{World, world};

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
