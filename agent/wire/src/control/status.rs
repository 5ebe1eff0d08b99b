//! How a node is.

use std::collections::BTreeMap;

use arch_identity::{Digest, Timestamp};
use serde::{Deserialize, Serialize};

/// How a node is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Status {
    /// Version of the agent.
    pub version: String,
    /// The node's did:key.
    pub node: String,
    /// When this process started.
    pub since: Timestamp,
    /// Whether it takes jobs in.
    pub accepting: bool,
    /// Why it does not; absent while it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The trust root in force.
    pub root: DocumentState,
    /// The policy in force.
    pub policy: DocumentState,
    /// The ledger.
    pub ledger: LedgerState,
    /// The wasm executor.
    pub executor: ExecutorState,
    /// How many jobs are in each state.
    pub jobs: BTreeMap<String, u64>,
    /// What the node lends in all.
    pub lends: Amounts,
    /// What of it is free.
    pub free: Amounts,
    /// What a mesh would listen on, and why nothing listens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listen: Option<String>,
}

/// A root or policy in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DocumentState {
    /// `metadata.name`.
    pub name: String,
    /// `metadata.version`.
    pub version: u64,
    /// The document's digest.
    pub digest: Digest,
    /// The last second of its life; absent if it has no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_after: Option<Timestamp>,
}

/// The ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LedgerState {
    /// The log's name in checkpoints.
    pub origin: String,
    /// Number of entries.
    pub size: u64,
    /// RFC 6962 root over them.
    pub root: String,
}

/// The wasm executor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExecutorState {
    /// Whether it answered.
    pub ready: bool,
    /// What it says it is; a claim.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine: Option<String>,
    /// Digest of engine and configuration; a claim.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<Digest>,
    /// How often it was started again.
    pub restarts: u64,
}

/// Amounts as people write them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Amounts {
    /// Processors, such as `2` or `500m`.
    pub cpu: String,
    /// Memory, such as `8Gi`.
    pub memory: String,
    /// GPUs.
    pub gpu: String,
    /// Watts.
    pub watts: u32,
}
