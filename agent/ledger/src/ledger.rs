//! The ledger as its one writer has it.

mod batch;
mod file;
mod open;
mod publish;
mod read;
mod turns;

use std::io;

use arch_identity::Timestamp;

pub use open::{Listener, Recovery};
pub(crate) use read::tree_on_disk;
pub use turns::{Turn, Unanchored};

use batch::Prepared;
use file::{JournalFile, Unwritten};
use publish::Published;

use crate::anchored::Anchored;
use crate::checkpoint::LogKeys;
use crate::error::LedgerError;
use crate::fs::{Fs, StdFs, is_full, uninterrupted};
use crate::growth::Growth;
use crate::layout::{JOURNAL, RESERVE, make_reserve};
use crate::record::Record;
use crate::tree::Hash;

/// Seconds between two attempts to make the reserve anew on a full disk.
const SPACE_RETRY: u64 = 10;

/// An open ledger. There is one writer a folder; the lock lasts as long as this value.
pub struct Ledger<F: Fs = StdFs> {
    fs: F,
    keys: LogKeys,
    journal: JournalFile<F::File>,
    growth: Growth,
    published: Published,
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

    /// The signed checkpoint, as it is on disk: behind the journal until [`Ledger::publish`].
    #[must_use]
    pub fn checkpoint(&self) -> &str {
        &self.published.text
    }

    /// Whether the checkpoint counts every entry.
    #[must_use]
    pub fn is_published(&self) -> bool {
        self.published.size == self.size()
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

    /// The I/O error that has stopped the ledger for good.
    #[must_use]
    pub fn stopped_by(&self) -> Option<&str> {
        self.poisoned.as_deref()
    }

    /// Makes `records` durable as one batch, all of them or none, by one write and one fdatasync, and
    /// publishes them: [`Ledger::commit`] and then [`Ledger::publish`].
    ///
    /// # Errors
    /// [`LedgerError`]; that of the commit before that of the publishing.
    pub fn append(
        &mut self,
        now: Timestamp,
        records: &[Record],
    ) -> Result<Vec<Anchored>, LedgerError> {
        let committed = self.commit(now, records);
        // Also a refused batch may have left entries that say why: `outOfSpace`, `spaceRegained`.
        let published = if self.is_poisoned() { Ok(()) } else { self.publish(now) };
        committed.and_then(|anchored| published.map(|()| anchored))
    }

    /// Makes `records` durable as one batch, all of them or none, by one write and one fdatasync.
    /// Nothing else has to be written for them to survive: what is derived from the journal may
    /// follow later ([`Ledger::publish`]), and does at the next start at the latest.
    ///
    /// Entries get the later one of `now` and the newest entry's time. On [`LedgerError::OutOfSpace`]
    /// nothing of the batch was written; on [`LedgerError::Poisoned`] it is unknown until the next
    /// start whether it was.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn commit<'a, R>(
        &mut self,
        now: Timestamp,
        records: R,
    ) -> Result<Vec<Anchored>, LedgerError>
    where
        R: IntoIterator<Item = &'a Record>,
        R::IntoIter: Clone,
    {
        self.require_sound()?;
        let records = records.into_iter();
        if records.clone().next().is_none() {
            return Ok(Vec::new());
        }
        self.regain_space(now)?;
        let takes_on_work = records.clone().any(Record::takes_on_work);
        if self.is_out_of_space() && takes_on_work {
            return Err(LedgerError::OutOfSpace);
        }
        let written = match self.write(now, records.clone()) {
            Err(Stop::Full) => {
                self.release_reserve(now)?;
                if takes_on_work {
                    return Err(LedgerError::OutOfSpace);
                }
                self.write(now, records)
            }
            other => other,
        };
        written.map_err(Stop::into_error)
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
    fn write<'a>(
        &mut self,
        now: Timestamp,
        records: impl Iterator<Item = &'a Record>,
    ) -> Result<Vec<Anchored>, Stop> {
        self.write_by(now, records, |journal, fs, batch| journal.append(fs, batch))
    }

    /// As [`Ledger::write`], over a tail, which stays if there is no room.
    fn write_over<'a>(
        &mut self,
        now: Timestamp,
        records: impl Iterator<Item = &'a Record>,
    ) -> Result<Vec<Anchored>, Stop> {
        self.write_by(now, records, |journal, fs, batch| journal.write_over(fs, &batch))
    }

    fn write_by<'a>(
        &mut self,
        now: Timestamp,
        records: impl Iterator<Item = &'a Record>,
        write: impl FnOnce(&mut JournalFile<F::File>, &F, Vec<u8>) -> Result<(), Unwritten>,
    ) -> Result<Vec<Anchored>, Stop> {
        let batch = Prepared::new(&self.growth, None, now, records.cloned().collect());
        let mut batch = batch.map_err(|refused| Stop::Error(refused.error))?;
        let begins = self.journal.place.end;
        let written = write(&mut self.journal, &self.fs, batch.take_bytes());
        written.map_err(|unwritten| match unwritten {
            Unwritten::Full => Stop::Full,
            Unwritten::Unknown(error) => Stop::Error(self.poison(JOURNAL, &error)),
        })?;
        Ok(batch.into_memory(&mut self.growth, begins))
    }

    /// Frees the reserve and says so in the ledger, if there is room for that much.
    fn release_reserve(&mut self, now: Timestamp) -> Result<(), LedgerError> {
        self.remove_reserve(now)?;
        if self.growth.is_out_of_space() {
            return Ok(());
        }
        match self.write(now, [Record::OutOfSpace {}].iter()) {
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
        if self.growth.is_out_of_space() {
            match self.write(now, [Record::SpaceRegained {}].iter()) {
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
