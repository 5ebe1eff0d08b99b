//! What a dispute is about, and does not change.

use arch_identity::{Digest, PublicKey, Timestamp};
use arch_matrix::{Cell, commit::Hash};

use crate::{
    ground::{Ground, Spot},
    marked::Bound,
    message::{Resolver, Terms},
    pair::Pair,
    task::{Roots, Task},
    tile_digest::TileDigest,
};

/// What a dispute is about. Made only from a challenge that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Case {
    /// The challenge's digest: the dispute's name.
    pub id: Digest,
    /// Of what.
    pub task: Task,
    /// Who.
    pub parties: Pair<PublicKey>,
    /// The cell.
    pub cell: Cell,
    /// The leaf of it.
    pub leaf: u64,
    /// Where that is in A, B and C.
    pub ground: Ground,
    /// The leaf's hashes.
    pub hashes: Pair<Hash>,
    /// Digests of the challenger's tiles.
    pub marks: Vec<TileDigest>,
    /// What each had committed to of them.
    pub(crate) bound: Pair<Bound>,
    /// The inputs as the challenger has them.
    pub inputs: Roots,
    /// How the step is settled.
    pub resolver: Resolver,
    /// Stakes and deadlines.
    pub terms: Terms,
    /// Who is asked for a verdict, in this order.
    pub judges: Vec<PublicKey>,
    /// When the challenge was made.
    pub opened: Timestamp,
}

/// A disputed step of a disputed tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Located {
    /// Where.
    pub spot: Spot,
    /// Digest of the sums before it, on which both agree; of zeros before the first one.
    pub before: TileDigest,
    /// Digests of the sums after it.
    pub after: Pair<TileDigest>,
}

impl Case {
    /// What of disputes there must be one: the same two about the same leaf of the same task.
    #[must_use]
    pub fn subject(&self) -> Digest {
        let Self { task, parties, cell, leaf, .. } = self;
        let mut all = Vec::new();
        all.extend_from_slice(b"arch-network.v1 dispute subject\n");
        for digest in
            [task.job, task.leaf, parties.challenger.material(), parties.respondent.material()]
        {
            all.extend_from_slice(digest.as_bytes());
        }
        all.extend_from_slice(&task.attempt.to_le_bytes());
        all.extend_from_slice(&cell.row.to_le_bytes());
        all.extend_from_slice(&cell.column.to_le_bytes());
        all.extend_from_slice(&leaf.to_le_bytes());
        let Ground { depth, .. } = &self.ground;
        all.extend_from_slice(&depth.start.to_le_bytes());
        Digest::of(&all)
    }
}
