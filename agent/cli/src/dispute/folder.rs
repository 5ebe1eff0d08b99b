//! A folder with all that a dispute is judged by, for whoever has no ledger: written whole or not at all,
//! and read as if a stranger had written it.

mod draft;
mod read;
mod write;

use arch_identity::{Digest, Timestamp};
use serde::{Deserialize, Serialize};

pub(crate) use draft::Draft;
pub(crate) use read::From;
pub(crate) use write::write;

const SCHEMA: &str = "arch.dispute-folder/v1";
const LIST: &str = "list.json";
const TASK: &str = "task.json";
const RECEIPT: &str = "receipt.txt";
const MESSAGES: &str = "messages";

/// What stands in `task.json`: the task, and when the ledger had each message.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Contents {
    schema: String,
    job: Digest,
    attempt: u32,
    /// Index of the entry that anchors the commitments.
    entry: u64,
    /// Its leaf hash.
    leaf: Digest,
    /// Its time.
    committed_at: Timestamp,
    /// Digest of the challenge, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dispute: Option<Digest>,
    messages: Vec<Listed>,
}

/// A file of `messages`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Listed {
    file: String,
    message: Digest,
    at: Timestamp,
    /// Index of the entry that has it; none for a line of the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    entry: Option<u64>,
}
