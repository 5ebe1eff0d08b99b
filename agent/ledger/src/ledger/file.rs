//! The journal's file as its one writer has it.
//!
//! A small batch is written with zeros behind it, and the next ones over those. A file that grows
//! makes the file system write its own journal at every sync; one that is written over does not,
//! which halves what a small batch waits for.

use std::io;

use crate::fs::{Fs, is_full, uninterrupted, write_all};
use crate::journal::ROOM;

/// Why the bytes of a batch are not in the journal for sure.
pub(super) enum Unwritten {
    /// No room; the batches before are as before.
    Full,
    /// Nobody can say what is on disk.
    Unknown(io::Error),
}

/// An open journal.
pub(super) struct JournalFile<H> {
    pub(super) handle: H,
    pub(super) place: Place,
}

/// How far the journal goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// Where the next batch goes: behind the last commit.
    pub(super) end: u64,
    /// Length of the file. What lies between is zeros, or a tail that is to be cut.
    pub(super) length: u64,
}

impl Place {
    /// Appends as many zeros to a batch as it is to leave room, and gives the place behind it.
    pub(super) fn make_room(self, batch: &mut Vec<u8>) -> Self {
        let end = self.end.saturating_add(len(batch));
        let room = end.checked_next_multiple_of(ROOM).unwrap_or(end).saturating_sub(end);
        if end > self.length && len(batch) < ROOM {
            let room = usize::try_from(room).unwrap_or(0);
            batch.resize(batch.len().saturating_add(room), 0);
        }
        let length = self.length.max(self.end.saturating_add(len(batch)));
        Self { end, length }
    }
}

impl<H> JournalFile<H> {
    /// Appends a batch, with room behind it if there is any to be had.
    pub(super) fn append<F: Fs<File = H>>(
        &mut self,
        fs: &F,
        mut batch: Vec<u8>,
    ) -> Result<(), Unwritten> {
        let (begins, bare) = (self.place.end, batch.len());
        let behind = self.place.make_room(&mut batch);
        match write_durably(fs, &self.handle, begins, &batch, begins) {
            Err(Unwritten::Full) => {
                self.place.length = begins;
                batch.truncate(bare);
                self.write_over(fs, &batch)
            }
            other => other.map(|()| self.place = behind),
        }
    }

    /// Writes a batch over what lies behind the last commit, which stays if there is no room.
    pub(super) fn write_over<F: Fs<File = H>>(
        &mut self,
        fs: &F,
        batch: &[u8],
    ) -> Result<(), Unwritten> {
        let Place { end, length } = self.place;
        write_durably(fs, &self.handle, end, batch, length)?;
        let end = end.saturating_add(len(batch));
        self.place = Place { end, length: length.max(end) };
        Ok(())
    }

    /// Ends the file behind the last commit.
    pub(super) fn cut<F: Fs<File = H>>(&mut self, fs: &F) -> io::Result<()> {
        uninterrupted(|| fs.truncate(&self.handle, self.place.end))?;
        self.place.length = self.place.end;
        uninterrupted(|| fs.sync(&self.handle))
    }
}

/// One write and one fdatasync. If there is no room the file is cut to `before` again.
pub(super) fn write_durably<F: Fs>(
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

fn len(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}
