//! What is proved of a disputed step.

use arch_identity::{Digest, PublicKey, canonical};
use arch_matrix::{Cell, Format};
use serde::Serialize;

use crate::{
    pair::Pair,
    state::{Case, Located},
    task::Task,
    tile_digest::TileDigest,
};

/// `before + A·B = after` for one step of one tile, of which a proof names `after`. Made only from a
/// record: nobody chooses what is to be proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    pub(crate) format: Format,
    pub(crate) place: Vec<u8>,
    pub(crate) a: TileDigest,
    pub(crate) b: TileDigest,
    pub(crate) before: TileDigest,
}

/// The place, as canonical JSON.
#[derive(Serialize)]
struct Place<'a> {
    schema: &'static str,
    dispute: Digest,
    /// All that was said up to here: a proof of another dispute, or of another course of this one, is
    /// none.
    stage: Digest,
    task: Task,
    parties: &'a Pair<PublicKey>,
    cell: Cell,
    leaf: u64,
    tile: usize,
    step: usize,
}

impl Statement {
    pub(crate) fn new(case: &Case, stage: Digest, at: &Located, [a, b]: [TileDigest; 2]) -> Self {
        let place = Place {
            schema: "arch.network/dispute-place/v1",
            dispute: case.id,
            stage,
            task: case.task,
            parties: &case.parties,
            cell: case.cell,
            leaf: case.leaf,
            tile: at.spot.tile,
            step: at.spot.step,
        };
        // Nothing in it has no canonical form: numbers come from messages, which have one.
        let place = canonical::bytes(&place).unwrap_or_default();
        Self { format: case.ground.format, place, a, b, before: at.before }
    }

    /// How numbers are held: it decides the circuit.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// The one place that the proof counts for; what a circuit's context is made from.
    #[must_use]
    pub fn place(&self) -> &[u8] {
        &self.place
    }

    /// Digest of the tile of A.
    #[must_use]
    pub fn a(&self) -> TileDigest {
        self.a
    }

    /// Digest of the tile of B.
    #[must_use]
    pub fn b(&self) -> TileDigest {
        self.b
    }

    /// Digest of the sums before the step.
    #[must_use]
    pub fn before(&self) -> TileDigest {
        self.before
    }
}
