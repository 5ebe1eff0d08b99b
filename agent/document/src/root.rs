//! Kind `Root`: whose signatures count for what. The only configured trust.

use std::collections::BTreeMap;

use arch_identity::{KeyKind, PublicKey};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

mod check;
mod keys;
mod owners;

pub use keys::Keys;
pub use owners::OwnerPattern;

use crate::{ApiVersion, Capabilities, Document, Fault, Kind, Metadata};

/// A trust root's document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Root {
    /// `arch.network/v1`.
    pub api_version: ApiVersion,
    /// `Root`.
    pub kind: Kind,
    /// Who and when; `version` counts up by one, `notAfter` bounds its life.
    pub metadata: Metadata,
    /// Keys and roles.
    pub spec: RootSpec,
}

/// Keys and roles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RootSpec {
    /// Identities by id. An id is a name for people; only key material counts.
    pub keys: BTreeMap<String, RootKey>,
    /// Roles by name. A role `root` that signs kind Root has to be there.
    pub roles: BTreeMap<String, Role>,
}

/// One identity: a key, or the two keys of a hybrid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RootKey {
    /// `ed25519`, `ml-dsa-44`, or `hybrid`, which counts only if both signatures hold.
    #[schemars(schema_with = "crate::schema::key_kind")]
    pub alg: KeyKind,
    /// The did:key, or the list of both for a hybrid.
    pub public: Keys,
    /// The organisation it belongs to, for `distinctGroups`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

/// Who may sign which kinds, and what those documents may ask for at most.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Role {
    /// Ids of `spec.keys`.
    pub keys: Vec<String>,
    /// How many distinct identities have to sign, from 1.
    #[schemars(range(min = 1))]
    pub threshold: u32,
    /// How many groups they have to come from. Default: any number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub distinct_groups: Option<u32>,
    /// Kinds that the role may sign.
    pub kinds: Vec<Kind>,
    /// Owners that its documents may name under `metadata.owner`. Default: any owner or none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owners: Option<Vec<OwnerPattern>>,
    /// What its documents may ask for at most. Default: the role does not narrow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caps: Option<Caps>,
}

/// A role's caps: grants, each of which a document may ask for or narrow.
pub type Caps = Capabilities;

impl Document for Root {
    const KIND: Kind = Kind::Root;

    fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    fn check(&self) -> Result<(), Fault> {
        check::check(&self.spec)
    }
}

impl Role {
    /// Whether the role's signers may sign for the owner of a document. A role that lists owners
    /// signs for nobody else, nor a document without an owner.
    #[must_use]
    pub fn answers_for(&self, owner: Option<&str>) -> bool {
        let listed = |owners: &Vec<OwnerPattern>| {
            owner.is_some_and(|owner| owners.iter().any(|pattern| pattern.fits(owner)))
        };
        self.owners.as_ref().is_none_or(listed)
    }
}

impl RootKey {
    /// The one or two public keys.
    #[must_use]
    pub fn public(&self) -> &[PublicKey] {
        self.public.all()
    }
}
