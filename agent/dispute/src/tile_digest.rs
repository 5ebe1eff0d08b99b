//! The digest of a tile, as it stands in statements that are proved.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// 32 bytes; what they are a digest of is for [`crate::Digester`] to say. Written as 64 digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct TileDigest([u8; 32]);

/// Text that is no such digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not 64 lower-case hexadecimal digits")]
pub struct NotATileDigest;

impl TileDigest {
    /// From its bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for TileDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&arch_identity::Digest::from_bytes(self.0).hex())
    }
}

impl fmt::Debug for TileDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for TileDigest {
    type Err = NotATileDigest;

    fn from_str(text: &str) -> Result<Self, NotATileDigest> {
        let digits: arch_identity::Digest =
            format!("sha256:{text}").parse().map_err(|_| NotATileDigest)?;
        Ok(Self(*digits.as_bytes()))
    }
}

impl From<TileDigest> for String {
    fn from(digest: TileDigest) -> Self {
        digest.to_string()
    }
}

impl TryFrom<String> for TileDigest {
    type Error = NotATileDigest;

    fn try_from(text: String) -> Result<Self, NotATileDigest> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tile_digest_has_one_spelling() {
        let digest = TileDigest::from_bytes([0xab; 32]);
        let text = digest.to_string();
        assert_eq!(text.parse(), Ok(digest));
        for other in [text.to_uppercase(), format!("0x{text}"), text[1..].to_owned(), text + "0"] {
            assert_eq!(other.parse::<TileDigest>(), Err(NotATileDigest));
        }
    }
}
