//! Which computation a dispute is about.

use arch_identity::Digest;
use arch_matrix::commit::Hash;
use serde::{Deserialize, Serialize};

/// One attempt at a job, as one ledger has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// The job's document.
    pub job: Digest,
    /// Which attempt.
    pub attempt: u32,
    /// Index of the entry that anchors the commitments.
    pub entry: u64,
    /// The leaf hash of that entry. It stands for all of the ledger before it: an entry of the same
    /// index elsewhere, or of another epoch, has another.
    pub leaf: Digest,
}

/// The roots over leaves of 64 × 64 of A and of B, as integers, each counted as one cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Roots {
    /// Of A.
    pub a: Hash,
    /// Of B.
    pub b: Hash,
}
