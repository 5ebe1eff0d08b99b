//! The log as it grows: entries in, tiles and bundles out, the chain of entries checked.

use arch_identity::Timestamp;

use crate::entry::Entry;
use crate::index::Index;
use crate::tree::{Edge, Hash, TILE_WIDTH, TileAt, TilePath};

/// A derived file and what must be in it.
pub(crate) type DerivedFile = (TilePath, Vec<u8>);

/// All that must be known of the past to append.
#[derive(Debug, Default)]
pub(crate) struct Growth {
    pub(crate) edge: Edge,
    pub(crate) index: Index,
    last: Option<(Hash, Timestamp)>,
    bundle: Vec<u8>,
}

impl Growth {
    pub(crate) fn size(&self) -> u64 {
        self.edge.size()
    }

    pub(crate) fn root(&self) -> Hash {
        self.edge.root()
    }

    /// What must stand in the next entry's `prev`.
    pub(crate) fn prev(&self) -> Hash {
        self.last.map_or(Hash::ZERO, |(leaf, _)| leaf)
    }

    pub(crate) fn newest(&self) -> Option<Timestamp> {
        self.last.map(|(_, time)| time)
    }

    /// Takes an entry in and hands out the files that are full by it; refuses one that does not
    /// follow from the entry before.
    pub(crate) fn push(&mut self, entry: &Entry) -> Result<Vec<DerivedFile>, &'static str> {
        if entry.index != self.size() {
            return Err("the entry has another index");
        }
        if entry.prev != self.prev() {
            return Err("`prev` is not the hash of the entry before");
        }
        if self.newest().is_some_and(|newest| entry.time < newest) {
            return Err("the entry is older than the one before");
        }
        let leaf = entry.leaf();
        self.last = Some((leaf, entry.time));
        self.index.take(entry);
        let len = u16::try_from(entry.bytes.len()).map_err(|_| "the entry is too large")?;
        self.bundle.extend_from_slice(&len.to_be_bytes());
        self.bundle.extend_from_slice(&entry.bytes);
        let tiles = self.edge.push(leaf);
        let mut full: Vec<_> = tiles.iter().map(|tile| hashes(tile.at, &tile.hashes)).collect();
        if let Some(TileAt { index, .. }) = tiles.first().map(|tile| tile.at) {
            full.push((TilePath::Entries { index, width: 256 }, std::mem::take(&mut self.bundle)));
        }
        Ok(full)
    }

    /// The files that are not full yet.
    pub(crate) fn partial(&self) -> Vec<DerivedFile> {
        let mut files: Vec<_> = self.edge.partial().map(|(at, row)| hashes(at, row)).collect();
        let within =
            self.size().checked_rem(TILE_WIDTH).and_then(|w| u16::try_from(w).ok()).unwrap_or(0);
        if within > 0 {
            let index = self.size().checked_div(TILE_WIDTH).unwrap_or(0);
            files.push((TilePath::Entries { index, width: within }, self.bundle.clone()));
        }
        files
    }
}

fn hashes(at: TileAt, row: &[Hash]) -> DerivedFile {
    (TilePath::Hashes(at), row.iter().flat_map(|hash| *hash.as_bytes()).collect())
}
