//! The circuits' digests, and proofs under the dev key, which is made once for all tests: of this crate,
//! and of `archctl`.

use std::sync::OnceLock;

use arch_circuits::{
    Circuit, System,
    groth16::{Groth16Proof, ProvingKey, dev_key, prove},
    tile::{self, TileShape, TileStatement, TileStep},
    tile_numbers,
};
use arch_dispute::{
    Bytes, Digester, Proof, ProofCheck, Statement, StepNumbers, StepProver, Tile, TileDigest,
};
use arch_identity::Digest;
use arch_matrix::Format;

pub(crate) struct Poseidon2;

impl Digester for Poseidon2 {
    fn digest(&self, format: Format, tile: Tile, numbers: &[i64]) -> Option<TileDigest> {
        assert_eq!(format, Format::I8);
        let tile = match tile {
            Tile::A => tile::Tile::A,
            Tile::B => tile::Tile::B,
            Tile::Sums => tile::Tile::Sums,
        };
        TileShape::I8_128.digest(tile, numbers).ok().map(TileDigest::from_bytes)
    }
}

/// Proofs under the dev key, made once for all tests.
pub(crate) struct Dev {
    system: &'static System,
    key: ProvingKey,
}

pub(crate) fn dev() -> &'static Dev {
    static DEV: OnceLock<Dev> = OnceLock::new();
    DEV.get_or_init(|| {
        let system = Circuit::Tile.system();
        Dev { system, key: dev_key(system).unwrap() }
    })
}

impl Dev {
    pub(crate) fn digest(&self) -> Digest {
        Digest::from_bytes(self.key.verifying().sha256())
    }
}

/// What is proved, in the circuit's numbers.
fn stated(statement: &Statement, after: TileDigest) -> Option<TileStatement> {
    let digests = [statement.a(), statement.b(), statement.before(), after];
    TileStatement::of(statement.place(), digests.each_ref().map(TileDigest::as_bytes))
}

impl StepProver for Dev {
    fn prove(&self, statement: &Statement, numbers: &StepNumbers) -> Option<Proof> {
        let StepNumbers { a, b, before, .. } = numbers.clone();
        let step = TileStep::compute(TileShape::I8_128, a, b, before).ok()?;
        let after = Poseidon2.digest(statement.format(), Tile::Sums, step.after())?;
        let stated = stated(statement, after)?;
        let proof = prove(self.system, &self.key, &tile_numbers(&stated, &step), &[3; 32]).ok()?;
        let (dispute, key) = (self.digest(), self.digest());
        let proof = Bytes(proof.to_bytes().to_vec());
        let circuit = Circuit::Tile.id().to_owned();
        Some(Proof { dispute, stage: dispute, circuit, key, after, proof })
    }
}

impl ProofCheck for Dev {
    fn holds(&self, statement: &Statement, proof: &Proof) -> bool {
        let verifying = self.key.verifying();
        let known = proof.circuit == Circuit::Tile.id()
            && proof.key == self.digest()
            && statement.format() == Format::I8;
        let points = proof.proof.0.as_slice().try_into().ok();
        let points = points.and_then(|bytes| Groth16Proof::read(bytes).ok());
        match (stated(statement, proof.after), points) {
            (Some(stated), Some(points)) if known => verifying.verify(&stated.publics(), &points),
            _ => false,
        }
    }
}
