//! The log as it grows: entries in, tiles out, the chain of entries checked.

use arch_identity::Timestamp;

use crate::derived::Derived;
use crate::entry::Parsed;
use crate::index::Index;
use crate::record::Record;
use crate::tree::{Edge, Hash, TILE_WIDTH};

/// All that must be known of the past to append.
#[derive(Debug, Default)]
pub(crate) struct Growth {
    pub(crate) edge: Edge,
    pub(crate) index: Index,
    pub(crate) derived: Derived,
    last: Option<(Hash, Timestamp)>,
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

    /// Takes an entry in that stands at `offset` in the journal and has the hash `leaf`; refuses one
    /// that does not follow from the entry before.
    pub(crate) fn push(
        &mut self,
        entry: &Parsed,
        leaf: Hash,
        offset: u64,
    ) -> Result<(), &'static str> {
        if entry.prev != self.prev() {
            return Err("`prev` is not the hash of the entry before");
        }
        if self.newest().is_some_and(|newest| entry.time < newest) {
            return Err("the entry is older than the one before");
        }
        let index = self.size();
        self.learn(index, entry.time, &entry.record, offset);
        let Self { edge, derived, last, .. } = self;
        *last = Some((leaf, entry.time));
        edge.push(leaf, |level, hash| derived.hash(level, hash));
        Ok(())
    }

    /// What follows from an entry besides its place in the tree.
    pub(crate) fn learn(&mut self, index: u64, time: Timestamp, record: &Record, offset: u64) {
        self.index.learn(index, time, record);
        if index.checked_rem(TILE_WIDTH) == Some(0) {
            self.derived.place(offset);
        }
    }

    /// Takes over a tree that was grown by entries which [`Growth::learn`] was told of.
    pub(crate) fn extend(&mut self, edge: Edge, hashes: &[(u8, Hash)], last: Hash) {
        hashes.iter().for_each(|(level, hash)| self.derived.hash(*level, *hash));
        self.last = self.index.newest_time().map(|time| (last, time));
        self.edge = edge;
    }
}
