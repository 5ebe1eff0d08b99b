//! Verification: hostile numbers and paths give an error, never a panic or a long loop.

use arch_problem::{Code, codes};

use crate::tree::Hash;

/// A path of a tree with fewer than 2^64 leaves is at most this long.
pub const MAX_PATH: usize = 64;

/// Why a proof proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    /// The leaf would lie outside of the tree.
    #[error("entry {index} does not exist in a tree of {size}")]
    OutOfRange {
        /// Index claimed.
        index: u64,
        /// Size claimed.
        size: u64,
    },
    /// The newer tree is the smaller one.
    #[error("a tree of {new} cannot follow one of {old}")]
    Shrunk {
        /// Size of the older tree.
        old: u64,
        /// Size of the newer tree.
        new: u64,
    },
    /// Too few or too many hashes for these sizes.
    #[error("the proof has {0} hashes, which does not fit the sizes")]
    WrongLength(usize),
    /// The hashes lead to another root.
    #[error("the proof leads to another root")]
    WrongRoot,
}

impl ProofError {
    /// The catalogue's code.
    #[must_use]
    pub fn code(&self) -> Code {
        codes::PROOF_INVALID
    }
}

/// Checks that `leaf` is entry `index` of the tree of `size` leaves with `root`.
///
/// # Errors
/// [`ProofError`], also for an index or size that no tree has.
pub fn verify_inclusion(
    leaf: Hash,
    index: u64,
    size: u64,
    path: &[Hash],
    root: Hash,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::OutOfRange { index, size });
    }
    let climb = Climb { node: index, last: size.saturating_sub(1) };
    let mut hash = leaf;
    climb.along(path, |sibling, side| {
        hash = match side {
            Side::Left => Hash::node(sibling, hash),
            Side::Right => Hash::node(hash, sibling),
        };
    })?;
    if hash == root { Ok(()) } else { Err(ProofError::WrongRoot) }
}

/// Checks that the tree of `new` leaves only appended to the tree of `old` leaves.
///
/// # Errors
/// [`ProofError`], also for a proof given where none is needed (`old` is 0 or equals `new`).
pub fn verify_consistency(
    old: u64,
    old_root: Hash,
    new: u64,
    new_root: Hash,
    path: &[Hash],
) -> Result<(), ProofError> {
    if old > new {
        return Err(ProofError::Shrunk { old, new });
    }
    if old == 0 || old == new {
        let expected = if old == 0 { Hash::empty_root() } else { new_root };
        return match path {
            [] if old_root == expected => Ok(()),
            [] => Err(ProofError::WrongRoot),
            _ => Err(ProofError::WrongLength(path.len())),
        };
    }
    // A complete older tree is a node of the newer one, so its root is not repeated in the proof.
    let (start, rest) = if old.is_power_of_two() {
        (old_root, path)
    } else {
        let (first, rest) = path.split_first().ok_or(ProofError::WrongLength(0))?;
        (*first, rest)
    };
    let (node, last) = (old.saturating_sub(1), new.saturating_sub(1));
    let complete = node.trailing_ones();
    let climb = Climb { node: node >> complete, last: last >> complete };
    let (mut from, mut to) = (start, start);
    climb.along(rest, |sibling, side| match side {
        Side::Left => {
            from = Hash::node(sibling, from);
            to = Hash::node(sibling, to);
        }
        Side::Right => to = Hash::node(to, sibling),
    })?;
    if from == old_root && to == new_root { Ok(()) } else { Err(ProofError::WrongRoot) }
}

enum Side {
    Left,
    Right,
}

/// `fn` and `sn` of RFC 9162: the node's index on its level, and the last index of that level.
struct Climb {
    node: u64,
    last: u64,
}

impl Climb {
    fn along(mut self, path: &[Hash], mut step: impl FnMut(Hash, Side)) -> Result<(), ProofError> {
        let wrong = Err(ProofError::WrongLength(path.len()));
        if path.len() > MAX_PATH {
            return wrong;
        }
        for sibling in path {
            if self.last == 0 {
                return wrong;
            }
            if self.node & 1 == 1 || self.node == self.last {
                step(*sibling, Side::Left);
                // A node without right neighbour rises unchanged to where it is a right child.
                let unpaired = if self.node == 0 { 0 } else { self.node.trailing_zeros() };
                self.shift(unpaired);
            } else {
                step(*sibling, Side::Right);
            }
            self.shift(1);
        }
        if self.last == 0 { Ok(()) } else { wrong }
    }

    fn shift(&mut self, levels: u32) {
        self.node = self.node.checked_shr(levels).unwrap_or(0);
        self.last = self.last.checked_shr(levels).unwrap_or(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impossible_numbers_are_refused() {
        let hash = Hash::leaf(b"x");
        for (index, size) in
            [(0, 0), (1, 1), (u64::MAX, 0), (u64::MAX, u64::MAX), (1 << 63, 1 << 63)]
        {
            let found = verify_inclusion(hash, index, size, &[], hash);
            assert_eq!(found, Err(ProofError::OutOfRange { index, size }));
        }
        let long = vec![hash; 10_000];
        assert!(verify_inclusion(hash, 0, 1 << 63, &long, hash).is_err());
        assert!(verify_inclusion(hash, (1 << 63) - 1, 1 << 63, &long[..63], hash).is_err());
        assert!(verify_inclusion(hash, u64::MAX - 1, u64::MAX, &long[..64], hash).is_err());
        assert!(verify_consistency(1 << 63, hash, u64::MAX, hash, &long[..64]).is_err());
        assert!(verify_consistency(u64::MAX, hash, 1, hash, &[]).is_err());
        assert!(verify_consistency(3, hash, 5, hash, &[]).is_err());
    }

    #[test]
    fn nothing_and_the_same_tree_need_no_proof_and_accept_none() {
        let (empty, hash) = (Hash::empty_root(), Hash::leaf(b"x"));
        assert_eq!(verify_consistency(0, empty, 7, hash, &[]), Ok(()));
        assert_eq!(verify_consistency(0, hash, 7, hash, &[]), Err(ProofError::WrongRoot));
        assert_eq!(verify_consistency(7, hash, 7, hash, &[]), Ok(()));
        assert_eq!(verify_consistency(7, hash, 7, hash, &[hash]), Err(ProofError::WrongLength(1)));
    }

    #[test]
    fn a_tree_of_one_is_its_leaf() {
        let hash = Hash::leaf(b"x");
        assert_eq!(verify_inclusion(hash, 0, 1, &[], hash), Ok(()));
        assert_eq!(verify_inclusion(hash, 0, 1, &[hash], hash), Err(ProofError::WrongLength(1)));
    }
}
