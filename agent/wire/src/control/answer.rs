//! The answers.

use std::collections::BTreeMap;

use arch_identity::Digest;
use arch_problem::Problem;
use serde::{Deserialize, Serialize};

use super::{Bytes, JobDetail, JobRow, Status};

/// What the agent answers, under the name of the call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Answer {
    /// How the node is.
    Status(Box<Status>),
    /// Jobs, newest first.
    JobList {
        /// One row a job.
        jobs: Vec<JobRow>,
        /// Whether older jobs were left off.
        truncated: bool,
    },
    /// One job.
    JobShow(Box<JobDetail>),
    /// What became of a submitted document.
    JobSubmit(Submitted),
    /// The job is, or is being, stopped.
    JobCancel {
        /// Its state right now.
        state: String,
    },
    /// The result is out.
    JobRelease {
        /// Its state right now.
        state: String,
    },
    /// The result is thrown away.
    JobReject {
        /// Its state right now.
        state: String,
    },
    /// A dead letter is tried again.
    JobRetry {
        /// The state it is in now.
        state: String,
    },
    /// What the job wrote.
    JobLogs {
        /// Standard output.
        stdout: Text,
        /// Standard error.
        stderr: Text,
    },
    /// How the second run compares with the first.
    JobReplay(Replayed),
    /// What became of a message of a dispute.
    DisputeHear(HeardOf),
    /// What is in force now.
    Reload(Reloaded),
}

/// What became of a message of a dispute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HeardOf {
    /// The message's digest.
    pub message: Digest,
    /// Which message, in its word.
    pub word: String,
    /// The dispute: digest of its challenge; none for a commitment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispute: Option<Digest>,
    /// Index of the entry that has it; none while it waits for stakes to be free.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<u64>,
    /// Whether it was there before.
    pub already: bool,
    /// Where the dispute is now, in the words of docs/DISPUTES.md; none for a commitment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
}

/// What became of a submitted document. A job that was accepted before is named again, with its
/// state; that is no error and starts nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Submitted {
    /// The document's digest, or that of the raw bytes when they are no document.
    pub digest: Digest,
    /// `waiting`, `refused`, or what a job accepted earlier is now.
    pub state: String,
    /// Whether it had been accepted before.
    pub already: bool,
    /// Why it was refused; empty otherwise.
    pub problems: Vec<Problem>,
}

/// The head of a stream.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Text {
    /// At most 256 KiB.
    pub bytes: Bytes,
    /// Size of the whole in bytes.
    pub size: u64,
    /// Digest of the whole, by which the archive knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
}

/// How a second run compares with the recorded one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Replayed {
    /// The job.
    pub digest: Digest,
    /// Whether outcome, outputs, reads and fuel are the same.
    pub same: bool,
    /// What differs, in words; empty when `same`.
    pub differences: Vec<String>,
    /// How the second run ended.
    pub outcome: String,
    /// Digests of its outputs by name.
    pub outputs: BTreeMap<String, Digest>,
    /// Digest of the list of files it read, if it read any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reads: Option<Digest>,
    /// Instructions it used.
    pub fuel: u64,
}

/// What is in force after a reload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Reloaded {
    /// Version of the trust root.
    pub root: u64,
    /// Name of the policy.
    pub policy: String,
    /// Version of the policy.
    pub version: u64,
    /// Whether anything differs from before.
    pub changed: bool,
}
