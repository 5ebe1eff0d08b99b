//! Reading the journal at the start: what is on disk is read whole and believed only where it agrees
//! with itself.
//!
//! **Torn tail or damage?** A batch is written, then synced, and only then is anything derived from
//! it or written behind it. So what follows the last good commit may be cut, unless one of these
//! shows that it had been synced; then it is damage, and nothing is touched:
//!
//! 1. the checkpoint, or the length of any file of tiles, shows a larger size than the good commits;
//! 2. a commit of a *later* batch with a right checksum stands anywhere in the tail;
//! 3. checksums hold and yet the records make no sense, or the tail is longer than a batch and its
//!    room can be.
//!
//! **Undecidable**: the newest batch was synced and acknowledged, nothing that was derived from it
//! reached the disk, *and* a byte of just that batch went bad. This looks like a write that was broken
//! off. It is cut, and the ledger says so, unless nothing but zeros is left of it: that is room. An acknowledgement does not wait for tiles and checkpoint,
//! so the case is open from the sync of a batch to the next [`Ledger::publish`](crate::Ledger::publish)
//! if the process dies, and to the next [`Ledger::settle`](crate::Ledger::settle) if power is cut;
//! after that it cannot arise. It always needs a disk that loses bytes which it said were safe.
//! Equally, a folder that is rolled back as a whole to an older state of itself agrees with itself:
//! only others who remember a newer checkpoint (witnesses, receipts) can tell.
//!
//! KNOWN GAP: after a failed fdatasync the kernel may show pages that never reached the disk. The
//! ledger stops then, but a new start on the same machine reads those pages.

use std::sync::mpsc;
use std::{io, thread};

use super::super::file::Place;
use super::Listener;
use crate::checkpoint::{Checkpoint, LogKeys};
use crate::derived::{TileFile, length_on_disk};
use crate::entry::{Entry, Parsed};
use crate::error::LedgerError;
use crate::fs::{Found, Fs, read_whole};
use crate::growth::Growth;
use crate::journal::{Batch, Batches, Step, Tail};
use crate::layout::{CHECKPOINT, JOURNAL, MAX_CHECKPOINT};
use crate::note::Note;
use crate::tree::Hash;

/// As many bytes of the journal go from thread to thread at once.
const PIECE: u64 = 128 * 1024;

/// What reading the journal gave, after everything on disk was heard.
pub(super) struct Read {
    pub(super) growth: Growth,
    pub(super) place: Place,
    /// Bytes behind the last commit that may be cut.
    pub(super) tail: u64,
    /// The derived files that are not as the journal leads to.
    pub(super) wrong: Vec<TileFile>,
}

/// A size that something beside the journal shows, and what shows it.
type Shown = (u64, String);

/// Reads the journal and holds it against everything else on disk.
pub(super) fn read<F: Fs>(
    fs: &F,
    file: &F::File,
    keys: &LogKeys,
    found: &[Found],
    listener: &mut impl Listener,
) -> Result<Read, LedgerError> {
    let signed = checkpoint_on_disk(fs)?;
    let mut stated = signed.as_ref().map(|(checkpoint, _)| (checkpoint.size, None));
    let mut walk = Batches::new(fs, file).map_err(LedgerError::io(JOURNAL))??;
    let mut growth = Growth::default();
    if let Some((checkpoint, _)) = &signed {
        growth.standing.expect(checkpoint.size);
        listener.expect(checkpoint.size);
    }
    let stop = take_all(&mut walk, |batch| {
        if growth.size() == 0 {
            require_keys(batch.entry(0).unwrap_or_default(), keys)?;
        }
        grow(&mut growth, &batch, &mut stated, listener)?;
        growth.derived.compare_pieces(fs).map_err(in_file)
    })?;
    let wrong = growth.derived.compare(fs).map_err(in_file)?;
    let wrong = wrong.into_iter().map(|(file, _)| file).collect();
    let (size, end) = (walk.size(), walk.offset());
    let place = Place { end, length: walk.file_len() };
    let mut committed = shown_by_tiles(fs, found)?;
    if let Some((checkpoint, bytes)) = &signed {
        Checkpoint::verify(bytes, keys.verifiers()).map_err(LedgerError::Checkpoint)?;
        let root = stated.and_then(|(_, root)| root);
        if checkpoint.size <= size && root != Some(checkpoint.root) {
            return Err(LedgerError::Forked { size: checkpoint.size });
        }
        committed = committed.max(Some((checkpoint.size, CHECKPOINT.to_owned())));
    }
    let ahead = committed.filter(|(committed, _)| *committed > size);
    match (stop, ahead) {
        (None, None) if size > 0 => Ok(Read { growth, place, tail: 0, wrong }),
        (None, Some((committed, by))) => {
            Err(LedgerError::RolledBack { found: size, committed, by })
        }
        (None, None) => Err(LedgerError::damaged(0, end, "the journal has no entry")),
        (Some(tail_found), ahead) => {
            require_torn(&walk, &tail_found, ahead)?;
            let tail = walk.tail_bytes().map_err(LedgerError::io(JOURNAL))?;
            Ok(Read { growth, place, tail, wrong })
        }
    }
}

/// Gives every batch to `take`, and says what stands behind the last. One thread reads and checks
/// what stands there; this one, what it says.
fn take_all<F: Fs>(
    walk: &mut Batches<'_, F, &F::File>,
    mut take: impl FnMut(Batch) -> Result<(), LedgerError>,
) -> Result<Option<Tail>, LedgerError> {
    let io = LedgerError::io;
    thread::scope(|scope| {
        let (give, pieces) = mpsc::sync_channel(2);
        let reading = thread::Builder::new().spawn_scoped(scope, move || read_ahead(walk, &give));
        let reading = reading.map_err(io(JOURNAL))?;
        let taken = pieces.iter().flatten().try_for_each(&mut take);
        drop(pieces);
        let read = reading.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        taken.and_then(|()| read.map_err(io(JOURNAL)))
    })
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

/// The largest size that the length of a file of tiles shows.
fn shown_by_tiles<F: Fs>(fs: &F, found: &[Found]) -> Result<Option<Shown>, LedgerError> {
    let mut shown = None;
    for file in found.iter().filter_map(|found| TileFile::parse(&found.path)) {
        let length = length_on_disk(fs, file).map_err(|error| in_file((file, error)))?;
        let size = file.least_size(length.unwrap_or(0));
        shown = shown.max(Some((size, file.to_string())));
    }
    Ok(shown)
}

/// Refuses a tail that may not be cut; see the rules above.
fn require_torn<F: Fs>(
    walk: &Batches<'_, F, &F::File>,
    tail: &Tail,
    ahead: Option<Shown>,
) -> Result<(), LedgerError> {
    let damage = |why: &str| {
        Err(LedgerError::damaged(tail.index, tail.offset, &format!("{}; {why}", tail.why)))
    };
    if let Some((size, by)) = ahead {
        return damage(&format!("`{by}` shows that {size} entries were committed"));
    }
    if tail.impossible || walk.size() == 0 {
        return damage("a write that was broken off does not look like this");
    }
    if walk.tail_is_longer_than_a_batch() {
        return damage("what follows is longer than one batch");
    }
    match tail.later {
        Some(later) => damage(&format!("the batch of entry {later} was committed behind it")),
        None => Ok(()),
    }
}

/// Takes a batch in; fills in the root at the size that the checkpoint states.
fn grow(
    growth: &mut Growth,
    batch: &Batch,
    stated: &mut Option<(u64, Option<Hash>)>,
    listener: &mut impl Listener,
) -> Result<(), LedgerError> {
    let read = |index, offset, bytes: &[u8]| {
        Parsed::read(index, bytes).map_err(|e| LedgerError::damaged(index, offset, &e.to_string()))
    };
    growth.take(batch, read, LedgerError::damaged, listener)?;
    if let Some((size, root)) = stated
        && *size == growth.size()
    {
        *root = Some(batch.commit.root);
    }
    Ok(())
}

fn require_keys(first: &[u8], keys: &LogKeys) -> Result<(), LedgerError> {
    let entry =
        Entry::parse(0, first.to_vec()).map_err(|e| LedgerError::damaged(0, 8, &e.to_string()))?;
    keys.began(&entry.record)
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

pub(super) fn checkpoint_bytes<F: Fs>(fs: &F) -> Result<Option<Vec<u8>>, LedgerError> {
    match read_whole(fs, CHECKPOINT, MAX_CHECKPOINT) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        other => other.map(Some).map_err(LedgerError::io(CHECKPOINT)),
    }
}

fn in_file((file, source): (TileFile, io::Error)) -> LedgerError {
    LedgerError::Io { path: file.to_string(), source }
}
