//! The closed registry of signature algorithms.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::KeyError;

/// A signature algorithm. Anything else is refused by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Algorithm {
    /// Ed25519 as of RFC 8032, verified strictly: no small-order keys, no malleable signatures.
    #[serde(rename = "ed25519")]
    Ed25519,
    /// ML-DSA-44 as of FIPS 204, pure mode with an empty context.
    #[serde(rename = "ml-dsa-44")]
    MlDsa44,
}

impl Algorithm {
    /// Length of a public key in bytes.
    #[must_use]
    pub fn public_key_len(self) -> usize {
        match self {
            Self::Ed25519 => 32,
            Self::MlDsa44 => 1312,
        }
    }

    /// Length of a signature in bytes.
    #[must_use]
    pub fn signature_len(self) -> usize {
        match self {
            Self::Ed25519 => 64,
            Self::MlDsa44 => 2420,
        }
    }

    /// The algorithm's name in documents.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ed25519 => "ed25519",
            Self::MlDsa44 => "ml-dsa-44",
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Algorithm {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        match text {
            "ed25519" => Ok(Self::Ed25519),
            "ml-dsa-44" => Ok(Self::MlDsa44),
            other => Err(KeyError::UnknownAlgorithm(other.to_owned())),
        }
    }
}

/// What an identity signs with: one algorithm, or both at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum KeyKind {
    /// Ed25519 alone.
    #[serde(rename = "ed25519")]
    Ed25519,
    /// ML-DSA-44 alone.
    #[serde(rename = "ml-dsa-44")]
    MlDsa44,
    /// Both; a signature holds only if both halves hold.
    #[serde(rename = "hybrid")]
    Hybrid,
}

impl KeyKind {
    /// The algorithms of the kind, in the order in which keys and signatures are listed.
    #[must_use]
    pub fn algorithms(self) -> &'static [Algorithm] {
        match self {
            Self::Ed25519 => &[Algorithm::Ed25519],
            Self::MlDsa44 => &[Algorithm::MlDsa44],
            Self::Hybrid => &[Algorithm::Ed25519, Algorithm::MlDsa44],
        }
    }

    /// The kind's name in documents and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ed25519 => "ed25519",
            Self::MlDsa44 => "ml-dsa-44",
            Self::Hybrid => "hybrid",
        }
    }
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for KeyKind {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        match text {
            "ed25519" => Ok(Self::Ed25519),
            "ml-dsa-44" => Ok(Self::MlDsa44),
            "hybrid" => Ok(Self::Hybrid),
            other => Err(KeyError::UnknownAlgorithm(other.to_owned())),
        }
    }
}
