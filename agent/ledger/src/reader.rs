//! Reading a ledger's folder without its keys: auditors, `archctl`, copies on other machines.
//!
//! Nothing is written. [`Reader::verify`] believes nothing but the public keys that it is given, or,
//! if none are, those that the first entry names; it says which.

mod verify;

use std::borrow::Borrow;
use std::io;
use std::path::Path;

pub use verify::{Failure, KeySource, Verification};

use crate::checkpoint::Checkpoint;
use crate::consistency::ConsistencyProof;
use crate::entry::Entry;
use crate::error::LedgerError;
use crate::fs::{Fs, StdFs, read_whole, uninterrupted};
use crate::journal::{Batches, Step, Tail};
use crate::layout::{CHECKPOINT, JOURNAL, MAX_DERIVED};
use crate::ledger::FolderTiles;
use crate::note::{Note, VerifierKey};
use crate::proof;
use crate::record::Record;
use crate::tree::{Hash, TileAt, TilePath, tiles_of};

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
        let file = uninterrupted(|| self.fs.open(JOURNAL)).map_err(missing(JOURNAL))?;
        Entries::new(&self.fs, file, counted)
    }

    /// Entry `index`, from its bundle.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn entry(&self, index: u64) -> Result<Entry, LedgerError> {
        self.tiles()?.entry(index)
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
        let bytes = read_whole(&self.fs, CHECKPOINT, MAX_DERIVED).map_err(missing(CHECKPOINT))?;
        let note = Note::parse(&bytes).map_err(LedgerError::Checkpoint)?;
        let checkpoint = Checkpoint::from_text(&note.text).map_err(LedgerError::Checkpoint)?;
        Ok((note.to_string(), checkpoint))
    }

    /// The receipt of entry `index`, checked with the keys that the first entry names.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn receipt(&self, index: u64) -> Result<String, LedgerError> {
        let (text, checkpoint) = self.checkpoint()?;
        let tiles = FolderTiles { fs: &self.fs, size: checkpoint.size };
        tiles.receipt(index, &text, &self.stated_keys()?)
    }

    /// The proof that the tree of `new` entries extends that of `old`.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, LedgerError> {
        let tiles = self.tiles()?;
        tiles.require(new)?;
        Ok(proof::consistency(&tiles, old, new)?)
    }

    /// The proof, with the checkpoint on disk, that it only appended to its tree of `old` entries.
    ///
    /// # Errors
    /// [`LedgerError`], also for an `old` beyond the checkpoint.
    pub fn consistency_proof(&self, old: u64) -> Result<ConsistencyProof, LedgerError> {
        let (text, checkpoint) = self.checkpoint()?;
        let tiles = FolderTiles { fs: &self.fs, size: checkpoint.size };
        let path = proof::consistency(&tiles, old, checkpoint.size)?;
        Ok(ConsistencyProof { old, path, checkpoint: text })
    }

    /// Every tile and bundle of the tree of `size` entries, by its path, exactly as C2SP tlog-tiles
    /// has it for a checkpoint of that size, whatever was appended since.
    ///
    /// # Errors
    /// [`LedgerError`], and what `put` gives.
    pub fn copy_tiles<E: From<LedgerError>>(
        &self,
        size: u64,
        mut put: impl FnMut(&str, &[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let tiles = FolderTiles { fs: &self.fs, size };
        for path in tiles_of(size) {
            let bytes = match path {
                TilePath::Hashes(at) => {
                    let hashes = proof::Tiles::tile(&tiles, at)?;
                    hashes.iter().flat_map(|hash| *hash.as_bytes()).collect()
                }
                TilePath::Entries { index, width } => {
                    tiles.bundle(TileAt { level: 0, index, width })?
                }
            };
            put(&path.to_string(), &bytes)?;
        }
        Ok(())
    }

    fn tiles(&self) -> Result<FolderTiles<'_, F>, LedgerError> {
        Ok(FolderTiles { fs: &self.fs, size: self.checkpoint()?.1.size })
    }
}

fn missing(path: &'static str) -> impl FnOnce(io::Error) -> LedgerError {
    move |source| match source.kind() {
        io::ErrorKind::NotFound => LedgerError::Incomplete(path.to_owned()),
        _ => LedgerError::Io { path: path.to_owned(), source },
    }
}

fn stated_keys(first: &Entry) -> Result<Vec<VerifierKey>, LedgerError> {
    let Record::Opened { origin, vkeys, .. } = &first.record else {
        return Err(damaged(0, 8, "the first entry is not `opened`"));
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
    batch: std::vec::IntoIter<crate::journal::BatchRecord>,
    next: u64,
    /// How many entries are known to be whole: what is missing of those is damage.
    counted: u64,
    over: bool,
}

/// Whether what follows the last whole batch was committed once, and no write that is under way or
/// was broken off: the rules of `ledger::open`.
fn is_damage<F: Fs, H: Borrow<F::File>>(
    walk: &mut Batches<'_, F, H>,
    tail: &Tail,
    counted: u64,
) -> io::Result<bool> {
    let size = walk.size();
    if size == 0 || counted > size || tail.impossible {
        return Ok(true);
    }
    Ok(walk.commits_in_tail()?.iter().any(|commit| commit.first > size))
}

fn damaged(index: u64, offset: u64, why: &str) -> LedgerError {
    LedgerError::Damaged { index, offset, why: why.to_owned() }
}

impl<'a, F: Fs, H: Borrow<F::File>> Entries<'a, F, H> {
    pub(crate) fn new(fs: &'a F, file: H, counted: u64) -> Result<Self, LedgerError> {
        let walk = Batches::new(fs, file).map_err(LedgerError::io(JOURNAL))?;
        let walk = walk.ok_or_else(|| damaged(0, 0, "no journal begins like this"))?;
        Ok(Self { walk, batch: Vec::new().into_iter(), next: 0, counted, over: false })
    }

    fn refill(&mut self) -> Result<bool, LedgerError> {
        match self.walk.next().map_err(LedgerError::io(JOURNAL))? {
            Step::End if self.counted > self.walk.size() => Err(LedgerError::RolledBack {
                found: self.walk.size(),
                committed: self.counted,
                by: CHECKPOINT.to_owned(),
            }),
            Step::End => Ok(false),
            Step::Tail(tail) => {
                let damage = is_damage(&mut self.walk, &tail, self.counted);
                match damage.map_err(LedgerError::io(JOURNAL))? {
                    true => Err(damaged(tail.index, tail.offset, tail.why)),
                    false => Ok(false),
                }
            }
            Step::Batch(batch) => {
                self.batch = batch.entries.into_iter();
                Ok(true)
            }
        }
    }

    fn step(&mut self) -> Result<Option<Entry>, LedgerError> {
        loop {
            if let Some(record) = self.batch.next() {
                let index = self.next;
                self.next = index.saturating_add(1);
                return Ok(Some(Entry::parse(index, record.bytes)?));
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
