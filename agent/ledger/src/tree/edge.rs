//! The right edge of a growing tree: all that must be kept to append and to know the root.

use super::Hash;

/// The roots of the tree's perfect subtrees, largest first: one for each set bit of its size.
#[derive(Debug, Clone, Default)]
pub struct Edge {
    size: u64,
    subtrees: Vec<Hash>,
}

impl Edge {
    /// How many leaves the tree has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf hash and hands out the hashes that tiles hold, each with its level: the leaf
    /// itself, and the root of every tile that is full by it.
    pub fn push(&mut self, leaf: Hash, mut tiled: impl FnMut(u8, Hash)) {
        tiled(0, leaf);
        let mut rising = leaf;
        // As many neighbours of equal size stand on the left as the size ends in one bits.
        for height in 1..=self.size.trailing_ones() {
            let Some(left) = self.subtrees.pop() else { break };
            rising = Hash::node(left, rising);
            if let (0, Ok(level)) = (height & 7, u8::try_from(height >> 3)) {
                tiled(level, rising);
            }
        }
        self.subtrees.push(rising);
        self.size = self.size.saturating_add(1);
    }

    /// The root hash of RFC 6962 §2.1: subtrees of falling size, folded from the right.
    #[must_use]
    pub fn root(&self) -> Hash {
        let subtrees = self.subtrees.iter().rev().copied();
        subtrees.reduce(|right, left| Hash::node(left, right)).unwrap_or_else(Hash::empty_root)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::tree::{TilePath, tiles_of};

    /// MTH of RFC 6962 §2.1, straight from its words.
    pub(crate) fn naive_root(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => Hash::empty_root(),
            [one] => *one,
            many => {
                let split = many.len().next_power_of_two() / 2;
                Hash::node(naive_root(&many[..split]), naive_root(&many[split..]))
            }
        }
    }

    #[test]
    fn the_root_is_that_of_the_definition_at_every_size() {
        let leaves: Vec<Hash> = (0..700_u32).map(|n| Hash::leaf(&n.to_be_bytes())).collect();
        let mut edge = Edge::default();
        assert_eq!(edge.root(), Hash::empty_root());
        for (n, leaf) in leaves.iter().enumerate() {
            edge.push(*leaf, |_, _| ());
            assert_eq!(edge.root(), naive_root(&leaves[..=n]), "size {}", n + 1);
        }
    }

    #[test]
    fn the_tiles_have_the_hashes_that_their_layout_asks_for() {
        let mut edge = Edge::default();
        let mut rows: BTreeMap<u8, Vec<Hash>> = BTreeMap::new();
        for n in 0..66_000_u32 {
            edge.push(Hash::leaf(&n.to_be_bytes()), |level, hash| {
                rows.entry(level).or_default().push(hash);
            });
        }
        let mut wide: BTreeMap<u8, u64> = BTreeMap::new();
        for path in tiles_of(66_000) {
            if let TilePath::Hashes(at) = path {
                *wide.entry(at.level).or_default() += u64::from(at.width);
            }
        }
        assert!(rows.iter().map(|(level, row)| (*level, row.len() as u64)).eq(wide));
        for level in 1..rows.len() as u8 {
            let below: Vec<Hash> = rows[&(level - 1)].chunks_exact(256).map(naive_root).collect();
            assert_eq!(rows[&level], below, "level {level}");
        }
    }
}
