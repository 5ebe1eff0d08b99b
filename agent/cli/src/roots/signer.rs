//! Signers and thresholds as people write them on the command line.

use std::str::FromStr;

use arch_document::{Keys, RootKey};
use arch_identity::{Algorithm, KeyKind, PublicKey};

use crate::answer::Stop;
use crate::keys;

/// Somebody who may sign: a key file or did:key, and perhaps a name for it.
#[derive(Debug, Clone)]
pub(crate) struct Signer {
    pub(crate) id: Option<String>,
    public: Vec<PublicKey>,
}

impl Signer {
    pub(crate) fn of(id: Option<String>, public: Vec<PublicKey>) -> Self {
        Self { id, public }
    }

    /// Reads `[ID=]KEY`, where KEY is a key file, a did:key, or two of them joined by `+`.
    pub(crate) fn read(text: &str) -> Result<Self, Stop> {
        let (id, key) = match text.split_once('=') {
            Some((id, key)) if !id.is_empty() => (Some(id.to_owned()), key),
            _ => (None, text),
        };
        keys::named(key).map(|public| Self::of(id, public))
    }

    pub(crate) fn public(&self) -> &[PublicKey] {
        &self.public
    }

    /// As it stands in a root.
    pub(super) fn key(&self) -> RootKey {
        RootKey { alg: self.kind(), public: Keys::new(self.public.clone()), group: None }
    }

    fn kind(&self) -> KeyKind {
        match self.public.as_slice() {
            [one] if one.algorithm() == Algorithm::Ed25519 => KeyKind::Ed25519,
            [_one] => KeyKind::MlDsa44,
            _several => KeyKind::Hybrid,
        }
    }
}

/// `ROLE=NUMBER`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Threshold {
    pub(crate) role: String,
    pub(crate) number: u32,
}

impl FromStr for Threshold {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "write `ROLE=NUMBER`, such as `policy=2`".to_owned();
        let (role, number) = text.split_once('=').ok_or_else(wrong)?;
        let number = number.parse().ok().filter(|number| *number > 0).ok_or_else(wrong)?;
        Ok(Self { role: role.to_owned(), number })
    }
}
