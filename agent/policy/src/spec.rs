//! The closed schema of a policy. What it does not list is not allowed.

mod caps;
mod circuits;
mod disputes;
mod rules;
mod sound;

use arch_document::Runtime;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use caps::{MaxResources, ResourceRules, RunLimits};
pub use circuits::{CircuitPin, CircuitRules, MAX_PINS};
pub use disputes::{DisputeResolver, DisputeRules, MAX_JUDGES, MAX_PARTIES, MAX_UNITS, MarkTime};
pub use rules::{AllowRule, OwnerRule, RefuseRule, When};
pub(crate) use sound::check;

use crate::Pattern;

/// What a policy says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PolicySpec {
    /// Capabilities that jobs may have. Default none.
    #[serde(default)]
    pub allow: Vec<AllowRule>,
    /// Images that may run.
    pub images: ImageRules,
    /// Runtimes that may be used; an empty list refuses every job.
    pub runtimes: Vec<Runtime>,
    /// Owners whose jobs may run.
    pub owners: Vec<OwnerRule>,
    /// The most that one job may have.
    pub resources: ResourceRules,
    /// Who may do with less isolation. Default nobody.
    #[serde(default)]
    pub isolation: IsolationRules,
    /// What is asked of inputs.
    #[serde(default)]
    pub inputs: InputRules,
    /// What is kept of a job that ended. Default everything.
    #[serde(default)]
    pub archive: ArchiveRules,
    /// Keys of circuits under which proofs are believed. Default none.
    #[serde(default)]
    pub circuits: CircuitRules,
    /// How nodes that contradict each other settle it. Without it, divergences are not settled on this
    /// node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disputes: Option<DisputeRules>,
    /// Jobs that are refused whatever else allows them. Default none.
    #[serde(default)]
    pub refuse: Vec<RefuseRule>,
}

/// Images that may run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ImageRules {
    /// Patterns of names without tag and digest; one with an `@` is read against `name@sha256:…`.
    /// `*` stops at `/`, `**` does not.
    pub allow: Vec<Pattern>,
    /// Whether an image may be named by a tag alone. Default no.
    #[serde(default)]
    pub allow_tags: bool,
}

/// Who may do with less isolation than one fresh process a job.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IsolationRules {
    /// Owners whose own jobs may share a warm worker. Default nobody.
    #[serde(default)]
    pub shared: Vec<Pattern>,
}

/// What is asked of inputs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InputRules {
    /// Whether an input may be named without its digest. Default no: the run could not be replayed.
    #[serde(default)]
    pub allow_unpinned: bool,
}

/// What the archive keeps of a job that ended; its document and its module are always kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ArchiveRules {
    /// Inputs. Keeping digests alone may be what a licence asks for. Default `whole`.
    #[serde(default)]
    pub inputs: Keep,
    /// Outputs and logs. Default `whole`.
    #[serde(default)]
    pub outputs: Keep,
}

/// How much of something is kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Keep {
    /// All bytes.
    #[default]
    Whole,
    /// The digest alone.
    Digest,
}
