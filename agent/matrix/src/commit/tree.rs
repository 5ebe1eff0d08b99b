//! A binary tree over hashes, with the shape of RFC 6962 §2.1.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

static CONTEXT: LazyLock<blake3::Hasher> =
    LazyLock::new(|| blake3::Hasher::new_derive_key("arch.network 2026 matrix node v1"));

/// 32 bytes of BLAKE3. Written as `blake3:` and 64 digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Hash([u8; 32]);

/// Text that is no such hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not `blake3:` and 64 lower-case hexadecimal digits")]
pub struct NotAHash;

impl Hash {
    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The hash of a node over two others.
    #[must_use]
    pub fn node(left: &Self, right: &Self) -> Self {
        let mut hasher = CONTEXT.clone();
        hasher.update(&left.0).update(&right.0);
        Self::from(hasher.finalize())
    }
}

impl From<blake3::Hash> for Hash {
    fn from(hash: blake3::Hash) -> Self {
        Self(*hash.as_bytes())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "blake3:{}", blake3::Hash::from_bytes(self.0).to_hex())
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Hash {
    type Err = NotAHash;

    fn from_str(text: &str) -> Result<Self, NotAHash> {
        let digits = text.strip_prefix("blake3:").ok_or(NotAHash)?;
        let hash = Self::from(blake3::Hash::from_hex(digits).map_err(|_| NotAHash)?);
        // Upper case would be a second spelling.
        if hash.to_string() == text { Ok(hash) } else { Err(NotAHash) }
    }
}

impl From<Hash> for String {
    fn from(hash: Hash) -> Self {
        hash.to_string()
    }
}

impl TryFrom<String> for Hash {
    type Error = NotAHash;

    fn try_from(text: String) -> Result<Self, NotAHash> {
        text.parse()
    }
}

/// The hashes of all leaves of a cell, or the roots of all cells of a commitment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeafTree(Vec<Hash>);

impl LeafTree {
    /// Over these, in this order.
    #[must_use]
    pub fn new(leaves: Vec<Hash>) -> Self {
        Self(leaves)
    }

    /// The leaves.
    #[must_use]
    pub fn leaves(&self) -> &[Hash] {
        &self.0
    }

    /// The root; that of a single leaf is the leaf. No leaves have a root that no leaf can have.
    #[must_use]
    pub fn root(&self) -> Hash {
        root(&self.0)
    }

    /// The hashes beside the way from a leaf up to the root, lowest first; `None` if there is no such
    /// leaf.
    #[must_use]
    pub fn path(&self, index: usize) -> Option<Vec<Hash>> {
        let mut path = Vec::new();
        let (mut leaves, mut index) = (self.0.get(..).filter(|all| index < all.len())?, index);
        while let Some((left, right)) = halves(leaves) {
            (leaves, index) = match index.checked_sub(left.len()) {
                None => {
                    path.push(root(right));
                    (left, index)
                }
                Some(index) => {
                    path.push(root(left));
                    (right, index)
                }
            };
        }
        path.reverse();
        Some(path)
    }
}

/// The root that leaf `index` of `count` and the hashes beside its way lead to; `None` if they are
/// not as many as the tree has levels there.
#[must_use]
pub fn climb(leaf: Hash, index: usize, count: usize, path: &[Hash]) -> Option<Hash> {
    if index >= count {
        return None;
    }
    let Some(left) = left_of(count) else { return path.is_empty().then_some(leaf) };
    let (beside, below) = path.split_last()?;
    Some(match index.checked_sub(left) {
        None => Hash::node(&climb(leaf, index, left, below)?, beside),
        Some(index) => Hash::node(beside, &climb(leaf, index, count.checked_sub(left)?, below)?),
    })
}

fn root(leaves: &[Hash]) -> Hash {
    match (halves(leaves), leaves.first()) {
        (Some((left, right)), _) => Hash::node(&root(left), &root(right)),
        (None, Some(leaf)) => *leaf,
        (None, None) => Hash::from(CONTEXT.finalize()),
    }
}

fn halves(leaves: &[Hash]) -> Option<(&[Hash], &[Hash])> {
    leaves.split_at_checked(left_of(leaves.len())?)
}

/// How many of `count` leaves stand on the left: the largest power of two below it.
fn left_of(count: usize) -> Option<usize> {
    let below = count.checked_sub(1).filter(|below| *below > 0)?;
    1_usize.checked_shl(below.ilog2())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(count: u8) -> LeafTree {
        LeafTree::new((0..count).map(|n| Hash::from(blake3::hash(&[n]))).collect())
    }

    #[test]
    fn every_path_of_every_small_tree_leads_to_its_root_and_no_other_does() {
        for count in 1..40_u8 {
            let tree = tree(count);
            for (index, leaf) in tree.leaves().iter().enumerate() {
                let path = tree.path(index).unwrap();
                let count = usize::from(count);
                assert_eq!(climb(*leaf, index, count, &path), Some(tree.root()));
                assert_ne!(
                    climb(tree.root(), index, count, &path),
                    Some(tree.root()).filter(|_| count > 1)
                );
                assert_eq!(climb(*leaf, count, count, &path), None);
                assert_eq!(climb(*leaf, index, count, &[path.as_slice(), &[*leaf]].concat()), None);
            }
            assert_eq!(tree.path(usize::from(count)), None);
        }
    }

    #[test]
    fn the_shape_is_that_of_rfc_6962() {
        let all = tree(7);
        let [a, b, c, d, e, f, g] = all.leaves() else { panic!("seven") };
        let four = Hash::node(&Hash::node(a, b), &Hash::node(c, d));
        assert_eq!(all.root(), Hash::node(&four, &Hash::node(&Hash::node(e, f), g)));
    }

    #[test]
    fn a_hash_has_one_spelling() {
        let text = tree(1).root().to_string();
        assert_eq!(text.parse::<Hash>().unwrap().to_string(), text);
        let digits = text.strip_prefix("blake3:").unwrap();
        let upper = format!("blake3:{}", digits.to_uppercase());
        for other in [digits, &upper, "blake3:", &format!("{text}0")] {
            assert_eq!(other.parse::<Hash>(), Err(NotAHash));
        }
    }
}
