//! A small circuit with its key and a proof.

use std::sync::OnceLock;

use arch_circuits::{
    System,
    groth16::{Groth16Proof, ProvingKey, dev_key, prove},
    tile::{Inputs, TileShape, TileStatement, TileStep, context},
    tile_numbers, tile_system,
};
use ark_bn254::Bn254;
use ark_serialize::CanonicalSerialize as _;

pub(crate) struct World {
    pub(crate) system: System,
    pub(crate) key: ProvingKey,
    pub(crate) step: TileStep,
    pub(crate) statement: TileStatement,
    pub(crate) proof: Groth16Proof,
}

/// A small circuit with its dev key and a proof, made once.
pub(crate) fn world() -> &'static World {
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

pub(crate) fn arkworks(bytes: &[u8]) -> ark_groth16::VerifyingKey<Bn254> {
    ark_serialize::CanonicalDeserialize::deserialize_compressed(bytes).unwrap()
}

pub(crate) fn compressed(key: &ark_groth16::VerifyingKey<Bn254>) -> Vec<u8> {
    let mut bytes = Vec::new();
    key.serialize_compressed(&mut bytes).unwrap();
    bytes
}
