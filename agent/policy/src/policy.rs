//! Kind `Policy`: what this node's operators allow.

use arch_document::{ApiVersion, Document, Fault, Kind, Metadata};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::spec::{self, PolicySpec};

/// A policy's document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Policy {
    /// `arch.network/v1`.
    pub api_version: ApiVersion,
    /// `Policy`.
    pub kind: Kind,
    /// Who and when; `version` counts up, `notAfter` bounds its life.
    pub metadata: Metadata,
    /// What is allowed.
    pub spec: PolicySpec,
}

/// The schema of kind Policy, for editors.
#[must_use]
pub fn schema_for_policy() -> serde_json::Value {
    arch_document::schema::schema_of::<Policy>(Kind::Policy)
}

impl Document for Policy {
    const KIND: Kind = Kind::Policy;

    fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    fn check(&self) -> Result<(), Fault> {
        spec::check(&self.spec)
    }
}
