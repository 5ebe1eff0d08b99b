//! What every kind of document has in common.

use arch_identity::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{Audience, Fault, Kind, Metadata};

/// The version of the document format; there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum ApiVersion {
    /// `arch.network/v1`.
    #[default]
    #[serde(rename = "arch.network/v1")]
    V1,
}

impl ApiVersion {
    /// The version as it stands in documents.
    pub const TEXT: &'static str = "arch.network/v1";
}

/// When a document is to be believed; both ends belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// First second; `None` for no beginning.
    pub not_before: Option<Timestamp>,
    /// Last second; `None` for no end.
    pub not_after: Option<Timestamp>,
}

impl Validity {
    /// Whether `now` is after the last second.
    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.not_after.is_some_and(|last| now > last)
    }

    /// Whether `now` is at or after the first second.
    #[must_use]
    pub fn has_begun(&self, now: Timestamp) -> bool {
        self.not_before.is_none_or(|first| now >= first)
    }
}

/// A typed document: deserialised from canonical bytes, with unknown fields refused.
pub trait Document: DeserializeOwned {
    /// The kind whose signatures count for it.
    const KIND: Kind;

    /// Its metadata.
    fn metadata(&self) -> &Metadata;

    /// What serde cannot say: rules between fields.
    ///
    /// The rules for `metadata` of each kind are checked already.
    ///
    /// # Errors
    /// The first [`Fault`], with its pointer into the document.
    fn check(&self) -> Result<(), Fault>;

    /// When it is to be believed.
    fn validity(&self) -> Validity {
        self.metadata().validity()
    }

    /// Name and version of kinds that replace each other.
    fn version(&self) -> Option<(String, u64)> {
        let metadata = self.metadata();
        metadata.version.map(|version| (metadata.name.clone(), version))
    }

    /// Which nodes it is for.
    fn audience(&self) -> &Audience {
        &self.metadata().audience
    }
}
