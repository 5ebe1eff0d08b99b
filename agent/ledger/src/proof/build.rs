//! Building proofs from tiles: at most one read a tile and proof.

use std::collections::BTreeMap;

use crate::tree::{Hash, TileAt, tile_in};

/// Whoever can hand out a tile of the tree, from files or from memory.
pub trait Tiles {
    /// Why a tile cannot be had.
    type Error;

    /// The `at.width` hashes of the tile.
    ///
    /// # Errors
    /// If it is missing, cannot be read or has another width.
    fn tile(&self, at: TileAt) -> Result<Vec<Hash>, Self::Error>;
}

/// Why no proof could be built.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError<E> {
    /// The numbers name no entry or tree that exists.
    #[error("a tree of {size} has no entry or older tree {asked}")]
    NoSuchEntry {
        /// What was asked for.
        asked: u64,
        /// What there is.
        size: u64,
    },
    /// A tile could not be had.
    #[error(transparent)]
    Tile(E),
    /// A tile was given with another width than asked for.
    #[error("tile {} of level {} has another width", .0.index, .0.level)]
    WrongWidth(TileAt),
}

/// The audit path of entry `index` in the tree of `size`: PATH of RFC 6962 §2.1.1.
///
/// # Errors
/// [`BuildError`].
pub fn inclusion<T: Tiles>(
    tiles: &T,
    index: u64,
    size: u64,
) -> Result<Vec<Hash>, BuildError<T::Error>> {
    if index >= size {
        return Err(BuildError::NoSuchEntry { asked: index, size });
    }
    let mut nodes = Nodes { tiles, size, read: BTreeMap::new() };
    let (mut low, mut high, mut path) = (0, size, Vec::new());
    while high.saturating_sub(low) > 1 {
        let middle = split(low, high);
        if index < middle {
            path.push(nodes.root(middle, high)?);
            high = middle;
        } else {
            path.push(nodes.root(low, middle)?);
            low = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// The proof that the tree of `new` extends that of `old`: PROOF of RFC 6962 §2.1.2.
///
/// # Errors
/// [`BuildError`], also for an `old` beyond `new`.
pub fn consistency<T: Tiles>(
    tiles: &T,
    old: u64,
    new: u64,
) -> Result<Vec<Hash>, BuildError<T::Error>> {
    if old > new {
        return Err(BuildError::NoSuchEntry { asked: old, size: new });
    }
    let mut nodes = Nodes { tiles, size: new, read: BTreeMap::new() };
    let (mut low, mut high, mut path) = (0, new, Vec::new());
    if old == 0 {
        return Ok(path);
    }
    while old != high {
        let middle = split(low, high);
        if old <= middle {
            path.push(nodes.root(middle, high)?);
            high = middle;
        } else {
            path.push(nodes.root(low, middle)?);
            low = middle;
        }
    }
    if low != 0 {
        path.push(nodes.root(low, high)?);
    }
    path.reverse();
    Ok(path)
}

/// `low + k` where k is the largest power of two smaller than `high - low` (which is over 1).
fn split(low: u64, high: u64) -> u64 {
    let width = high.saturating_sub(low).max(2);
    low.saturating_add(1 << width.saturating_sub(1).ilog2())
}

struct Nodes<'a, T> {
    tiles: &'a T,
    size: u64,
    read: BTreeMap<TileAt, Vec<Hash>>,
}

impl<T: Tiles> Nodes<'_, T> {
    /// MTH(D[low:high]). `low` is a multiple of the largest power of two below the width.
    fn root(&mut self, low: u64, high: u64) -> Result<Hash, BuildError<T::Error>> {
        let width = high.saturating_sub(low);
        if width.is_power_of_two() {
            return self.perfect(width.trailing_zeros(), low >> width.trailing_zeros());
        }
        let middle = split(low, high);
        let left = self.root(low, middle)?;
        Ok(Hash::node(left, self.root(middle, high)?))
    }

    /// The root of the perfect subtree of 2^`height` leaves, the `index`-th of its kind.
    fn perfect(&mut self, height: u32, index: u64) -> Result<Hash, BuildError<T::Error>> {
        let (level, within) = (height >> 3, height & 7);
        let missing = BuildError::NoSuchEntry { asked: index, size: self.size };
        let Some(first) = index.checked_mul(1 << within) else { return Err(missing) };
        let place =
            u8::try_from(level).ok().and_then(|level| tile_in(self.size, level, first >> 8));
        let Some(at) = place else { return Err(missing) };
        let hashes = match self.read.entry(at) {
            std::collections::btree_map::Entry::Occupied(read) => read.into_mut(),
            std::collections::btree_map::Entry::Vacant(place) => {
                place.insert(self.tiles.tile(at).map_err(BuildError::Tile)?)
            }
        };
        if hashes.len() != usize::from(at.width) {
            return Err(BuildError::WrongWidth(at));
        }
        let start = usize::try_from(first & 0xff).unwrap_or(usize::MAX);
        let piece = hashes.get(start..).and_then(|rest| rest.get(..1 << within));
        piece.and_then(Hash::perfect).ok_or(missing)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::convert::Infallible;

    use proptest::prelude::*;

    use super::*;
    use crate::proof::{verify_consistency, verify_inclusion};
    use crate::tree::Edge;

    /// All tiles of all sizes up to the end, in memory.
    struct Grown(BTreeMap<(u8, u64), Vec<Hash>>, Vec<Hash>);

    impl Tiles for Grown {
        type Error = Infallible;

        fn tile(&self, at: TileAt) -> Result<Vec<Hash>, Infallible> {
            Ok(self.0[&(at.level, at.index)][..usize::from(at.width)].to_vec())
        }
    }

    fn grown(size: u64) -> Grown {
        let (mut edge, mut rows, mut roots) =
            (Edge::default(), BTreeMap::<_, Vec<_>>::new(), vec![Hash::empty_root()]);
        for n in 0..size {
            edge.push(leaf(n), |level, hash| rows.entry(level).or_default().push(hash));
            roots.push(edge.root());
        }
        let tiles = rows.iter().flat_map(|(level, row)| {
            (0..).zip(row.chunks(256)).map(|(index, tile)| ((*level, index), tile.to_vec()))
        });
        Grown(tiles.collect(), roots)
    }

    fn leaf(n: u64) -> Hash {
        Hash::leaf(&n.to_be_bytes())
    }

    #[test]
    fn every_entry_of_every_size_up_to_300_is_proved() {
        let grown = grown(300);
        for size in 1..=300_u64 {
            for index in 0..size {
                let path = inclusion(&grown, index, size).unwrap();
                let root = grown.1[usize::try_from(size).unwrap()];
                assert_eq!(verify_inclusion(leaf(index), index, size, &path, root), Ok(()));
            }
        }
    }

    #[test]
    fn every_pair_of_sizes_up_to_300_is_proved() {
        let grown = grown(300);
        let root = |size: u64| grown.1[usize::try_from(size).unwrap()];
        for new in 0..=300_u64 {
            for old in 0..=new {
                let path = consistency(&grown, old, new).unwrap();
                assert_eq!(
                    verify_consistency(old, root(old), new, root(new), &path),
                    Ok(()),
                    "{old} {new}"
                );
            }
        }
    }

    proptest! {
        #[test]
        fn a_changed_proof_proves_nothing(size in 2..300_u64, at: prop::sample::Index, bit in 0..256_usize, other in 0..300_u64) {
            let grown = grown(size);
            let root = grown.1[usize::try_from(size).unwrap()];
            let index = at.index(usize::try_from(size).unwrap()) as u64;
            let path = inclusion(&grown, index, size).unwrap();
            let mut changed = path.clone();
            let place = at.index(changed.len());
            let mut bytes = *changed[place].as_bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            changed[place] = Hash::from_bytes(bytes);
            prop_assert!(verify_inclusion(leaf(index), index, size, &changed, root).is_err());
            prop_assert!(verify_inclusion(leaf(index), index, size, &path[1..], root).is_err());
            if other != index {
                prop_assert!(verify_inclusion(leaf(index), other, size, &path, root).is_err());
            }
        }

        #[test]
        fn another_history_is_not_consistent(old in 1..200_u64, more in 1..200_u64, bit in 0..256_usize) {
            let new = old + more;
            let grown = grown(new);
            let root = |size: u64| grown.1[usize::try_from(size).unwrap()];
            let path = consistency(&grown, old, new).unwrap();
            let mut bytes = *root(old).as_bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(verify_consistency(old, Hash::from_bytes(bytes), new, root(new), &path).is_err());
            prop_assert!(verify_consistency(old, root(old), new, Hash::from_bytes(bytes), &path).is_err());
        }

        #[test]
        fn random_paths_and_numbers_never_panic(index: u64, size: u64, old: u64, length in 0..70_usize) {
            let path = vec![Hash::ZERO; length];
            prop_assert!(verify_inclusion(Hash::ZERO, index, size, &path, Hash::ZERO).is_err());
            let _ = verify_consistency(old, Hash::ZERO, size, Hash::leaf(b""), &path);
        }
    }

    #[test]
    fn what_does_not_exist_cannot_be_proved() {
        let grown = grown(5);
        assert!(matches!(
            inclusion(&grown, 5, 5),
            Err(BuildError::NoSuchEntry { asked: 5, size: 5 })
        ));
        assert!(matches!(
            consistency(&grown, 6, 5),
            Err(BuildError::NoSuchEntry { asked: 6, size: 5 })
        ));
    }
}
