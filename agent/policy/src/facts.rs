//! What a node knows of itself and of the moment, as data.

use std::collections::{BTreeMap, BTreeSet};

use arch_document::{Runtime, quantity::GpuCount};
use arch_identity::{Digest, Timestamp, canonical::Decimal};
use serde::{Deserialize, Serialize};

/// The node as an audience may name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Here<'a> {
    /// Its did:key.
    pub node: &'a str,
    /// Groups that it is in.
    pub groups: &'a [String],
}

/// What an admission is decided upon, beside the job and the policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// This node's did:key.
    pub node: String,
    /// Groups that this node is in, as an audience may name them.
    pub groups: Vec<String>,
    /// The one clock reading of this evaluation.
    pub now: Timestamp,
    /// Runtimes that have a working executor.
    pub runtimes: Vec<Runtime>,
    /// GPUs that the node lends.
    pub gpus: GpuCount,
    /// Who must sign a change of the policy, for the words of a remedy.
    pub policy_quorum: Option<Quorum>,
    /// Jobs that completed here, as far as the job's `after` asks for them.
    pub completed: BTreeSet<Digest>,
    /// What placement constraints ask about, such as `energy.price_eur_kwh`.
    pub known: BTreeMap<String, Fact>,
}

impl Facts {
    /// A node that knows nothing but its name and the time: no runtime, no GPU, no fact. What is
    /// not set afterwards refuses.
    #[must_use]
    pub fn new(node: impl Into<String>, now: Timestamp) -> Self {
        Self {
            node: node.into(),
            groups: Vec::new(),
            now,
            runtimes: Vec::new(),
            gpus: GpuCount::default(),
            policy_quorum: None,
            completed: BTreeSet::new(),
            known: BTreeMap::new(),
        }
    }
}

/// How many of how many signers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quorum {
    /// Signatures that are needed.
    pub need: u32,
    /// Signers there are.
    pub of: u32,
}

/// A typed fact. Numbers compare with numbers, texts with texts; nothing is converted. Read from JSON, a number
/// without a fraction is whole however it is spelled, so that a fact reads the same from what was written of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, from = "Spelled")]
pub enum Fact {
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Integer(i64),
    /// An exact decimal fraction.
    Decimal(Decimal),
    /// A word, such as `x86_64`.
    Text(String),
}

/// A fact as somebody wrote it: `1.0` is not an integer yet.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "a fact is `true`, `false`, a number with at most 15 digits or a text"
)]
enum Spelled {
    Flag(bool),
    Integer(i64),
    Decimal(Decimal),
    Text(String),
}

impl From<Spelled> for Fact {
    fn from(spelled: Spelled) -> Self {
        match spelled {
            Spelled::Flag(flag) => Self::Flag(flag),
            Spelled::Integer(number) => Self::Integer(number),
            Spelled::Decimal(number) => number.whole().map_or(Self::Decimal(number), Self::Integer),
            Spelled::Text(text) => Self::Text(text),
        }
    }
}

impl std::fmt::Display for Fact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Integer(number) => write!(f, "{number}"),
            Self::Decimal(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}
