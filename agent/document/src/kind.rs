//! The closed list of document kinds.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a document is; part of what is signed, so that a Job's signature never counts for a Policy.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub enum Kind {
    /// The trust root: keys, roles, thresholds.
    Root,
    /// What a node's operator allows.
    Policy,
    /// Work to run.
    Job,
    /// Pre-signed, bounded emergency actions.
    Playbook,
    /// One action under a playbook or a quorum.
    Directive,
    /// Keys and documents that are believed no more.
    Revocation,
    /// A node's statement of what it did.
    Receipt,
    /// What a party or a judge says in a dispute; signed by a node, never by a role.
    Dispute,
}

/// The text names no kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "no such kind; there are Root, Policy, Job, Playbook, Directive, Revocation, Receipt and Dispute"
)]
pub struct NoSuchKind;

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 8] = [
        Self::Root,
        Self::Policy,
        Self::Job,
        Self::Playbook,
        Self::Directive,
        Self::Revocation,
        Self::Receipt,
        Self::Dispute,
    ];

    /// The kind as it stands in documents.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Root => "Root",
            Self::Policy => "Policy",
            Self::Job => "Job",
            Self::Playbook => "Playbook",
            Self::Directive => "Directive",
            Self::Revocation => "Revocation",
            Self::Receipt => "Receipt",
            Self::Dispute => "Dispute",
        }
    }

    /// The DSSE payload type, `application/vnd.arch-network.<kind>.v1+json`.
    #[must_use]
    pub fn payload_type(self) -> String {
        format!("application/vnd.arch-network.{}.v1+json", self.name().to_ascii_lowercase())
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Kind {
    type Err = NoSuchKind;

    fn from_str(text: &str) -> Result<Self, NoSuchKind> {
        Self::ALL.into_iter().find(|kind| kind.name() == text).ok_or(NoSuchKind)
    }
}
