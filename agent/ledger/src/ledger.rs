//! The ledger as its one writer has it.

mod batch;
mod open;
mod read;
mod turns;

use std::io;

use arch_identity::Timestamp;

pub use open::Recovery;
pub(crate) use read::tree_on_disk;
pub use turns::Unanchored;

use batch::Prepared;

use crate::anchored::Anchored;
use crate::checkpoint::LogKeys;
use crate::error::LedgerError;
use crate::fs::{Fs, StdFs, is_full, uninterrupted, write_all};
use crate::growth::Growth;
use crate::index::Index;
use crate::layout::{CHECKPOINT, JOURNAL, RESERVE, make_reserve, write_derived};
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
    /// Size of the checkpoint on disk, and its text.
    checkpoint: (u64, String),
    /// Whether the checkpoint on disk is perhaps only in the page cache.
    unsettled: bool,
    poisoned: Option<String>,
    /// When the disk was last seen full.
    full_since: Option<Timestamp>,
    _lock: F::Lock,
}

/// Why the bytes of a batch are not in the journal for sure.
enum Unwritten {
    /// No room; the journal is as before.
    Full,
    /// Nobody can say what is on disk.
    Unknown(io::Error),
}

/// One write and one fdatasync. If there is no room the file is cut to `before` again.
fn write_durably<F: Fs>(
    fs: &F,
    file: &F::File,
    offset: u64,
    bytes: &[u8],
    before: u64,
) -> Result<(), Unwritten> {
    match write_all(fs, file, offset, bytes) {
        Err(error) if is_full(&error) => {
            // Give back what a short write took; the batch never happened.
            let cut = uninterrupted(|| fs.truncate(file, before));
            return Err(cut.map_or_else(Unwritten::Unknown, |()| Unwritten::Full));
        }
        other => other.map_err(Unwritten::Unknown)?,
    }
    // After a failed fdatasync asking again lies.
    uninterrupted(|| fs.sync(file)).map_err(Unwritten::Unknown)
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

    /// The signed checkpoint, as it is on disk: behind the journal until [`Ledger::publish`].
    #[must_use]
    pub fn checkpoint(&self) -> &str {
        &self.checkpoint.1
    }

    /// Whether the checkpoint counts every entry.
    #[must_use]
    pub fn is_published(&self) -> bool {
        self.checkpoint.0 == self.size()
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

    /// Brings tiles and checkpoint up to date with the journal, so that others see what is durable. A
    /// full disk leaves them behind, and that is no error.
    ///
    /// # Errors
    /// [`LedgerError`]; the ledger is poisoned then, and what was committed stays committed.
    pub fn publish(&mut self, now: Timestamp) -> Result<(), LedgerError> {
        self.require_sound()?;
        if self.is_published() {
            return Ok(());
        }
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
        self.growth.derived.write(&self.fs)?;
        let text = self.keys.sign(size, self.root(), time);
        uninterrupted(|| write_derived(&self.fs, CHECKPOINT, text.as_bytes()))?;
        self.unsettled = true;
        self.checkpoint = (size, text);
        Ok(())
    }

    /// Makes tiles and checkpoint survive a power cut too. For when there is nothing else to do, and
    /// for a clean end; it narrows what a later start has to call undecidable.
    ///
    /// # Errors
    /// [`LedgerError`]; the ledger is poisoned then.
    pub fn settle(&mut self) -> Result<(), LedgerError> {
        self.require_sound()?;
        let settled = self.settle_derived();
        settled.map_err(|error| self.poison("settle", &error))
    }

    fn settle_derived(&mut self) -> io::Result<()> {
        self.growth.derived.settle(&self.fs)?;
        if self.unsettled {
            match uninterrupted(|| self.fs.open_to_write(CHECKPOINT)) {
                Ok(file) => uninterrupted(|| self.fs.sync(&file))?,
                // A full disk has no room for one.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        uninterrupted(|| self.fs.sync_folder(""))?;
        self.unsettled = false;
        Ok(())
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
        self.write_over(now, records, 0)
    }

    /// As [`Ledger::write`], over a tail of so many bytes, which stays if there is no room.
    fn write_over<'a>(
        &mut self,
        now: Timestamp,
        records: impl Iterator<Item = &'a Record>,
        tail: u64,
    ) -> Result<Vec<Anchored>, Stop> {
        let batch = Prepared::new(&self.growth, None, now, records.cloned().collect());
        let batch = batch.map_err(|refused| Stop::Error(refused.error))?;
        let before = self.end.saturating_add(tail);
        let written = write_durably(&self.fs, &self.journal, self.end, batch.bytes(), before);
        written.map_err(|unwritten| match unwritten {
            Unwritten::Full => Stop::Full,
            Unwritten::Unknown(error) => Stop::Error(self.poison(JOURNAL, &error)),
        })?;
        let begins = self.end;
        self.end = self.end.saturating_add(u64::try_from(batch.bytes().len()).unwrap_or(u64::MAX));
        Ok(batch.into_memory(&mut self.growth, begins))
    }

    /// Frees the reserve and says so in the ledger, if there is room for that much.
    fn release_reserve(&mut self, now: Timestamp) -> Result<(), LedgerError> {
        self.remove_reserve(now)?;
        if self.index().is_out_of_space() {
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
        if self.index().is_out_of_space() {
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
