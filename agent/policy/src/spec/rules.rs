//! Rules that have an id, so that a refusal can point at one of them.

use std::collections::BTreeMap;

use arch_document::{Grant, Runtime};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Pattern, Weight};

/// Capabilities that a job may have. All rules add up; a job needs none of them whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AllowRule {
    /// The rule's name, unique in the policy, such as `net.egress`.
    pub id: String,
    /// Ports that a job may reach, such as `egress:443`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub net: Vec<Grant>,
    /// Folders that a job may read or write, with all below them, such as `read:/usr/share`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fs: Vec<Grant>,
}

/// Owners whose jobs may run here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OwnerRule {
    /// The rule's name, unique in the policy, such as `owners.lab`.
    pub id: String,
    /// Owners it is about, such as `user:lab-*`; `*` stops at `/`, `**` does not. The first rule that
    /// fits an owner counts.
    pub owner: Pattern,
    /// Their share of a busy node beside other owners. Default 1.
    #[serde(default)]
    #[schemars(range(min = 1, max = 1_000))]
    pub weight: Weight,
}

/// Jobs that are refused whatever else allows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RefuseRule {
    /// The rule's name, unique in the policy, such as `refuse.mining`.
    pub id: String,
    /// Which jobs it is about.
    pub when: When,
    /// Why, in words for the job's owner.
    pub reason: String,
}

/// Conditions on a job. Every one that is written must hold; at least one must be written.
///
/// Refusing reads widely: in these patterns `*` stands for any run at all, `/` included.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(extend("minProperties" = 1))]
pub struct When {
    /// `metadata.owner` fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Pattern>,
    /// `metadata.name` fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Pattern>,
    /// The image fits: as written, without its digest, or without its tag as well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<Pattern>,
    /// The image's digest or the job document's digest fits, such as `sha256:…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Pattern>,
    /// The id in the trust root of one of those whose signatures counted fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signer: Option<Pattern>,
    /// The runtime is this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runtime: Option<Runtime>,
    /// Each of these labels is there and its value fits.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub label: BTreeMap<String, Pattern>,
    /// The job asks for this capability, for one inside it, or for one that it lies in: with
    /// `read:/srv/secret` here, a job that asks for `read:/srv` is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asks: Option<Grant>,
}
