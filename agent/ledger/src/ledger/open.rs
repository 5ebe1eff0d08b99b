//! Opening a ledger: what is on disk is read whole and believed only where it agrees with itself.
//!
//! **Torn tail or damage?** A batch is written, then synced, and only then is anything derived from
//! it or written behind it. So what follows the last good commit may be cut, unless one of these
//! shows that it had been synced; then it is damage, and nothing is touched:
//!
//! 1. the checkpoint, or the length of any file of tiles, shows a larger size than the good commits;
//! 2. a commit of a *later* batch with a right checksum stands anywhere in the tail;
//! 3. checksums hold and yet the records make no sense, or the tail is longer than a batch can be.
//!
//! **Undecidable**: the newest batch was synced and acknowledged, nothing that was derived from it
//! reached the disk, *and* a byte of just that batch went bad. This looks like a write that was broken
//! off. It is cut, and the ledger says so. An acknowledgement does not wait for tiles and checkpoint,
//! so the case is open from the sync of a batch to the next [`Ledger::publish`](crate::Ledger::publish)
//! if the process dies, and to the next [`Ledger::settle`](crate::Ledger::settle) if power is cut;
//! after that it cannot arise. It always needs a disk that loses bytes which it said were safe.
//! Equally, a folder that is rolled back as a whole to an older state of itself agrees with itself:
//! only others who remember a newer checkpoint (witnesses, receipts) can tell.
//!
//! KNOWN GAP: after a failed fdatasync the kernel may show pages that never reached the disk. The
//! ledger stops then, but a new start on the same machine reads those pages.

use std::sync::mpsc;
use std::time::Duration;
use std::{io, thread};

use arch_identity::Timestamp;

use super::Ledger;
use crate::checkpoint::{Checkpoint, LogKeys};
use crate::derived::{TileFile, length_on_disk};
use crate::entry::{Entry, Parsed, encode};
use crate::error::LedgerError;
use crate::fs::{Found, Fs, is_full, read_whole, uninterrupted, write_all};
use crate::growth::Growth;
use crate::journal::{
    Batch, Batches, JOURNAL_MAGIC, MAX_BATCH_BYTES, MAX_BATCH_ENTRIES, Step, Tail, Writing,
};
use crate::layout::{CHECKPOINT, JOURNAL, MAX_CHECKPOINT, TEMP, make_reserve};
use crate::note::Note;
use crate::record::Record;
use crate::tree::Hash;

/// How often, and how long apart, the lock is asked for before the folder counts as in use.
const LOCK_TRIES: u32 = 20;
const LOCK_PAUSE: Duration = Duration::from_millis(5);

/// As many bytes of the journal go from thread to thread at once.
const PIECE: u64 = 128 * 1024;

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

impl<F: Fs> Ledger<F> {
    /// Opens the ledger in a folder, or begins one if the folder is empty.
    ///
    /// # Errors
    /// [`LedgerError`]; nothing was changed then, unless it is `Io`, `Poisoned` or `OutOfSpace`.
    pub fn open(fs: F, keys: LogKeys, now: Timestamp) -> Result<(Self, Recovery), LedgerError> {
        Self::open_telling(fs, keys, now, |_, _, _| ())
    }

    /// As [`Ledger::open`], and tells index, time and record of every entry while the journal is read
    /// anyway. What was told counts only if this ends well.
    ///
    /// # Errors
    /// As [`Ledger::open`].
    pub fn open_telling(
        fs: F,
        keys: LogKeys,
        now: Timestamp,
        mut tell: impl FnMut(u64, Timestamp, &Record),
    ) -> Result<(Self, Recovery), LedgerError> {
        let lock = lock(&fs)?;
        let found = fs.list().map_err(LedgerError::io(""))?;
        let mut recovery = Recovery { created: !has(&found, JOURNAL), ..Recovery::default() };
        if recovery.created {
            begin(&fs, &keys, now, &found)?;
        }
        let journal =
            uninterrupted(|| fs.open_to_write(JOURNAL)).map_err(LedgerError::io(JOURNAL))?;
        let read = read(&fs, &journal, &keys, &found, &mut tell)?;
        let told = read.growth.size();
        let mut ledger = Self {
            fs,
            keys,
            journal,
            end: read.end,
            growth: read.growth,
            checkpoint: (0, String::new()),
            unsettled: true,
            poisoned: None,
            full_since: None,
            _lock: lock,
        };
        // A batch that a killed process wrote but did not sync is committed from here on.
        let synced = uninterrupted(|| ledger.fs.sync(&ledger.journal));
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
            tell(index, entry.time, &entry.record);
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
        let cut = match self.write_over(now, records.iter(), tail) {
            Err(super::Stop::Full) => {
                self.remove_reserve(now)?;
                if !self.index().is_out_of_space() {
                    records.push(Record::OutOfSpace {});
                }
                self.write_over(now, records.iter(), tail)
            }
            other => other,
        };
        cut.map_err(super::Stop::into_error)?;
        let shortened = uninterrupted(|| self.fs.truncate(&self.journal, self.end));
        let synced = shortened.and_then(|()| uninterrupted(|| self.fs.sync(&self.journal)));
        synced.map_err(|error| self.poison(JOURNAL, &error))
    }

    /// Brings the derived files to what the journal says; lists those that were not.
    fn rebuild(&mut self, now: Timestamp, wrong: &[TileFile]) -> Result<Vec<String>, LedgerError> {
        uninterrupted(|| self.fs.remove(TEMP)).map_err(LedgerError::io(TEMP))?;
        let mut rebuilt: Vec<String> = wrong.iter().map(ToString::to_string).collect();
        let before = checkpoint_bytes(&self.fs)?;
        self.publish(now)?;
        if before.is_none_or(|before| before != self.checkpoint.1.as_bytes()) {
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
        match fs.lock() {
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

/// What reading the journal gave, after everything on disk was heard.
struct Read {
    growth: Growth,
    end: u64,
    /// Bytes behind the last commit that may be cut.
    tail: u64,
    /// The derived files that are not as the journal leads to.
    wrong: Vec<TileFile>,
}

fn read<F: Fs>(
    fs: &F,
    file: &F::File,
    keys: &LogKeys,
    found: &[Found],
    tell: &mut impl FnMut(u64, Timestamp, &Record),
) -> Result<Read, LedgerError> {
    let io = LedgerError::io;
    let signed = checkpoint_on_disk(fs)?;
    let mut stated = signed.as_ref().map(|(checkpoint, _)| (checkpoint.size, None));
    let walk = Batches::new(fs, file).map_err(io(JOURNAL))?;
    let mut walk = walk.ok_or_else(|| damaged(0, 0, "no journal begins like this"))?;
    let mut growth = Growth::default();
    let mut take = |batch: Batch| {
        if growth.size() == 0 {
            require_keys(batch.entry(0).unwrap_or_default(), keys)?;
        }
        grow(&mut growth, &batch, &mut stated, tell)?;
        growth.derived.compare_pieces(fs).map_err(in_file)
    };
    // One thread reads and checks what stands there; this one, what it says.
    let stop = thread::scope(|scope| {
        let (give, pieces) = mpsc::sync_channel(2);
        let walk = &mut walk;
        let reading = thread::Builder::new().spawn_scoped(scope, move || read_ahead(walk, &give));
        let reading = reading.map_err(io(JOURNAL))?;
        let taken = pieces.iter().flatten().try_for_each(&mut take);
        drop(pieces);
        let read = reading.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        taken.and_then(|()| read.map_err(io(JOURNAL)))
    })?;
    let wrong = growth.derived.compare(fs).map_err(in_file)?;
    let wrong = wrong.into_iter().map(|(file, _)| file).collect();
    let (size, end) = (walk.size(), walk.offset());
    let mut committed = None;
    for file in found.iter().filter_map(|found| TileFile::parse(&found.path)) {
        let length = length_on_disk(fs, file).map_err(|error| in_file((file, error)))?;
        let named = file.least_size(length.unwrap_or(0));
        committed = committed.max(Some((named, file.to_string())));
    }
    if let Some((checkpoint, bytes)) = &signed {
        Checkpoint::verify(bytes, keys.verifiers()).map_err(LedgerError::Checkpoint)?;
        let root = stated.and_then(|(_, root)| root);
        if checkpoint.size <= size && root != Some(checkpoint.root) {
            return Err(LedgerError::Forked { size: checkpoint.size });
        }
        committed = committed.max(Some((checkpoint.size, CHECKPOINT.to_owned())));
    }
    let ahead = committed.filter(|(committed, _)| *committed > size);
    let tail = walk.file_len().saturating_sub(end);
    match (stop, ahead) {
        (None, None) if size > 0 => Ok(Read { growth, end, tail: 0, wrong }),
        (None, Some((committed, by))) => {
            Err(LedgerError::RolledBack { found: size, committed, by })
        }
        (None, None) => Err(damaged(0, end, "the journal has no entry")),
        (Some(tail_found), ahead) => {
            require_torn(&mut walk, &tail_found, ahead)?;
            Ok(Read { growth, end, tail, wrong })
        }
    }
}

/// Refuses a tail that may not be cut; see the rules above.
fn require_torn<F: Fs>(
    walk: &mut Batches<'_, F, &F::File>,
    tail: &Tail,
    ahead: Option<(u64, String)>,
) -> Result<(), LedgerError> {
    let damage = |why: &str| Err(damaged(tail.index, tail.offset, &format!("{}; {why}", tail.why)));
    if let Some((size, by)) = ahead {
        return damage(&format!("`{by}` shows that {size} entries were committed"));
    }
    if tail.impossible || walk.size() == 0 {
        return damage("a write that was broken off does not look like this");
    }
    let longest = MAX_BATCH_BYTES.saturating_add(MAX_BATCH_ENTRIES);
    let length = walk.file_len().saturating_sub(walk.offset());
    if usize::try_from(length).map_or(true, |length| length > longest) {
        return damage("what follows is longer than one batch");
    }
    let commits = walk.commits_in_tail().map_err(LedgerError::io(JOURNAL))?;
    match commits.iter().find(|commit| commit.first > walk.size()) {
        Some(later) => {
            damage(&format!("the batch of entry {} was committed behind it", later.first))
        }
        None => Ok(()),
    }
}

fn damaged(index: u64, offset: u64, why: &str) -> LedgerError {
    LedgerError::Damaged { index, offset, why: why.to_owned() }
}

/// Reads to the end, or to a tail, and gives what it reads piece by piece.
fn read_ahead<F: Fs>(
    walk: &mut Batches<'_, F, &F::File>,
    give: &mpsc::SyncSender<Vec<Batch>>,
) -> io::Result<Option<Tail>> {
    let (mut piece, mut begins) = (Vec::new(), walk.offset());
    loop {
        let stop = match walk.next()? {
            Step::Batch(batch) => {
                piece.push(batch);
                if walk.offset().saturating_sub(begins) < PIECE {
                    continue;
                }
                begins = walk.offset();
                None
            }
            Step::End => Some(None),
            Step::Tail(tail) => Some(Some(tail)),
        };
        // Nobody takes it any more: there is something wrong, and it was told.
        let over = give.send(std::mem::take(&mut piece)).is_err();
        match stop {
            Some(stop) => return Ok(stop),
            None if over => return Ok(None),
            None => {}
        }
    }
}

fn in_file((file, source): (TileFile, io::Error)) -> LedgerError {
    LedgerError::Io { path: file.to_string(), source }
}

/// Takes a batch in; fills in the root at the size that the checkpoint states.
fn grow(
    growth: &mut Growth,
    batch: &Batch,
    stated: &mut Option<(u64, Option<Hash>)>,
    tell: &mut impl FnMut(u64, Timestamp, &Record),
) -> Result<(), LedgerError> {
    let read = |index, offset, bytes: &[u8]| {
        Parsed::read(index, bytes).map_err(|e| damaged(index, offset, &e.to_string()))
    };
    growth.take(batch, read, damaged, tell)?;
    if let Some((size, root)) = stated
        && *size == growth.size()
    {
        *root = Some(batch.commit.root);
    }
    Ok(())
}

fn require_keys(first: &[u8], keys: &LogKeys) -> Result<(), LedgerError> {
    let entry = Entry::parse(0, first.to_vec()).map_err(|e| damaged(0, 8, &e.to_string()))?;
    let Record::Opened { origin, vkeys, .. } = entry.record else {
        return Err(damaged(0, 8, "the first entry is not `opened`"));
    };
    let ours = keys.verifiers().iter().map(ToString::to_string);
    if origin == keys.origin() && ours.eq(vkeys.iter().cloned()) {
        return Ok(());
    }
    Err(LedgerError::OtherKeys { origin })
}

/// The checkpoint, its signatures not checked yet. `None` if there is none, or if it has the marks
/// of a file that was not synced before a power cut: it is cut short, or zeros stand where sectors
/// are missing. No checkpoint is as good as a lost one, and what else names a size still counts.
fn checkpoint_on_disk<F: Fs>(fs: &F) -> Result<Option<(Checkpoint, Vec<u8>)>, LedgerError> {
    let Some(bytes) = checkpoint_bytes(fs)? else { return Ok(None) };
    if bytes.contains(&0) || !bytes.ends_with(b"\n") {
        return Ok(None);
    }
    let note = Note::parse(&bytes).map_err(LedgerError::Checkpoint)?;
    let checkpoint = Checkpoint::from_text(&note.text).map_err(LedgerError::Checkpoint)?;
    Ok(Some((checkpoint, bytes)))
}

fn checkpoint_bytes<F: Fs>(fs: &F) -> Result<Option<Vec<u8>>, LedgerError> {
    match read_whole(fs, CHECKPOINT, MAX_CHECKPOINT) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        other => other.map(Some).map_err(LedgerError::io(CHECKPOINT)),
    }
}
