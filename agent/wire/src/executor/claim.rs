//! What the executor says about a run that ended.

use arch_identity::Digest;
use serde::{Deserialize, Serialize};

use super::{Inline, LimitKind, Outcome};

/// The executor's word; nothing in it is believed before the agent has checked it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Claim {
    /// How it ended.
    pub outcome: Outcome,
    /// Fuel used; the same on every node for the same job. After `Deadline` a lower bound (the
    /// engine writes it down at calls), and 0 if the worker was lost.
    pub fuel: u64,
    /// Processor time of worker and compiler, in milliseconds.
    pub cpu_millis: u64,
    /// Most memory resident in the worker, in bytes; it shares pages with the executor.
    pub peak_memory_bytes: u64,
    /// From request to end, compiling included, in milliseconds.
    pub wall_millis: u64,
    /// The [`STREAMS`], then the named outputs that the guest wrote.
    pub outputs: Vec<Blob>,
    /// A line `sha256:… size path` for each file read through a read grant, sorted by path.
    /// None if there was no read grant.
    pub reads: Option<Blob>,
    /// Caps that the guest ran into, whether it died of them or not.
    pub limits_hit: Vec<LimitKind>,
    /// What the guest reached for without a grant, whatever became of it.
    pub denied: Denied,
}

/// Outputs that always come and are no files of `/out`.
pub const STREAMS: [&str; 2] = ["stdout", "stderr"];
/// Most bytes of [`Claim::reads`].
pub const READS_CAP: u64 = 256 << 20;
/// Most lines of [`Denied::first`].
pub const DENIED_LINES_CAP: usize = 64;
/// Most bytes of one of them.
pub const DENIED_LINE_CAP: usize = 1 << 10;

/// What was reached for without a grant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Denied {
    /// How often.
    pub count: u64,
    /// The first ones that differ, `reason: path`, sorted: at most [`DENIED_LINES_CAP`] of at most
    /// [`DENIED_LINE_CAP`] bytes.
    pub first: Vec<String>,
}

impl Denied {
    /// Whether it keeps to the caps.
    #[must_use]
    pub fn is_bounded(&self) -> bool {
        self.first.len() <= DENIED_LINES_CAP
            && self.first.iter().all(|line| line.len() <= DENIED_LINE_CAP)
    }
}

/// Bytes in a sealed memfd beside the frame or, where they are few, here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Blob {
    /// `stdout`, `stderr`, or the file's name under `/out`.
    pub name: String,
    /// Length in bytes.
    pub size: u64,
    /// SHA-256 of the bytes.
    pub digest: Digest,
    /// The bytes themselves; then no memfd belongs to this blob.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<Inline>,
}

impl Claim {
    /// How many memfds belong to it: one for each output, then for the reads, whose bytes do not stand
    /// in it.
    #[must_use]
    pub fn fds(&self) -> usize {
        self.outputs.iter().chain(&self.reads).filter(|blob| blob.bytes.is_none()).count()
    }

    /// A run that ended before a guest could do anything.
    #[must_use]
    pub fn without_work(outcome: Outcome) -> Self {
        Self {
            outcome,
            fuel: 0,
            cpu_millis: 0,
            peak_memory_bytes: 0,
            wall_millis: 0,
            outputs: Vec::new(),
            reads: None,
            limits_hit: Vec::new(),
            denied: Denied::default(),
        }
    }
}
