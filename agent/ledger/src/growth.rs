//! The log as it grows: entries in, tiles out, the chain of entries checked.

use arch_identity::Timestamp;

use crate::derived::Derived;
use crate::entry::Parsed;
use crate::journal::Batch;
use crate::ledger::Listener;
use crate::record::Record;
use crate::standing::Standing;
use crate::tree::{Edge, Hash, TILE_WIDTH};

/// All that must be known of the past to append.
#[derive(Debug, Default)]
pub(crate) struct Growth {
    pub(crate) edge: Edge,
    pub(crate) standing: Standing,
    pub(crate) derived: Derived,
    last: Option<(Hash, Timestamp)>,
    out_of_space: bool,
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

    /// Whether the ledger last said that the disk is full.
    pub(crate) fn is_out_of_space(&self) -> bool {
        self.out_of_space
    }

    /// Takes in a batch of the journal: `read` says what the bytes of an entry mean, `damaged` how to
    /// tell, with index and offset, that they do not follow from what stands before.
    pub(crate) fn take<E>(
        &mut self,
        batch: &Batch,
        read: impl Fn(u64, u64, &[u8]) -> Result<Parsed, E>,
        damaged: impl Fn(u64, u64, &str) -> E,
        listener: &mut impl Listener,
    ) -> Result<(), E> {
        for (index, (offset, leaf, bytes)) in (self.size()..).zip(batch.entries()) {
            let entry = read(index, offset, bytes)?;
            self.require_next(&entry).map_err(|why| damaged(index, offset, why))?;
            self.learn(index, &entry.record, offset);
            listener.hear(index, entry.time, &entry.record);
            self.last = Some((leaf, entry.time));
        }
        self.extend(batch.edge.clone(), &batch.hashes);
        match batch.has_the_root_of_its_commit() {
            true => Ok(()),
            false => {
                Err(damaged(self.size(), batch.commit_offset, "the commit names another root"))
            }
        }
    }

    fn require_next(&self, entry: &Parsed) -> Result<(), &'static str> {
        if entry.prev != self.prev() {
            return Err("`prev` is not the hash of the entry before");
        }
        if self.newest().is_some_and(|newest| entry.time < newest) {
            return Err("the entry is older than the one before");
        }
        Ok(())
    }

    /// What follows from an entry besides its place in the tree.
    pub(crate) fn learn(&mut self, index: u64, record: &Record, offset: u64) {
        match record {
            Record::OutOfSpace {} => self.out_of_space = true,
            Record::SpaceRegained {} => self.out_of_space = false,
            step => self.standing.learn(step),
        }
        if index.checked_rem(TILE_WIDTH) == Some(0) {
            self.derived.place(offset);
        }
    }

    /// Takes in a batch that was made here and is durable now; [`Growth::learn`] knows its entries.
    pub(crate) fn append(&mut self, edge: Edge, hashes: &[(u8, Hash)], last: (Hash, Timestamp)) {
        self.last = Some(last);
        self.extend(edge, hashes);
    }

    fn extend(&mut self, edge: Edge, hashes: &[(u8, Hash)]) {
        hashes.iter().for_each(|(level, hash)| self.derived.hash(*level, *hash));
        self.edge = edge;
    }
}
