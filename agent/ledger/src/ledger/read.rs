//! Reading while writing: entries, proofs and receipts.

use std::io;

use crate::derived::{TileFile, read_piece};
use crate::entry::{Entry, EntryError};
use crate::error::LedgerError;
use crate::fs::Fs;
use crate::journal::entry_behind;
use crate::layout::JOURNAL;
use crate::ledger::Ledger;
use crate::ledger::publish::Published;
use crate::note::VerifierKey;
use crate::proof::{self, Tiles};
use crate::reader::Entries;
use crate::receipt::{Receipt, ReceiptError};
use crate::tree::{Hash, TILE_WIDTH, TileAt};

impl<F: Fs> Ledger<F> {
    /// Entry `index`.
    ///
    /// # Errors
    /// [`LedgerError::NoSuchEntry`] and what reading gives.
    pub fn entry(&self, index: u64) -> Result<Entry, LedgerError> {
        self.tree().entry(index)
    }

    /// The entries from `first` on, in their order, from the journal.
    pub fn entries(&self, first: u64) -> impl Iterator<Item = Result<Entry, LedgerError>> {
        let (walk, trouble) = match Entries::new(&self.fs, &self.journal.handle, self.size()) {
            Ok(walk) => (Some(walk), None),
            Err(error) => (None, Some(Err(error))),
        };
        // What a failed write left behind the last commit is no entry.
        let all = usize::try_from(self.size()).unwrap_or(usize::MAX);
        let skipped = move |entry: &Result<Entry, _>| entry.as_ref().is_ok_and(|e| e.index < first);
        trouble.into_iter().chain(walk.into_iter().flatten().take(all).skip_while(skipped))
    }

    /// The audit path of entry `index` in the tree of `size` entries.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn inclusion(&self, index: u64, size: u64) -> Result<Vec<Hash>, LedgerError> {
        let tree = self.tree();
        tree.require(size)?;
        Ok(proof::inclusion(&tree, index, size)?)
    }

    /// The proof that the tree of `new` entries extends that of `old`.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, LedgerError> {
        let tree = self.tree();
        tree.require(new)?;
        Ok(proof::consistency(&tree, old, new)?)
    }

    /// The receipt of entry `index`, as text: C2SP tlog-proof with the checkpoint on disk. It is
    /// checked before it is given out. An entry that the checkpoint does not count yet has none until
    /// [`Ledger::publish`], on a full disk until there is room.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn receipt(&self, index: u64) -> Result<String, LedgerError> {
        let Published { size, text, .. } = &self.published;
        Tree { size: *size, ..self.tree() }.receipt(index, text, self.keys.verifiers())
    }

    fn tree(&self) -> Tree<'_, F, impl Fn(TileFile, u64, usize) -> Piece> {
        let read = |file, offset, len| self.growth.derived.read(&self.fs, file, offset, len);
        Tree { fs: &self.fs, journal: &self.journal.handle, size: self.size(), read }
    }
}

/// What was read of a derived file; `None` if it is not there or ends before.
type Piece = io::Result<Option<Vec<u8>>>;

/// The tree of `size` entries, from a journal and the derived files beside it. Those only grow: they
/// may be those of a larger tree by now.
pub(crate) struct Tree<'a, F: Fs, R> {
    pub(crate) fs: &'a F,
    pub(crate) journal: &'a F::File,
    pub(crate) size: u64,
    /// Reads a piece of a derived file.
    pub(crate) read: R,
}

/// The same for who has only the folder.
pub(crate) fn tree_on_disk<'a, F: Fs>(
    fs: &'a F,
    journal: &'a F::File,
    size: u64,
) -> Tree<'a, F, impl Fn(TileFile, u64, usize) -> Piece> {
    Tree { fs, journal, size, read: move |file, offset, len| read_piece(fs, file, offset, len) }
}

impl<F: Fs, R: Fn(TileFile, u64, usize) -> Piece> Tree<'_, F, R> {
    pub(crate) fn require(&self, size: u64) -> Result<(), LedgerError> {
        if size > self.size {
            return Err(LedgerError::NoSuchEntry { asked: size, size: self.size });
        }
        Ok(())
    }

    /// Where it stands follows from a derived file; that it is the one, from its hash in the tree.
    pub(crate) fn entry(&self, index: u64) -> Result<Entry, LedgerError> {
        let missing = || LedgerError::NoSuchEntry { asked: index, size: self.size };
        if index >= self.size {
            return Err(missing());
        }
        let (near, behind) = (index.div_euclid(TILE_WIDTH), index.rem_euclid(TILE_WIDTH));
        let place = self.piece(TileFile::Places, near.saturating_mul(8), 8)?;
        let place = place.first_chunk::<8>().map(|place| u64::from_le_bytes(*place));
        let found = entry_behind(self.fs, self.journal, place.ok_or_else(missing)?, behind);
        let bytes = found.map_err(LedgerError::io(JOURNAL))?;
        let leaf = self.piece(TileFile::Level(0), index.saturating_mul(32), 32)?;
        match bytes {
            Some(bytes) if leaf == Hash::leaf(&bytes).as_bytes() => Ok(Entry::parse(index, bytes)?),
            _ => Err(LedgerError::Entry(EntryError::Unreadable {
                index,
                why: "journal and tiles do not agree on it".to_owned(),
            })),
        }
    }

    fn piece(&self, file: TileFile, offset: u64, len: usize) -> Result<Vec<u8>, LedgerError> {
        let path = file.to_string();
        let found = (self.read)(file, offset, len).map_err(LedgerError::io(&path))?;
        found.ok_or(LedgerError::Incomplete(path))
    }

    pub(crate) fn receipt(
        &self,
        index: u64,
        checkpoint: &str,
        keys: &[VerifierKey],
    ) -> Result<String, LedgerError> {
        let path = proof::inclusion(self, index, self.size)?;
        let receipt = Receipt { extra: None, index, path, checkpoint: checkpoint.to_owned() };
        let entry = self.entry(index)?;
        receipt.verify(&entry.bytes, keys).map_err(|error| match error {
            ReceiptError::Note(error) => LedgerError::Checkpoint(error),
            ReceiptError::Proof(_) => LedgerError::Differs(TileFile::Level(0).to_string()),
        })?;
        Ok(receipt.to_string())
    }
}

impl<F: Fs, R: Fn(TileFile, u64, usize) -> Piece> Tiles for Tree<'_, F, R> {
    type Error = LedgerError;

    fn tile(&self, at: TileAt) -> Result<Vec<Hash>, LedgerError> {
        let file = TileFile::Level(at.level);
        let offset = at.index.saturating_mul(TILE_WIDTH).saturating_mul(32);
        let bytes = self.piece(file, offset, usize::from(at.width).saturating_mul(32))?;
        Hash::many(&bytes).ok_or_else(|| LedgerError::Differs(file.to_string()))
    }
}
