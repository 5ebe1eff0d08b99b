//! The ledger as its one writer has it.

mod open;
mod read;

use std::io;

use arch_identity::Timestamp;

pub use open::Recovery;
pub(crate) use read::FolderTiles;

use crate::anchored::Anchored;
use crate::checkpoint::LogKeys;
use crate::derived::Derived;
use crate::entry::Entry;
use crate::error::LedgerError;
use crate::fs::{Fs, StdFs, is_full, uninterrupted, write_all};
use crate::growth::Growth;
use crate::index::{Index, Steps};
use crate::journal::write_batch;
use crate::layout::{JOURNAL, RESERVE, make_reserve};
use crate::record::Record;
use crate::tree::Hash;

/// Seconds between two attempts to make the reserve anew on a full disk.
const SPACE_RETRY: u64 = 10;

/// An open ledger. There is one writer a folder; the lock lasts as long as this value.
pub struct Ledger<F: Fs = StdFs> {
    fs: F,
    keys: LogKeys,
    journal: F::File,
    /// Where the next batch goes: behind the last commit.
    end: u64,
    growth: Growth,
    derived: Derived,
    /// Size of the checkpoint on disk, and its text.
    checkpoint: (u64, String),
    poisoned: Option<String>,
    /// When the disk was last seen full.
    full_since: Option<Timestamp>,
    _lock: F::Lock,
}

/// Why a batch did not get into the journal.
enum Stop {
    /// No room; the journal is as before.
    Full,
    Error(LedgerError),
}

impl<F: Fs> Ledger<F> {
    /// Number of entries.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.growth.size()
    }

    /// Root of the tree.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.growth.root()
    }

    /// What follows from the entries.
    #[must_use]
    pub fn index(&self) -> &Index {
        &self.growth.index
    }

    /// The signed checkpoint, as it is on disk.
    #[must_use]
    pub fn checkpoint(&self) -> &str {
        &self.checkpoint.1
    }

    /// Name and public keys of the log.
    #[must_use]
    pub fn keys(&self) -> &LogKeys {
        &self.keys
    }

    /// Whether the disk was full at the last attempt: only refusals and endings are taken.
    #[must_use]
    pub fn is_out_of_space(&self) -> bool {
        self.full_since.is_some()
    }

    /// Whether an I/O error has stopped the ledger for good.
    #[must_use]
    pub fn is_poisoned(&self) -> bool {
        self.poisoned.is_some()
    }

    /// Writes `records` as one batch: all of them or none, made durable by one fdatasync.
    ///
    /// Entries get the later one of `now` and the newest entry's time. On [`LedgerError::OutOfSpace`]
    /// nothing of the batch was written; on [`LedgerError::Poisoned`] it is unknown until the next
    /// start whether it was.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn append(
        &mut self,
        now: Timestamp,
        records: &[Record],
    ) -> Result<Vec<Anchored>, LedgerError> {
        self.require_sound()?;
        if records.is_empty() {
            return Ok(Vec::new());
        }
        let written = self.write(now, records);
        // Also a refused batch may have left entries that say why: `outOfSpace`, `spaceRegained`.
        if !self.is_poisoned() && self.checkpoint.0 < self.size() {
            self.publish(now)?;
        }
        written
    }

    /// As [`Ledger::append`], without tiles and checkpoint.
    fn write(&mut self, now: Timestamp, records: &[Record]) -> Result<Vec<Anchored>, LedgerError> {
        self.regain_space(now)?;
        let takes_on_work = records.iter().any(Record::takes_on_work);
        if self.is_out_of_space() && takes_on_work {
            return Err(LedgerError::OutOfSpace);
        }
        let written = match self.commit(now, records) {
            Err(Stop::Full) => {
                self.release_reserve(now)?;
                if takes_on_work {
                    return Err(LedgerError::OutOfSpace);
                }
                self.commit(now, records)
            }
            other => other,
        };
        written.map_err(Stop::into_error)
    }

    /// Makes tiles and checkpoint survive a power cut too. For when there is nothing else to do, and
    /// for a clean end; it narrows what a later start has to call undecidable.
    ///
    /// # Errors
    /// [`LedgerError`]; the ledger is poisoned then.
    pub fn settle(&mut self) -> Result<(), LedgerError> {
        self.require_sound()?;
        let settled = self.derived.settle(&self.fs);
        settled.map_err(|error| self.poison("settle", &error))
    }

    fn require_sound(&self) -> Result<(), LedgerError> {
        match &self.poisoned {
            Some(why) => Err(LedgerError::Poisoned(why.clone())),
            None => Ok(()),
        }
    }

    fn poison(&mut self, what: &str, error: &io::Error) -> LedgerError {
        let why = format!("{what}: {error}");
        self.poisoned = Some(why.clone());
        LedgerError::Poisoned(why)
    }

    /// Journal first; memory follows only when the batch is durable.
    fn commit(&mut self, now: Timestamp, records: &[Record]) -> Result<Vec<Anchored>, Stop> {
        self.commit_over(now, records, 0)
    }

    /// As [`Ledger::commit`], over a tail of so many bytes, which stays if there is no room.
    fn commit_over(
        &mut self,
        now: Timestamp,
        records: &[Record],
        tail: u64,
    ) -> Result<Vec<Anchored>, Stop> {
        let entries = self.entries_for(now, records).map_err(Stop::Error)?;
        let mut edge = self.growth.edge.clone();
        for entry in &entries {
            edge.push(entry.leaf());
        }
        let bytes = entries.iter().map(|entry| entry.bytes.as_slice());
        let batch = write_batch(self.size(), edge.root(), bytes);
        let batch = batch.ok_or(Stop::Error(LedgerError::BatchTooLarge))?;
        match write_all(&self.fs, &self.journal, self.end, &batch) {
            Err(error) if is_full(&error) => {
                // Give back what a short write took; the batch never happened.
                let before = self.end.saturating_add(tail);
                let cut = uninterrupted(|| self.fs.truncate(&self.journal, before));
                return Err(
                    cut.map_or_else(|e| Stop::Error(self.poison(JOURNAL, &e)), |()| Stop::Full)
                );
            }
            other => other.map_err(|error| Stop::Error(self.poison(JOURNAL, &error)))?,
        }
        // After a failed fdatasync nobody can say what is on disk, and asking again lies.
        let synced = uninterrupted(|| self.fs.sync(&self.journal));
        synced.map_err(|error| Stop::Error(self.poison(JOURNAL, &error)))?;
        self.end = self.end.saturating_add(u64::try_from(batch.len()).unwrap_or(u64::MAX));
        for entry in &entries {
            match self.growth.push(entry) {
                Ok(full) => self.derived.queue(full),
                Err(why) => return Err(Stop::Error(self.poison(JOURNAL, &io::Error::other(why)))),
            }
        }
        let size = self.size();
        Ok(entries.into_iter().map(|entry| Anchored::new(entry, size)).collect())
    }

    fn entries_for(&self, now: Timestamp, records: &[Record]) -> Result<Vec<Entry>, LedgerError> {
        let time = self.growth.newest().map_or(now, |newest| newest.max(now));
        let (mut prev, mut steps) = (self.growth.prev(), Steps::new(self.index()));
        let mut entries = Vec::with_capacity(records.len());
        for (index, record) in (self.size()..).zip(records) {
            if let (Err(state), Some(document)) = (steps.check(record), record.job()) {
                return Err(LedgerError::IllegalStep { document: *document, state });
            }
            let entry = Entry::new(index, time, prev, record.clone())?;
            prev = entry.leaf();
            entries.push(entry);
        }
        Ok(entries)
    }

    /// Brings tiles and checkpoint up to date with the journal. A full disk leaves them behind.
    fn publish(&mut self, now: Timestamp) -> Result<(), LedgerError> {
        match self.write_derived() {
            Err(error) if is_full(&error) => {
                self.release_reserve(now)?;
                match self.write_derived() {
                    Err(error) if is_full(&error) => Ok(()),
                    other => other.map_err(|error| self.poison("tiles", &error)),
                }
            }
            other => other.map_err(|error| self.poison("tiles", &error)),
        }
    }

    fn write_derived(&mut self) -> io::Result<()> {
        let (size, time) = (self.size(), self.growth.newest());
        let Some(time) = time else { return Ok(()) };
        let text = self.keys.sign(size, self.root(), time);
        self.derived.write(&self.fs, self.growth.partial(), &text)?;
        self.checkpoint = (size, text);
        Ok(())
    }

    /// Frees the reserve and says so in the ledger, if there is room for that much.
    fn release_reserve(&mut self, now: Timestamp) -> Result<(), LedgerError> {
        self.remove_reserve(now)?;
        if self.index().is_out_of_space() {
            return Ok(());
        }
        match self.commit(now, &[Record::OutOfSpace {}]) {
            Ok(_) | Err(Stop::Full) => Ok(()),
            Err(stop) => Err(stop.into_error()),
        }
    }

    fn remove_reserve(&mut self, now: Timestamp) -> Result<(), LedgerError> {
        self.full_since = Some(now);
        let removed = uninterrupted(|| self.fs.remove(RESERVE));
        removed.map_err(|error| self.poison(RESERVE, &error))
    }

    /// Makes the reserve anew from time to time, and says so in the ledger.
    fn regain_space(&mut self, now: Timestamp) -> Result<(), LedgerError> {
        let Some(since) = self.full_since else { return Ok(()) };
        if now.seconds_since(since) < SPACE_RETRY {
            return Ok(());
        }
        self.full_since = Some(now);
        match uninterrupted(|| make_reserve(&self.fs)) {
            Err(error) if is_full(&error) => Ok(()),
            other => {
                other.map_err(|error| self.poison(RESERVE, &error))?;
                self.say_space_regained(now)
            }
        }
    }

    /// With the reserve in place. It is given up again if it left no room to say so: beside a ledger
    /// that is out of space it would keep every later start from writing anything.
    fn say_space_regained(&mut self, now: Timestamp) -> Result<(), LedgerError> {
        if self.index().is_out_of_space() {
            match self.commit(now, &[Record::SpaceRegained {}]) {
                Err(Stop::Full) => return self.remove_reserve(now),
                other => other.map_err(Stop::into_error)?,
            };
        }
        self.full_since = None;
        Ok(())
    }
}

impl Stop {
    fn into_error(self) -> LedgerError {
        match self {
            Self::Full => LedgerError::OutOfSpace,
            Self::Error(error) => error,
        }
    }
}
