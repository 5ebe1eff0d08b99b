//! Reading while writing: entries, proofs and receipts.

use std::io;

use crate::checkpoint::Checkpoint;
use crate::entry::{Entry, EntryError};
use crate::error::LedgerError;
use crate::fs::{Fs, read_whole};
use crate::layout::{CHECKPOINT, MAX_DERIVED};
use crate::ledger::Ledger;
use crate::note::{Note, VerifierKey};
use crate::proof::{self, Tiles};
use crate::reader::Entries;
use crate::receipt::{Receipt, ReceiptError};
use crate::tree::{Hash, TILE_WIDTH, TileAt, TilePath, tile_in};

impl<F: Fs> Ledger<F> {
    /// Entry `index`, from its bundle.
    ///
    /// # Errors
    /// [`LedgerError::NoSuchEntry`] and what reading gives.
    pub fn entry(&self, index: u64) -> Result<Entry, LedgerError> {
        FolderTiles { fs: &self.fs, size: self.checkpoint.0 }.entry(index)
    }

    /// The entries from `first` on, in their order, from the journal.
    pub fn entries(&self, first: u64) -> impl Iterator<Item = Result<Entry, LedgerError>> {
        let (walk, trouble) = match Entries::new(&self.fs, &self.journal, self.size()) {
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
        let tiles = FolderTiles { fs: &self.fs, size: self.checkpoint.0 };
        tiles.require(size)?;
        Ok(proof::inclusion(&tiles, index, size)?)
    }

    /// The proof that the tree of `new` entries extends that of `old`.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, LedgerError> {
        let tiles = FolderTiles { fs: &self.fs, size: self.checkpoint.0 };
        tiles.require(new)?;
        Ok(proof::consistency(&tiles, old, new)?)
    }

    /// The receipt of entry `index`, as text: C2SP tlog-proof with the checkpoint on disk. It is
    /// checked before it is given out. On a full disk the checkpoint may lag behind the newest
    /// entries; they have no receipt until there is room.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn receipt(&self, index: u64) -> Result<String, LedgerError> {
        let tiles = FolderTiles { fs: &self.fs, size: self.checkpoint.0 };
        tiles.receipt(index, &self.checkpoint.1, self.keys.verifiers())
    }
}

/// How often a file that went away is looked for under the name that a newer checkpoint gives it.
const TRIES: u32 = 100;

/// Tiles and bundles in a folder whose checkpoint says `size`, or said so a while ago: the folder
/// has the partial files of its newest checkpoint alone, and those of an older one are the beginnings
/// of newer ones.
pub(crate) struct FolderTiles<'a, F> {
    pub(crate) fs: &'a F,
    pub(crate) size: u64,
}

impl<F: Fs> FolderTiles<'_, F> {
    pub(crate) fn require(&self, size: u64) -> Result<(), LedgerError> {
        if size > self.size {
            return Err(LedgerError::NoSuchEntry { asked: size, size: self.size });
        }
        Ok(())
    }

    pub(crate) fn entry(&self, index: u64) -> Result<Entry, LedgerError> {
        let missing = LedgerError::NoSuchEntry { asked: index, size: self.size };
        if index >= self.size {
            return Err(missing);
        }
        let number = index.checked_div(TILE_WIDTH).ok_or(missing)?;
        let (path, bytes) =
            self.newest(0, number, |at| TilePath::Entries { index: at.index, width: at.width })?;
        let mut rest = bytes.as_slice();
        let mut skip = index.checked_rem(TILE_WIDTH).unwrap_or(0);
        while let Some((len, behind)) = rest.split_first_chunk::<2>() {
            let len = usize::from(u16::from_be_bytes(*len));
            let Some((entry, behind)) = behind.split_at_checked(len) else { break };
            if skip == 0 {
                return Ok(Entry::parse(index, entry.to_vec())?);
            }
            skip = skip.saturating_sub(1);
            rest = behind;
        }
        Err(LedgerError::Entry(EntryError::Unreadable {
            index,
            why: format!("`{path}` ends before it"),
        }))
    }

    /// The bytes of the bundle that the tree of `size` has at `number`: as many entries, from a file
    /// that may hold more.
    pub(crate) fn bundle(&self, at: TileAt) -> Result<Vec<u8>, LedgerError> {
        let (path, mut bytes) =
            self.newest(0, at.index, |at| TilePath::Entries { index: at.index, width: at.width })?;
        let mut end = 0_usize;
        for _ in 0..at.width {
            let entry = bytes.get(end..).and_then(<[u8]>::split_first_chunk::<2>);
            let len = entry.map(|(len, _)| usize::from(u16::from_be_bytes(*len)));
            let len = len.ok_or_else(|| LedgerError::Differs(path.clone()))?;
            end = end.saturating_add(len).saturating_add(2);
        }
        if end > bytes.len() {
            return Err(LedgerError::Differs(path));
        }
        bytes.truncate(end);
        Ok(bytes)
    }

    /// A file of the tree, under the name that it has by now, and its bytes.
    ///
    /// A writer removes a partial file only after the checkpoint that has a wider one in its place.
    /// So whoever does not find a file finds a newer checkpoint, and by it the newer file.
    fn newest(
        &self,
        level: u8,
        index: u64,
        name: impl Fn(TileAt) -> TilePath,
    ) -> Result<(String, Vec<u8>), LedgerError> {
        let mut size = self.size;
        let mut tries = 0_u32;
        loop {
            let at = tile_in(size, level, index);
            let at = at.ok_or(LedgerError::NoSuchEntry { asked: index, size })?;
            let path = name(at).to_string();
            match read_whole(self.fs, &path, MAX_DERIVED) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    let newer = self.size_on_disk().filter(|newer| *newer > size);
                    tries = tries.saturating_add(1);
                    size = match newer {
                        Some(newer) if tries < TRIES => newer,
                        _ => return Err(LedgerError::Incomplete(path)),
                    };
                }
                Err(error) => return Err(LedgerError::io(&path)(error)),
                Ok(bytes) => return Ok((path, bytes)),
            }
        }
    }

    /// Only where to look follows from this; what is found there is proved by the older checkpoint.
    fn size_on_disk(&self) -> Option<u64> {
        let bytes = read_whole(self.fs, CHECKPOINT, MAX_DERIVED).ok()?;
        Some(Checkpoint::from_text(&Note::parse(&bytes).ok()?.text).ok()?.size)
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
            ReceiptError::Proof(_) => LedgerError::Differs("tile".to_owned()),
        })?;
        Ok(receipt.to_string())
    }
}

impl<F: Fs> Tiles for FolderTiles<'_, F> {
    type Error = LedgerError;

    /// A narrower tile of an older tree is the beginning of the one on disk.
    fn tile(&self, at: TileAt) -> Result<Vec<Hash>, LedgerError> {
        let (path, bytes) = self.newest(at.level, at.index, TilePath::Hashes)?;
        let width = usize::from(at.width);
        let hashes = Hash::many(&bytes).filter(|hashes| hashes.len() >= width);
        let mut hashes = hashes.ok_or(LedgerError::Differs(path))?;
        hashes.truncate(width);
        Ok(hashes)
    }
}
