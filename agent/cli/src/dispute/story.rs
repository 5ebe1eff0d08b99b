//! What happened in a dispute, for a person and for a program: the same.

mod make;
mod text;

use std::ops::Range;

use arch_dispute::{Resolver, Rule, Side, TileDigest};
use arch_identity::{Digest, PublicKey, Timestamp};
use arch_matrix::{Cell, commit::Hash};
use serde::Serialize;

/// All that there is to tell.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Story {
    pub(crate) schema: &'static str,
    pub(crate) dispute: Digest,
    pub(crate) job: Digest,
    pub(crate) attempt: u32,
    /// Index of the entry that anchors the commitments.
    pub(crate) committed: u64,
    pub(crate) challenger: Party,
    pub(crate) respondent: Party,
    pub(crate) place: Place,
    pub(crate) resolver: Resolver,
    /// Where it is, in the words of docs/DISPUTES.md.
    pub(crate) state: &'static str,
    /// The step that they part in, once it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) parted: Option<Parted>,
    pub(crate) messages: Vec<Said>,
    /// Bytes of all messages, the two commitments included.
    pub(crate) message_bytes: usize,
    /// Bytes of the proof that decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) proof_bytes: Option<usize>,
    /// Who has to speak, and until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) awaits: Option<Awaits>,
    /// Who is at fault, once that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) finding: Option<Found>,
    /// Whose verdict it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) judge: Option<PublicKey>,
    /// Whether it rests on his word alone.
    pub(crate) on_his_word: bool,
    /// Judges who said nothing in their time.
    pub(crate) silent_judges: Vec<PublicKey>,
    /// Judges who signed a wrong verdict.
    pub(crate) wrong_judges: Vec<PublicKey>,
    pub(crate) stakes: Vec<Stake>,
    /// Index of the entry that says how it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) settled: Option<u64>,
}

/// One of the two.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Party {
    pub(crate) by: PublicKey,
    /// The message that commits.
    pub(crate) commit: Digest,
    /// The leaf's hash as committed.
    pub(crate) leaf_hash: Hash,
}

/// The disputed leaf.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Place {
    pub(crate) cell: Cell,
    pub(crate) leaf: u64,
    /// Of C.
    pub(crate) rows: Range<u32>,
    /// Of C.
    pub(crate) columns: Range<u32>,
    /// Which part of the depth its sums run over.
    pub(crate) depth: Range<u32>,
    pub(crate) format: String,
    /// Rows, depth and columns of the product.
    pub(crate) sides: [u32; 3],
}

/// A step of a tile.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Parted {
    pub(crate) tile: usize,
    /// Of C.
    pub(crate) rows: Range<u32>,
    /// Of C.
    pub(crate) columns: Range<u32>,
    pub(crate) step: usize,
    pub(crate) steps: usize,
    /// Its stretch of the depth.
    pub(crate) depth: Range<u32>,
    /// Digest of the sums before, on which both agree.
    pub(crate) before: TileDigest,
    /// The sums after, as the challenger says.
    pub(crate) challenger: TileDigest,
    /// The sums after, as the respondent says.
    pub(crate) respondent: TileDigest,
}

/// A message.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Said {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) entry: Option<u64>,
    pub(crate) at: Timestamp,
    pub(crate) word: &'static str,
    pub(crate) by: PublicKey,
    pub(crate) message: Digest,
    pub(crate) bytes: usize,
    /// Why it changed nothing, if so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) changed_nothing: Option<String>,
}

/// Whose turn it is.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Awaits {
    pub(crate) word: &'static str,
    pub(crate) of: Vec<PublicKey>,
    /// The last second of the time that there is.
    pub(crate) until: Timestamp,
}

/// Who is at fault.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Found {
    pub(crate) upheld: bool,
    pub(crate) at_fault: Vec<Fault>,
    /// The key that a proof was believed under.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<Key>,
}

/// One party's fault.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Fault {
    pub(crate) who: Side,
    pub(crate) by: PublicKey,
    pub(crate) rule: Rule,
    /// The message that shows it.
    pub(crate) evidence: Digest,
    pub(crate) at: Timestamp,
}

/// The key of a proof.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Key {
    pub(crate) circuit: String,
    pub(crate) key: Digest,
    /// Whether the key is revoked by now, so that the two may dispute the leaf once more.
    pub(crate) reopenable: bool,
}

/// What became of a stake, as the ledger's entries say.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Stake {
    pub(crate) entry: u64,
    pub(crate) by: PublicKey,
    /// `staked`, `returned` or `lost`.
    pub(crate) what: &'static str,
    /// How many were staked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) units: Option<u64>,
    /// Who got how much of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) shares: Vec<arch_dispute::book::Share>,
    /// What nobody got.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) burnt: Option<u64>,
}
