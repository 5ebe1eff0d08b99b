//! Reading a ledger's folder without its keys: auditors, `archctl`, copies on other machines.
//!
//! Nothing is written. [`Reader::verify`] believes nothing but the public keys that it is given, or,
//! if none are, those that the first entry names; it says which.

mod verify;

use std::borrow::Borrow;
use std::io;
use std::path::Path;
use std::time::Duration;

pub use verify::{Failure, KeySource, Verification};

use crate::checkpoint::Checkpoint;
use crate::consistency::ConsistencyProof;
use crate::entry::{Entry, EntryError};
use crate::error::LedgerError;
use crate::fs::{Fs, StdFs, read_whole, uninterrupted};
use crate::journal::{Batch, Batches, Step, Tail};
use crate::layout::{CHECKPOINT, JOURNAL, MAX_CHECKPOINT};
use crate::ledger::tree_on_disk;
use crate::note::{Note, VerifierKey};
use crate::proof;
use crate::record::Record;
use crate::tree::{Hash, TilePath, tiles_of};

/// How often a ledger that is being written to is looked at before what it lacks is believed.
const TRIES: u32 = 40;
const PAUSE: Duration = Duration::from_millis(25);

/// A ledger's folder, to be read.
#[derive(Debug)]
pub struct Reader<F: Fs = StdFs> {
    fs: F,
}

impl Reader<StdFs> {
    /// Opens a folder.
    ///
    /// # Errors
    /// [`LedgerError::Io`].
    pub fn open(folder: &Path) -> Result<Self, LedgerError> {
        let place = folder.display().to_string();
        StdFs::open(folder).map(Self::new).map_err(LedgerError::io(&place))
    }
}

impl<F: Fs> Reader<F> {
    /// Reads any [`Fs`].
    pub fn new(fs: F) -> Self {
        Self { fs }
    }

    /// The entries in their order, from the journal; checksums, commits and indices are checked, the
    /// tree and the chain only by [`Reader::verify`]. They end with the last whole batch: a write
    /// that is under way, or was broken off, is no entry yet.
    ///
    /// # Errors
    /// [`LedgerError::Incomplete`] without a journal, and what the operating system says.
    pub fn entries(&self) -> Result<Entries<'_, F>, LedgerError> {
        // In this order: what a checkpoint counts is whole in a journal that is opened after it.
        let counted = self.checkpoint().map_or(0, |(_, checkpoint)| checkpoint.size);
        Entries::new(&self.fs, self.journal()?, counted)
    }

    /// Entry `index`.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn entry(&self, index: u64) -> Result<Entry, LedgerError> {
        let (_, checkpoint) = self.checkpoint_with(index.saturating_add(1))?;
        tree_on_disk(&self.fs, &self.journal()?, checkpoint.size).entry(index)
    }

    /// The verifier keys that the first entry names.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn stated_keys(&self) -> Result<Vec<VerifierKey>, LedgerError> {
        let first = self.entries()?.next().transpose()?;
        let first = first.ok_or(LedgerError::NoSuchEntry { asked: 0, size: 0 })?;
        stated_keys(&first)
    }

    /// The signed checkpoint as it lies there, and what it says; its signatures are not checked.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn checkpoint(&self) -> Result<(String, Checkpoint), LedgerError> {
        let bytes =
            read_whole(&self.fs, CHECKPOINT, MAX_CHECKPOINT).map_err(missing(CHECKPOINT))?;
        let note = Note::parse(&bytes).map_err(LedgerError::Checkpoint)?;
        let checkpoint = Checkpoint::from_text(&note.text).map_err(LedgerError::Checkpoint)?;
        Ok((note.to_string(), checkpoint))
    }

    /// The checkpoint, once it counts `size` entries. An agent that is at work publishes what it
    /// committed within a moment, so an entry may be durable, and told to somebody, before a
    /// checkpoint counts it; that is waited for, as long as somebody has the ledger open.
    fn checkpoint_with(&self, size: u64) -> Result<(String, Checkpoint), LedgerError> {
        for _ in 0..TRIES {
            let found = self.checkpoint()?;
            if found.1.size >= size || !self.is_written_to() {
                return Ok(found);
            }
            std::thread::sleep(PAUSE);
        }
        self.checkpoint()
    }

    /// Where the lock cannot be had for another reason than a writer, nobody writes.
    fn is_written_to(&self) -> bool {
        matches!(self.fs.lock(), Err(error) if error.kind() == io::ErrorKind::WouldBlock)
    }

    fn journal(&self) -> Result<F::File, LedgerError> {
        uninterrupted(|| self.fs.open(JOURNAL)).map_err(missing(JOURNAL))
    }

    /// The receipt of entry `index`, checked with the keys that the first entry names.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn receipt(&self, index: u64) -> Result<String, LedgerError> {
        let (text, checkpoint) = self.checkpoint_with(index.saturating_add(1))?;
        let journal = self.journal()?;
        let tree = tree_on_disk(&self.fs, &journal, checkpoint.size);
        tree.receipt(index, &text, &self.stated_keys()?)
    }

    /// The proof that the tree of `new` entries extends that of `old`.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, LedgerError> {
        let (journal, (_, checkpoint)) = (self.journal()?, self.checkpoint_with(new)?);
        let tree = tree_on_disk(&self.fs, &journal, checkpoint.size);
        tree.require(new)?;
        Ok(proof::consistency(&tree, old, new)?)
    }

    /// The proof, with the checkpoint on disk, that it only appended to its tree of `old` entries.
    ///
    /// # Errors
    /// [`LedgerError`], also for an `old` beyond the checkpoint.
    pub fn consistency_proof(&self, old: u64) -> Result<ConsistencyProof, LedgerError> {
        let (text, checkpoint) = self.checkpoint_with(old)?;
        let journal = self.journal()?;
        let tree = tree_on_disk(&self.fs, &journal, checkpoint.size);
        let path = proof::consistency(&tree, old, checkpoint.size)?;
        Ok(ConsistencyProof { old, path, checkpoint: text })
    }

    /// Every tile and entry bundle of the tree of `size` entries, by its path, exactly as C2SP
    /// tlog-tiles has it for a checkpoint of that size, whatever was appended since.
    ///
    /// # Errors
    /// [`LedgerError`], and what `put` gives.
    pub fn copy_tiles<E: From<LedgerError>>(
        &self,
        size: u64,
        mut put: impl FnMut(&str, &[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let journal = self.journal()?;
        let tree = tree_on_disk(&self.fs, &journal, size);
        let mut entries = self.entries()?;
        for path in tiles_of(size) {
            let bytes = match path {
                TilePath::Hashes(at) => {
                    let hashes = proof::Tiles::tile(&tree, at)?;
                    hashes.iter().flat_map(|hash| *hash.as_bytes()).collect()
                }
                // They come last, and in their order.
                TilePath::Entries { width, .. } => bundle(entries.by_ref().take(width.into()))?,
            };
            put(&path.to_string(), &bytes)?;
        }
        Ok(())
    }
}

/// Entries one behind the other, each behind its length.
fn bundle(
    entries: impl Iterator<Item = Result<Entry, LedgerError>>,
) -> Result<Vec<u8>, LedgerError> {
    let mut bytes = Vec::new();
    for entry in entries {
        let entry = entry?;
        let len = u16::try_from(entry.bytes.len());
        let len = len.map_err(|_| EntryError::TooLarge(entry.bytes.len()))?;
        bytes.extend_from_slice(&len.to_be_bytes());
        bytes.extend_from_slice(&entry.bytes);
    }
    Ok(bytes)
}

fn missing(path: &'static str) -> impl FnOnce(io::Error) -> LedgerError {
    move |source| match source.kind() {
        io::ErrorKind::NotFound => LedgerError::Incomplete(path.to_owned()),
        _ => LedgerError::Io { path: path.to_owned(), source },
    }
}

fn stated_keys(first: &Entry) -> Result<Vec<VerifierKey>, LedgerError> {
    let Record::Opened { origin, vkeys, .. } = &first.record else {
        return Err(LedgerError::damaged(0, 8, "the first entry is not `opened`"));
    };
    let keys: Result<Vec<VerifierKey>, _> = vkeys.iter().map(|text| text.parse()).collect();
    let keys = keys.map_err(LedgerError::Checkpoint)?;
    if keys.is_empty() || keys.iter().any(|key| key.name() != origin) {
        return Err(LedgerError::OtherKeys { origin: origin.clone() });
    }
    Ok(keys)
}

/// Goes through the entries of a journal; ends after the first error.
pub struct Entries<'a, F: Fs, H = <F as Fs>::File> {
    walk: Batches<'a, F, H>,
    /// The batch that is being handed out, and how much of it was.
    batch: Option<(Batch, usize)>,
    next: u64,
    /// How many entries are known to be whole: what is missing of those is damage.
    counted: u64,
    over: bool,
}

/// Whether what follows the last whole batch was committed once, and no write that is under way or
/// was broken off: the rules of `ledger::open::journal`.
fn is_damage<F: Fs, H: Borrow<F::File>>(
    walk: &Batches<'_, F, H>,
    tail: &Tail,
    counted: u64,
) -> bool {
    let size = walk.size();
    let unwritten = tail.impossible || tail.later.is_some() || walk.tail_is_longer_than_a_batch();
    size == 0 || counted > size || unwritten
}

impl<'a, F: Fs, H: Borrow<F::File>> Entries<'a, F, H> {
    pub(crate) fn new(fs: &'a F, file: H, counted: u64) -> Result<Self, LedgerError> {
        let walk = Batches::new(fs, file).map_err(LedgerError::io(JOURNAL))??;
        Ok(Self { walk, batch: None, next: 0, counted, over: false })
    }

    fn refill(&mut self) -> Result<bool, LedgerError> {
        match self.walk.next().map_err(LedgerError::io(JOURNAL))? {
            Step::End if self.counted > self.walk.size() => Err(LedgerError::RolledBack {
                found: self.walk.size(),
                committed: self.counted,
                by: CHECKPOINT.to_owned(),
            }),
            Step::End => Ok(false),
            Step::Tail(tail) if is_damage(&self.walk, &tail, self.counted) => {
                Err(LedgerError::damaged(tail.index, tail.offset, tail.why))
            }
            Step::Tail(_) => Ok(false),
            Step::Batch(batch) if !batch.has_the_root_of_its_commit() => {
                let (index, offset) = (self.walk.size(), batch.commit_offset);
                Err(LedgerError::damaged(index, offset, "the commit names another root"))
            }
            Step::Batch(batch) => {
                self.batch = Some((batch, 0));
                Ok(true)
            }
        }
    }

    fn step(&mut self) -> Result<Option<Entry>, LedgerError> {
        loop {
            if let Some((batch, given)) = &mut self.batch
                && let Some(bytes) = batch.entry(*given)
            {
                let index = self.next;
                self.next = index.saturating_add(1);
                *given = given.saturating_add(1);
                return Ok(Some(Entry::parse(index, bytes.to_vec())?));
            }
            if self.over || !self.refill()? {
                return Ok(None);
            }
        }
    }
}

impl<F: Fs, H: Borrow<F::File>> Iterator for Entries<'_, F, H> {
    type Item = Result<Entry, LedgerError>;

    fn next(&mut self) -> Option<Self::Item> {
        let step = self.step();
        self.over |= !matches!(step, Ok(Some(_)));
        step.transpose()
    }
}
