//! What the main process hands to a worker, and what that says.

use arch_wire::{
    control::Bytes,
    prover::{ProveRequest, Stage},
};
use serde::{Deserialize, Serialize};

/// Most bytes of JSON in a frame from a worker.
pub(crate) const WORD_CAP: usize = 1 << 12;

/// One proof to make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Job {
    /// What was asked for.
    pub(crate) ask: ProveRequest,
    /// The SHA-256 of the key to prove with, in hex.
    pub(crate) pk_sha256: String,
    /// Whether that is a dev key, which may be made where it is not there.
    pub(crate) dev: bool,
}

/// From a worker. The stages come in order, each once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) enum Word {
    /// It has come so far.
    Stage(Stage),
    /// Its last word: 128 bytes.
    Proof(Bytes),
    /// Its last word, too.
    Not(Why, String),
}

/// Why a worker has no proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Why {
    /// The assignment is none, or does not satisfy the circuit.
    Statement,
    /// There is no key, or a wrong one.
    Key,
    /// What was made does not verify.
    Unsound,
    /// The machine did not do its part.
    Machine,
}
