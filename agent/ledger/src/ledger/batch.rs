//! A batch in memory: encoded, chained and hashed, and nowhere else yet.

use arch_identity::Timestamp;

use crate::anchored::Anchored;
use crate::entry::{Entry, encode};
use crate::error::LedgerError;
use crate::growth::Growth;
use crate::index::{Ahead, Steps};
use crate::journal::{HEADER, write_batch};
use crate::record::Record;
use crate::tree::{Edge, Hash};

/// What is to be written, and what memory is to know once it is durable.
pub(super) struct Prepared {
    entries: Vec<Entry>,
    /// Bytes for the journal.
    bytes: Vec<u8>,
    time: Timestamp,
    /// The tree with the batch.
    edge: Edge,
    /// What the batch adds to the tiles.
    hashes: Vec<(u8, Hash)>,
    /// Hash of its last entry.
    last: Hash,
    steps: Ahead,
}

impl Prepared {
    /// Makes the batch that follows what `growth` knows, and then `behind`, if that is on its way to
    /// the disk and not in `growth` yet. Neither is changed.
    pub(super) fn new(
        growth: &Growth,
        behind: Option<&Self>,
        now: Timestamp,
        records: impl Iterator<Item = Record>,
    ) -> Result<Self, LedgerError> {
        let (edge, newest, mut prev) = match behind {
            Some(behind) => (&behind.edge, Some(behind.time), behind.last),
            None => (&growth.edge, growth.newest(), growth.prev()),
        };
        let time = newest.map_or(now, |newest| newest.max(now));
        let text = time.to_string();
        let mut steps = Steps::new(&growth.index, behind.map(|behind| &behind.steps));
        let (first, mut edge) = (edge.size(), edge.clone());
        let (mut hashes, mut entries) = (Vec::new(), Vec::new());
        for (index, record) in (first..).zip(records) {
            if let (Err(state), Some(document)) = (steps.check(&record), record.job()) {
                return Err(LedgerError::IllegalStep { document: *document, state });
            }
            let bytes = encode(time, &text, prev, &record)?;
            let leaf = Hash::leaf(&bytes);
            entries.push(Entry { index, time, prev, record, bytes });
            edge.push(leaf, |level, hash| hashes.push((level, hash)));
            prev = leaf;
        }
        let bytes = entries.iter().map(|entry| entry.bytes.as_slice());
        let bytes = write_batch(first, edge.root(), bytes).ok_or(LedgerError::BatchTooLarge)?;
        Ok(Self { entries, bytes, time, edge, hashes, last: prev, steps: steps.ahead })
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn time(&self) -> Timestamp {
        self.time
    }

    /// Hands the bytes over to whoever writes them.
    pub(super) fn take_bytes(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }

    pub(super) fn records(&self) -> impl Iterator<Item = &Record> + Clone {
        self.entries.iter().map(|entry| &entry.record)
    }

    /// Makes memory follow the journal, in which the batch begins at `offset` and is durable.
    pub(super) fn into_memory(self, growth: &mut Growth, mut offset: u64) -> Vec<Anchored> {
        for entry in &self.entries {
            growth.learn(entry.index, entry.time, &entry.record, offset);
            let record = entry.bytes.len().saturating_add(HEADER);
            offset = offset.saturating_add(u64::try_from(record).unwrap_or(u64::MAX));
        }
        growth.append(self.edge, &self.hashes, self.last);
        let size = growth.size();
        self.entries.into_iter().map(|entry| Anchored::new(entry, size)).collect()
    }
}
