//! A batch in memory: encoded, chained and hashed, and nowhere else yet.

use arch_identity::Timestamp;

use super::turns::Unanchored;
use crate::anchored::Anchored;
use crate::entry::encode;
use crate::error::LedgerError;
use crate::growth::Growth;
use crate::journal::Writing;
use crate::record::Record;
use crate::standing::{Ahead, Steps};
use crate::tree::{Edge, Hash};

/// What is to be written, and what memory is to know once it is durable.
pub(super) struct Prepared {
    records: Vec<Record>,
    chained: Chained,
}

/// What the records become behind what is there already.
struct Chained {
    /// Bytes for the journal.
    bytes: Vec<u8>,
    /// Where the record of each entry begins in them.
    places: Vec<u64>,
    time: Timestamp,
    /// Hash of the entry before the first.
    prev: Hash,
    /// What the batch adds to the tiles, the hashes of its entries among it.
    hashes: Vec<(u8, Hash)>,
    /// Hash of its last entry.
    last: Hash,
    /// The tree with the batch.
    edge: Edge,
    steps: Ahead,
}

impl Prepared {
    /// Makes the batch that follows what `growth` knows, and then `behind`, if that is on its way to
    /// the disk and not in `growth` yet. Neither is changed.
    pub(super) fn new(
        growth: &Growth,
        behind: Option<&Self>,
        now: Timestamp,
        records: Vec<Record>,
    ) -> Result<Self, Unanchored> {
        match Chained::new(growth, behind.map(|batch| &batch.chained), now, &records) {
            Ok(chained) => Ok(Self { records, chained }),
            Err(error) => Err(Unanchored { error, records }),
        }
    }

    pub(super) fn time(&self) -> Timestamp {
        self.chained.time
    }

    /// Hands the bytes over to whoever writes them.
    pub(super) fn take_bytes(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.chained.bytes)
    }

    /// Takes the batch apart again, if it does not get into the journal.
    pub(super) fn into_records(self) -> Vec<Record> {
        self.records
    }

    /// Makes memory follow the journal, in which the batch begins at `offset` and is durable.
    pub(super) fn into_memory(self, growth: &mut Growth, offset: u64) -> Vec<Anchored> {
        let Chained { places, time, mut prev, hashes, last, edge, .. } = self.chained;
        let (first, size) = (growth.size(), edge.size());
        let leaves = hashes.iter().filter(|(level, _)| *level == 0).map(|(_, leaf)| *leaf);
        let entries = (first..).zip(self.records).zip(places.iter().zip(leaves));
        let anchored = entries.map(|((index, record), (place, leaf))| {
            growth.learn(index, &record, offset.saturating_add(*place));
            let prev = std::mem::replace(&mut prev, leaf);
            Anchored { index, time, prev, record, leaf, size }
        });
        let anchored = anchored.collect();
        growth.append(edge, &hashes, (last, time));
        anchored
    }
}

impl Chained {
    fn new(
        growth: &Growth,
        behind: Option<&Self>,
        now: Timestamp,
        records: &[Record],
    ) -> Result<Self, LedgerError> {
        let (edge, newest, prev) = match behind {
            Some(behind) => (&behind.edge, Some(behind.time), behind.last),
            None => (&growth.edge, growth.newest(), growth.prev()),
        };
        let time = newest.map_or(now, |newest| newest.max(now));
        let text = time.to_string();
        let mut steps = Steps::new(&growth.standing, behind.map(|behind| &behind.steps));
        let (first, mut edge, mut last) = (edge.size(), edge.clone(), prev);
        let (mut places, mut hashes) = (Vec::new(), Vec::new());
        let mut writing = Writing::of(records.len());
        for record in records {
            if let (Err(state), Some(document)) = (steps.check(record), record.job()) {
                return Err(LedgerError::IllegalStep { document: *document, state });
            }
            places.push(writing.len());
            let entry = writing.entry(|out| encode(out, time, &text, last, record))?;
            last = Hash::leaf(entry.ok_or(LedgerError::BatchTooLarge)?);
            edge.push(last, |level, hash| hashes.push((level, hash)));
        }
        let bytes = writing.end(first, edge.root()).ok_or(LedgerError::BatchTooLarge)?;
        Ok(Self { bytes, places, time, prev, hashes, last, edge, steps: steps.ahead })
    }
}
