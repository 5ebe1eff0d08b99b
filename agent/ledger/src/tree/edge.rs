//! The right edge of a growing tree: all that must be kept to append and to know the root.

use super::{Hash, TILE_WIDTH, TileAt};

/// At most 255 hashes a level, whatever the size of the tree.
#[derive(Debug, Clone, Default)]
pub struct Edge {
    size: u64,
    levels: Vec<Vec<Hash>>,
}

/// A tile that will never change again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FullTile {
    /// Where it lies; its width is 256.
    pub at: TileAt,
    /// Its 256 hashes.
    pub hashes: Vec<Hash>,
}

impl Edge {
    /// How many leaves the tree has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf hash and hands out the tiles that are full by it, lowest level first.
    pub fn push(&mut self, leaf: Hash) -> Vec<FullTile> {
        self.size = self.size.saturating_add(1);
        let (mut full, mut rising) = (Vec::new(), leaf);
        for level in 0_u8.. {
            let Some(row) = self.row(level) else { break };
            row.push(rising);
            if row.len() < 256 {
                break;
            }
            let hashes = std::mem::take(row);
            let Some(root) = Hash::perfect(&hashes) else { break };
            rising = root;
            full.push(FullTile {
                at: TileAt { level, index: self.tile_before(level), width: 256 },
                hashes,
            });
        }
        full
    }

    /// The root hash of RFC 6962 §2.1: subtrees of falling size, folded from the right.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut root = None;
        for row in &self.levels {
            let mut rest = row.as_slice();
            while !rest.is_empty() {
                let lowest_bit = 1_usize << rest.len().trailing_zeros();
                let (before, subtree) = rest.split_at(rest.len().saturating_sub(lowest_bit));
                rest = before;
                root = Hash::perfect(subtree)
                    .map(|left| root.map_or(left, |right| Hash::node(left, right)));
            }
        }
        root.unwrap_or_else(Hash::empty_root)
    }

    /// The tiles that are not full yet, with what they hold, lowest level first.
    pub fn partial(&self) -> impl Iterator<Item = (TileAt, &[Hash])> {
        let rows = (0_u8..).zip(&self.levels).filter(|(_, row)| !row.is_empty());
        rows.filter_map(|(level, row)| {
            let at = TileAt {
                level,
                index: self.tile_count(level),
                width: u16::try_from(row.len()).ok()?,
            };
            Some((at, row.as_slice()))
        })
    }

    fn row(&mut self, level: u8) -> Option<&mut Vec<Hash>> {
        if self.levels.len() <= usize::from(level) {
            self.levels.push(Vec::new());
        }
        self.levels.get_mut(usize::from(level))
    }

    /// Full tiles on `level`.
    fn tile_count(&self, level: u8) -> u64 {
        let shift = u32::from(level).saturating_mul(8);
        self.size.checked_shr(shift).unwrap_or(0).checked_div(TILE_WIDTH).unwrap_or(0)
    }

    fn tile_before(&self, level: u8) -> u64 {
        self.tile_count(level).saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
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
            edge.push(*leaf);
            assert_eq!(edge.root(), naive_root(&leaves[..=n]), "size {}", n + 1);
        }
    }

    #[test]
    fn full_and_partial_tiles_together_are_those_of_the_layout() {
        let (mut edge, mut full) = (Edge::default(), Vec::new());
        for n in 0..66_000_u32 {
            full.extend(edge.push(Hash::leaf(&n.to_be_bytes())).into_iter().map(|tile| tile.at));
        }
        full.extend(edge.partial().map(|(at, _)| at));
        full.sort_unstable();
        let mut expected: Vec<TileAt> = tiles_of(66_000)
            .filter_map(|path| if let TilePath::Hashes(at) = path { Some(at) } else { None })
            .collect();
        expected.sort_unstable();
        assert_eq!(full, expected);
    }
}
