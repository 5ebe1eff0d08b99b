//! The circuits' digests, and proofs under the dev key, which is made once for all tests.

use std::sync::OnceLock;

use arch_circuits::{
    Circuit, System,
    field::{from_bytes, to_bytes},
    groth16::{ProvingKey, dev_key, prove},
    tile::{self, TileShape, TileStatement, TileStep, context},
    tile_numbers,
};
use arch_dispute::{Bytes, Digester, Proof, Statement, StepNumbers, StepProver, Tile, TileDigest};
use arch_identity::Digest;
use arch_matrix::Format;

pub(crate) struct Poseidon2;

impl Digester for Poseidon2 {
    fn digest(&self, _: Format, tile: Tile, numbers: &[i64]) -> Option<TileDigest> {
        let tile = match tile {
            Tile::A => tile::Tile::A,
            Tile::B => tile::Tile::B,
            Tile::Sums => tile::Tile::Sums,
        };
        let digest = TileShape::I8_128.leaf(tile, numbers).ok()?;
        Some(TileDigest::from_bytes(to_bytes(&digest)))
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
    fn stated(statement: &Statement, after: TileDigest) -> TileStatement {
        let number = |digest: TileDigest| from_bytes(digest.as_bytes()).unwrap();
        TileStatement {
            context: context(statement.place()),
            a: number(statement.a()),
            b: number(statement.b()),
            before: number(statement.before()),
            after: number(after),
        }
    }

    pub(crate) fn digest(&self) -> Digest {
        Digest::from_bytes(self.key.verifying().sha256())
    }
}

impl StepProver for Dev {
    fn prove(&self, statement: &Statement, numbers: &StepNumbers) -> Option<Proof> {
        let StepNumbers { a, b, before, .. } = numbers.clone();
        let step = TileStep::compute(TileShape::I8_128, a, b, before).ok()?;
        let after = step.statement(context(statement.place())).after;
        let after = TileDigest::from_bytes(to_bytes(&after));
        let stated = Self::stated(statement, after);
        let proof = prove(self.system, &self.key, &tile_numbers(&stated, &step), &[3; 32]).ok()?;
        let (dispute, key) = (self.digest(), self.digest());
        let proof = Bytes(proof.to_bytes().to_vec());
        let circuit = Circuit::Tile.id().to_owned();
        Some(Proof { dispute, stage: dispute, circuit, key, after, proof })
    }
}
