//! Kind `Revocation`: keys and documents that are believed no more.

use arch_identity::{Digest, PublicKey, Timestamp};
use arch_problem::codes;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ApiVersion, Document, Fault, Kind, Metadata};

/// A revocation's document. A later version of the same name replaces the earlier one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Revocation {
    /// `arch.network/v1`.
    pub api_version: ApiVersion,
    /// `Revocation`.
    pub kind: Kind,
    /// Who and when; `version` counts up.
    pub metadata: Metadata,
    /// What is revoked.
    pub spec: RevocationSpec,
}

/// What is revoked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RevocationSpec {
    /// Keys whose signatures count no more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<RevokedKey>,
    /// Single documents.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<RevokedDocument>,
}

/// A key that is believed no more from a moment on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RevokedKey {
    /// The key.
    #[schemars(schema_with = "crate::schema::did")]
    pub key: PublicKey,
    /// From this second on, by the verifier's time and not by what a document says of itself.
    #[schemars(schema_with = "crate::schema::timestamp")]
    pub since: Timestamp,
    /// Why, for people.
    pub reason: String,
}

/// A document that is believed no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RevokedDocument {
    /// The document's digest.
    #[schemars(schema_with = "crate::schema::digest")]
    pub digest: Digest,
    /// Why, for people.
    pub reason: String,
}

const MOST: usize = 1_024;

impl Document for Revocation {
    const KIND: Kind = Kind::Revocation;

    fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    fn check(&self) -> Result<(), Fault> {
        let lists = [("keys", self.spec.keys.len()), ("documents", self.spec.documents.len())];
        match lists.into_iter().find(|(_, count)| *count > MOST) {
            Some((field, count)) => {
                let text = format!("`{field}` has {count} entries, at most {MOST} are read");
                Err(Fault::new(format!("/spec/{field}"), codes::BAD_VALUE, text))
            }
            None => Ok(()),
        }
    }
}
