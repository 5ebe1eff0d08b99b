//! Opening a ledger: locked, begun if there is none, read, and put right as far as that is allowed.

mod journal;

use std::time::Duration;
use std::{io, thread};

use arch_identity::Timestamp;

use super::Ledger;
use super::file::JournalFile;
use super::publish::Published;
use crate::checkpoint::LogKeys;
use crate::derived::TileFile;
use crate::entry::encode;
use crate::error::LedgerError;
use crate::fs::{Found, Fs, is_full, uninterrupted, write_all};
use crate::journal::{JOURNAL_MAGIC, Writing};
use crate::layout::{CHECKPOINT, JOURNAL, TEMP, make_reserve};
use crate::record::Record;
use crate::tree::Hash;

/// How often, and how long apart, the lock is asked for before the folder counts as in use: who only
/// looks may be kept from going on for a moment by a busy machine.
const LOCK_TRIES: u32 = 400;
const LOCK_PAUSE: Duration = Duration::from_millis(5);

/// What opening a ledger had to put right.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recovery {
    /// The ledger did not exist before.
    pub created: bool,
    /// Bytes of a broken-off write that were cut; the ledger's newest entry then says so.
    pub cut_bytes: u64,
    /// Derived files that were written anew from the journal.
    pub rebuilt: Vec<String>,
}

/// Who hears of every entry while a ledger is opened, in their order.
pub trait Listener {
    /// About as many entries will come. It may be wrong, and is worth some room at most.
    fn expect(&mut self, entries: u64);

    /// One of them.
    fn hear(&mut self, index: u64, time: Timestamp, record: &Record);
}

/// Listens to nothing.
impl Listener for () {
    fn expect(&mut self, _: u64) {}

    fn hear(&mut self, _: u64, _: Timestamp, _: &Record) {}
}

impl<F: Fs> Ledger<F> {
    /// Opens the ledger in a folder, or begins one if the folder is empty.
    ///
    /// # Errors
    /// [`LedgerError`]; nothing was changed then, unless it is `Io`, `Poisoned` or `OutOfSpace`.
    pub fn open(fs: F, keys: LogKeys, now: Timestamp) -> Result<(Self, Recovery), LedgerError> {
        Self::open_telling(fs, keys, now, &mut ())
    }

    /// As [`Ledger::open`], and tells of every entry while the journal is read anyway. What was told counts only if this ends well.
    ///
    /// # Errors
    /// As [`Ledger::open`].
    pub fn open_telling(
        fs: F,
        keys: LogKeys,
        now: Timestamp,
        listener: &mut impl Listener,
    ) -> Result<(Self, Recovery), LedgerError> {
        let lock = lock(&fs)?;
        let found = uninterrupted(|| fs.list()).map_err(LedgerError::io(""))?;
        let mut recovery = Recovery { created: !has(&found, JOURNAL), ..Recovery::default() };
        if recovery.created {
            begin(&fs, &keys, now, &found)?;
        }
        let journal =
            uninterrupted(|| fs.open_to_write(JOURNAL)).map_err(LedgerError::io(JOURNAL))?;
        let read = journal::read(&fs, &journal, &keys, &found, listener)?;
        let told = read.growth.size();
        let mut ledger = Self {
            fs,
            keys,
            journal: JournalFile { handle: journal, place: read.place },
            growth: read.growth,
            published: Published { unsettled: true, ..Published::default() },
            poisoned: None,
            full_since: None,
            _lock: lock,
        };
        // A batch that a killed process wrote but did not sync is committed from here on.
        let synced = uninterrupted(|| ledger.fs.sync(&ledger.journal.handle));
        synced.map_err(|error| ledger.poison(JOURNAL, &error))?;
        recovery.cut_bytes = read.tail;
        if read.tail > 0 {
            ledger.cut(now, read.tail)?;
        }
        let rebuilt = ledger.rebuild(now, &read.wrong)?;
        recovery.rebuilt = if recovery.created { Vec::new() } else { rebuilt };
        ledger.tend_reserve(now)?;
        ledger.settle()?;
        for index in told..ledger.size() {
            let entry = ledger.entry(index)?;
            listener.hear(index, entry.time, &entry.record);
        }
        Ok((ledger, recovery))
    }

    /// Writes `recovered` over the tail, then cuts what is left of it. In this order no crash can
    /// lose the fact: a second one in between leaves a shorter tail, which is cut the same way.
    ///
    /// Without room for that much the reserve is given up first; if that is not enough either, the
    /// tail stays for a start that finds room.
    fn cut(&mut self, now: Timestamp, tail: u64) -> Result<(), LedgerError> {
        let mut records = vec![Record::Recovered { cut_bytes: tail }];
        let cut = match self.write_over(now, records.iter()) {
            Err(super::Stop::Full) => {
                self.remove_reserve(now)?;
                if !self.growth.is_out_of_space() {
                    records.push(Record::OutOfSpace {});
                }
                self.write_over(now, records.iter())
            }
            other => other,
        };
        cut.map_err(super::Stop::into_error)?;
        let cut = self.journal.cut(&self.fs);
        cut.map_err(|error| self.poison(JOURNAL, &error))
    }

    /// Brings the derived files to what the journal says; lists those that were not.
    fn rebuild(&mut self, now: Timestamp, wrong: &[TileFile]) -> Result<Vec<String>, LedgerError> {
        uninterrupted(|| self.fs.remove(TEMP)).map_err(LedgerError::io(TEMP))?;
        let mut rebuilt: Vec<String> = wrong.iter().map(ToString::to_string).collect();
        let before = journal::checkpoint_bytes(&self.fs)?;
        self.publish(now)?;
        if before.is_none_or(|before| before != self.published.text.as_bytes()) {
            rebuilt.push(CHECKPOINT.to_owned());
        }
        Ok(rebuilt)
    }

    fn tend_reserve(&mut self, now: Timestamp) -> Result<(), LedgerError> {
        match uninterrupted(|| make_reserve(&self.fs)) {
            Ok(()) => self.say_space_regained(now)?,
            Err(error) if is_full(&error) => self.release_reserve(now)?,
            Err(error) => return Err(self.poison(crate::layout::RESERVE, &error)),
        }
        self.publish(now)
    }
}

/// Whoever only looks ([`Reader::verify`](crate::Reader::verify)) holds the lock for the moment in
/// which it asks whether somebody writes; that must not keep a node from starting.
fn lock<F: Fs>(fs: &F) -> Result<F::Lock, LedgerError> {
    let mut tries = 0_u32;
    loop {
        tries = tries.saturating_add(1);
        match uninterrupted(|| fs.lock()) {
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => {
                return Err(LedgerError::Io { path: String::new(), source: error });
            }
            Err(_) if tries >= LOCK_TRIES => return Err(LedgerError::Busy),
            Err(_) => thread::sleep(LOCK_PAUSE),
            Ok(lock) => return Ok(lock),
        }
    }
}

fn has(found: &[Found], path: &str) -> bool {
    found.iter().any(|f| f.path == path)
}

/// The journal comes into being with its first batch in it, by one rename.
fn begin<F: Fs>(
    fs: &F,
    keys: &LogKeys,
    now: Timestamp,
    found: &[Found],
) -> Result<(), LedgerError> {
    if found.iter().any(|f| f.path == CHECKPOINT || f.path.starts_with("tile")) {
        return Err(LedgerError::Incomplete(JOURNAL.to_owned()));
    }
    let opened = Record::Opened {
        node: keys.node(),
        origin: keys.origin().to_owned(),
        vkeys: keys.verifiers().iter().map(ToString::to_string).collect(),
    };
    let mut writing = Writing::of(1);
    let entry = writing.entry(|out| encode(out, now, &now.to_string(), Hash::ZERO, &opened))?;
    let root = entry.map(Hash::leaf);
    let batch = root.and_then(|root| writing.end(0, root)).ok_or(LedgerError::BatchTooLarge)?;
    let bytes = [JOURNAL_MAGIC.as_slice(), batch.as_slice()].concat();
    let written = uninterrupted(|| fs.create(TEMP)).and_then(|file| {
        write_all(fs, &file, 0, &bytes)?;
        uninterrupted(|| fs.sync(&file))?;
        uninterrupted(|| fs.rename(TEMP, JOURNAL))?;
        uninterrupted(|| fs.sync_folder(""))
    });
    written.map_err(LedgerError::io(JOURNAL))
}
