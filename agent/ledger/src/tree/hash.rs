//! Leaf and node hashes, RFC 6962 §2.1.

use std::fmt;

use arch_identity::Digest;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

/// A hash of the tree: 32 bytes of SHA-256. As text and in JSON `sha256:<64 lower hex>`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; 32]);

impl Hash {
    /// What stands in `prev` of the first entry.
    pub const ZERO: Self = Self([0; 32]);

    /// `SHA-256(0x00 || entry)`.
    #[must_use]
    pub fn leaf(entry: &[u8]) -> Self {
        Self::from_bytes(Sha256::new().chain_update([0]).chain_update(entry).finalize().into())
    }

    /// `SHA-256(0x01 || left || right)`.
    #[must_use]
    pub fn node(left: Self, right: Self) -> Self {
        let hasher = Sha256::new().chain_update([1]).chain_update(left.0).chain_update(right.0);
        Self::from_bytes(hasher.finalize().into())
    }

    /// The root of a tree without leaves: the hash of nothing.
    #[must_use]
    pub fn empty_root() -> Self {
        Self::from_bytes(Sha256::new().finalize().into())
    }

    /// Takes 32 bytes as they are.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Standard base64 with padding, as notes and proofs write it.
    #[must_use]
    pub fn base64(&self) -> String {
        STANDARD.encode(self.0)
    }

    /// Reads what [`Hash::base64`] wrote; nothing else, not even another spelling of the same bytes.
    #[must_use]
    pub fn from_base64(text: &str) -> Option<Self> {
        let bytes: [u8; 32] = STANDARD.decode(text).ok()?.try_into().ok()?;
        Some(Self(bytes))
    }

    /// Cuts the bytes of a tile into hashes; `None` if they do not come out even.
    #[must_use]
    pub fn many(bytes: &[u8]) -> Option<Vec<Self>> {
        let (whole, rest) = bytes.as_chunks::<32>();
        rest.is_empty().then(|| whole.iter().copied().map(Self).collect())
    }

    /// The root of a perfect subtree: `hashes` is a power of two of neighbours, never empty.
    pub(crate) fn perfect(hashes: &[Self]) -> Option<Self> {
        let mut row = hashes.to_vec();
        while row.len() > 1 {
            let (pairs, odd) = row.as_chunks::<2>();
            if !odd.is_empty() {
                return None;
            }
            row = pairs.iter().map(|[left, right]| Self::node(*left, *right)).collect();
        }
        row.first().copied()
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Digest::from_bytes(self.0).fmt(f)
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Digest::deserialize(deserializer).map(|digest| Self(*digest.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_empty_root_is_the_hash_of_nothing() {
        let text = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Hash::empty_root().to_string(), text);
    }

    #[test]
    fn a_leaf_never_equals_a_node_of_the_same_bytes() {
        let two = [0_u8; 64];
        assert_ne!(Hash::leaf(&two), Hash::node(Hash::ZERO, Hash::ZERO));
    }

    #[test]
    fn base64_has_one_spelling() {
        let text = Hash::ZERO.base64();
        assert_eq!(Hash::from_base64(&text), Some(Hash::ZERO));
        assert_eq!(Hash::from_base64(&text.replace('=', "")), None);
        assert_eq!(Hash::from_base64(&text.replace("A=", "B=")), None);
        assert_eq!(Hash::from_base64(""), None);
    }
}
