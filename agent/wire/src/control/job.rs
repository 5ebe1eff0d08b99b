//! Jobs as people see them.

use std::collections::BTreeMap;

use arch_identity::{Digest, Timestamp};
use serde::{Deserialize, Serialize};

/// One line of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct JobRow {
    /// The document's digest; of a refused file that is no document, the digest of its bytes.
    pub digest: Digest,
    /// `metadata.name`; of a refused file its name.
    pub name: String,
    /// `metadata.owner`; empty when the document was refused.
    pub owner: String,
    /// One of the words of `arch_schedule::JobState`.
    pub state: String,
    /// Why it was refused or how it failed, `ARCH-S001`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// When the ledger last wrote about it.
    pub time: Timestamp,
}

/// Where in the ledger a job stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Anchors {
    /// Index of its refusal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<u64>,
    /// Index of its acceptance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<u64>,
    /// Index of its last start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<u64>,
    /// Index of its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished: Option<u64>,
    /// Index of its release or rejection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided: Option<u64>,
}

/// What one run used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct JobUse {
    /// Instructions in the engine's units.
    pub fuel: u64,
    /// Processor time in milliseconds.
    pub cpu_millis: u64,
    /// Highest memory use in bytes.
    pub peak_memory_bytes: u64,
    /// Bytes of all outputs together.
    pub output_bytes: u64,
    /// Wall time in milliseconds.
    pub wall_millis: u64,
    /// How often it reached for what it was not granted; the agent's log has the paths.
    #[serde(default)]
    pub denied: u64,
}

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct JobProgress {
    /// Steps that are done; a step is a tile of a product.
    pub done: u64,
    /// All of them.
    pub of: u64,
}

/// All that is known of one job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct JobDetail {
    /// What a list shows of it.
    pub row: JobRow,
    /// Where in the ledger it stands.
    pub anchors: Anchors,
    /// How often it was started.
    pub attempts: u32,
    /// Digest of the wasm module.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module: Option<Digest>,
    /// How far it is, if it runs and can say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<JobProgress>,
    /// Rules of the policy that let it in.
    #[serde(default)]
    pub rules: Vec<String>,
    /// What it may do.
    #[serde(default)]
    pub grants: Vec<String>,
    /// How it ended, `completed` or the name of a limit; with the ledger's words of a refusal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// What differs between those who computed it, in the ledger's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diverged: Option<String>,
    /// Outputs by name, as the archive knows them.
    #[serde(default)]
    pub outputs: BTreeMap<String, Digest>,
    /// List of the files that it read through grants.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reads: Option<Digest>,
    /// What it used; absent until it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used: Option<JobUse>,
    /// Line of the refusal in its file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Column of the refusal in its file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
}
