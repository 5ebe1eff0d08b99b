//! What `archctl demo --json` prints.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use super::audited::Audited;
use super::cover::Cover;
use super::evidence::Disputed;

/// The one object.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) schema: &'static str,
    pub(super) jobs: Vec<JobTold>,
    pub(super) refused: Vec<Refused>,
    pub(super) restarted: Restarted,
    pub(super) products: Vec<ProductTold>,
    /// What became of a product in which one shard lied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) disputed: Option<Disputed>,
    /// What was left out, and why.
    pub(super) skipped: Vec<String>,
    pub(super) ledger: LedgerTold,
    pub(super) seconds: f64,
}

/// One job that ended.
#[derive(Debug, Clone, Serialize)]
pub(super) struct JobTold {
    pub(super) name: String,
    pub(super) digest: String,
    pub(super) state: String,
    /// Index of its end in the ledger.
    pub(super) index: u64,
    pub(super) outputs: BTreeMap<String, String>,
}

/// One product that several shards computed.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ProductTold {
    pub(super) job: String,
    pub(super) plan: Cover,
    pub(super) audit: Audited,
}

/// One file that was refused.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Refused {
    pub(super) file: String,
    pub(super) code: String,
}

/// What the kill cost: accepted jobs without an end, and jobs with more than one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct Restarted {
    pub(super) lost: u64,
    pub(super) doubled: u64,
}

/// The whole ledger, verified offline.
#[derive(Debug, Clone, Serialize)]
pub(super) struct LedgerTold {
    pub(super) size: u64,
    pub(super) root: String,
    pub(super) verified: bool,
}

/// Seconds with one digit behind the point.
pub(super) fn seconds(passed: Duration) -> f64 {
    (passed.as_secs_f64() * 10.0).round() / 10.0
}
