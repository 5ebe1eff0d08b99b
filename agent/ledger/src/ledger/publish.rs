//! Tiles and checkpoint: what shows others what is durable.

use std::io;

use arch_identity::Timestamp;

use super::Ledger;
use crate::checkpoint::LogKeys;
use crate::derived::Piece;
use crate::error::LedgerError;
use crate::fs::{Fs, is_full, uninterrupted};
use crate::growth::Growth;
use crate::layout::{CHECKPOINT, write_derived};
use crate::tree::Hash;

/// The checkpoint on disk.
#[derive(Debug, Default)]
pub(super) struct Published {
    pub(super) size: u64,
    pub(super) text: String,
    /// Whether it is perhaps only in the page cache.
    pub(super) unsettled: bool,
}

/// What is durable at one moment, on its way to the files that show it.
pub(super) struct Publication {
    size: u64,
    root: Hash,
    time: Timestamp,
    pieces: Vec<Piece>,
}

impl Publication {
    /// Takes out of memory what the files lack; [`Publication::end`] gives it back. `None` if there
    /// is no entry.
    pub(super) fn begin(growth: &mut Growth) -> Option<Self> {
        let time = growth.newest()?;
        let (size, root) = (growth.size(), growth.root());
        Some(Self { size, root, time, pieces: growth.derived.take_fresh() })
    }

    /// Writes the files, the checkpoint after the tiles that it counts, and gives its text. Memory is
    /// not needed for it, so that it may go on growing meanwhile.
    pub(super) fn write<F: Fs>(&mut self, fs: &F, keys: &LogKeys) -> io::Result<String> {
        self.pieces.iter_mut().try_for_each(|piece| piece.write(fs))?;
        let text = keys.sign(self.size, self.root, self.time);
        uninterrupted(|| write_derived(fs, CHECKPOINT, text.as_bytes()))?;
        Ok(text)
    }

    /// Lets memory know what became of it.
    pub(super) fn end(
        self,
        growth: &mut Growth,
        published: &mut Published,
        written: io::Result<String>,
    ) -> io::Result<()> {
        growth.derived.give_back(self.pieces);
        *published = Published { size: self.size, text: written?, unsettled: true };
        Ok(())
    }
}

impl<F: Fs> Ledger<F> {
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
        let Some(mut publication) = Publication::begin(&mut self.growth) else { return Ok(()) };
        let written = publication.write(&self.fs, &self.keys);
        publication.end(&mut self.growth, &mut self.published, written)
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
        if self.published.unsettled {
            match uninterrupted(|| self.fs.open_to_write(CHECKPOINT)) {
                Ok(file) => uninterrupted(|| self.fs.sync(&file))?,
                // A full disk has no room for one.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        uninterrupted(|| self.fs.sync_folder(""))?;
        self.published.unsettled = false;
        Ok(())
    }
}
