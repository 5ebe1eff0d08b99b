//! What is said in a dispute: documents of kind `Dispute`, each signed by the one who says it.
//!
//! ```text
//! apiVersion: arch.network/v1
//! kind: Dispute
//! metadata: { name: steps }
//! spec: { by: did:key:…, says: { steps: { dispute: …, stage: …, digests: [ … ] } } }
//! ```
//!
//! A message names its dispute, which is the digest of the challenge, and its *stage*, a digest of all
//! that was said before. So it counts in one place of one dispute, and nobody can be shown one record
//! and judged by another.

mod says;

use std::collections::BTreeMap;

use arch_document::{ApiVersion, Audience, Document, Fault, Kind, Metadata, Nonce};
use arch_identity::{Digest, PublicKey};
use arch_problem::codes;
use serde::{Deserialize, Serialize};

pub(crate) use says::MOST_STEPS;
pub use says::{
    Answer, Challenge, Commit, Concede, InputLeaf, Opening, Proof, Resolver, Shown, Stand, Steps,
    Terms, Tiles, Verdict,
};

/// A message's document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Message {
    /// `arch.network/v1`.
    pub api_version: ApiVersion,
    /// `Dispute`.
    pub kind: Kind,
    /// The message's word as its name, and the nonce of a challenge; nothing else.
    pub metadata: Metadata,
    /// Who says what.
    pub spec: Spec,
}

/// Who says what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The key that signs.
    pub by: PublicKey,
    /// What it says.
    pub says: Says,
}

/// The messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Says {
    /// What was computed, before anybody says what will be looked at.
    Commit(Commit),
    /// That another's leaf is wrong.
    Challenge(Box<Challenge>),
    /// That it is not.
    Answer(Answer),
    /// That it is.
    Concede(Concede),
    /// The disputed tile after every step.
    Steps(Steps),
    /// The tiles of A and B of the disputed step.
    Tiles(Tiles),
    /// What was committed to, shown.
    Opening(Opening),
    /// What comes out of the disputed step.
    Proof(Proof),
    /// Who is at fault.
    Verdict(Verdict),
}

impl Says {
    /// The message's word.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Commit(_) => "commit",
            Self::Challenge(_) => "challenge",
            Self::Answer(_) => "answer",
            Self::Concede(_) => "concede",
            Self::Steps(_) => "steps",
            Self::Tiles(_) => "tiles",
            Self::Opening(_) => "opening",
            Self::Proof(_) => "proof",
            Self::Verdict(_) => "verdict",
        }
    }

    /// Which dispute it belongs to, and what was said before; those that begin one have none.
    #[must_use]
    pub fn stage(&self) -> Option<(Digest, Digest)> {
        match self {
            Self::Commit(_) | Self::Challenge(_) => None,
            Self::Answer(Answer { dispute, .. }) | Self::Concede(Concede { dispute }) => {
                Some((*dispute, *dispute))
            }
            Self::Steps(Steps { dispute, stage, .. })
            | Self::Tiles(Tiles { dispute, stage, .. })
            | Self::Opening(Opening { dispute, stage, .. })
            | Self::Proof(Proof { dispute, stage, .. })
            | Self::Verdict(Verdict { dispute, stage, .. }) => Some((*dispute, *stage)),
        }
    }
}

impl Message {
    /// A message as it is to be signed. A challenge takes 16 bytes of chance with it, so that two of
    /// the same content are two.
    #[must_use]
    pub fn new(by: PublicKey, says: Says, nonce: Option<Nonce>) -> Self {
        let metadata = metadata(&says, nonce);
        let spec = Spec { by, says };
        Self { api_version: ApiVersion::V1, kind: Kind::Dispute, metadata, spec }
    }
}

fn metadata(says: &Says, nonce: Option<Nonce>) -> Metadata {
    Metadata {
        name: says.word().to_owned(),
        owner: None,
        version: None,
        nonce,
        not_before: None,
        not_after: None,
        audience: Audience::default(),
        labels: BTreeMap::new(),
        annotations: BTreeMap::new(),
    }
}

impl Document for Message {
    const KIND: Kind = Kind::Dispute;

    fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    fn check(&self) -> Result<(), Fault> {
        let Self { metadata: said, spec, .. } = self;
        if *said != metadata(&spec.says, said.nonce.clone()) {
            let text = "a message has its word as name, a challenge a nonce, and nothing else";
            return Err(Fault::new("/metadata", codes::BAD_VALUE, text));
        }
        if said.nonce.is_some() != matches!(spec.says, Says::Challenge(_)) {
            let text = "a challenge has a nonce, and no other message has";
            return Err(Fault::new("/metadata/nonce", codes::BAD_VALUE, text).on_key());
        }
        spec.says.check().map_err(|(field, text)| {
            let at = format!("/spec/says/{}/{field}", spec.says.word());
            Fault::new(at, codes::BAD_VALUE, text)
        })
    }
}
