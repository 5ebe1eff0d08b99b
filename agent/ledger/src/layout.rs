//! Names in the ledger's folder, and how a derived file gets there.

use std::io;

use crate::fs::{Fs, is_full, read_whole, uninterrupted, write_all};

pub(crate) const JOURNAL: &str = "journal";
pub(crate) const CHECKPOINT: &str = "checkpoint";
pub(crate) const RESERVE: &str = "reserve";
/// The one temporary name. It lies in the ledger's own folder, whatever it is renamed to.
pub(crate) const TEMP: &str = "new.tmp";
/// Room that is kept for refusals and endings on a full disk.
pub(crate) const RESERVE_BYTES: usize = 1024 * 1024;
/// Far more than a checkpoint with any number of witnesses has.
pub(crate) const MAX_CHECKPOINT: usize = 1024 * 1024;

/// Writes the checkpoint beside its place and moves it there. It is not synced: whatever a power
/// cut leaves of it is compared with the journal at the next start.
pub(crate) fn write_derived<F: Fs>(fs: &F, path: &str, bytes: &[u8]) -> io::Result<()> {
    let written = fs
        .create(TEMP)
        .and_then(|file| write_all(fs, &file, 0, bytes))
        .and_then(|()| fs.rename(TEMP, path));
    tidy(fs, written)
}

/// A half-written file on a full disk takes up the very room that is missing.
fn tidy<F: Fs>(fs: &F, written: io::Result<()>) -> io::Result<()> {
    if let Err(error) = &written
        && is_full(error)
    {
        uninterrupted(|| fs.remove(TEMP))?;
    }
    written
}

/// All folders above `path`, outermost first.
pub(crate) fn folders_above(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').filter_map(|(at, _)| path.get(..at))
}

/// Whether a file is there with exactly these bytes.
pub(crate) fn holds<F: Fs>(fs: &F, path: &str, bytes: &[u8]) -> io::Result<bool> {
    Ok(compare(fs, path, bytes)?.unwrap_or(false))
}

/// Whether a file has exactly these bytes; `None` if there is no such file.
pub(crate) fn compare<F: Fs>(fs: &F, path: &str, bytes: &[u8]) -> io::Result<Option<bool>> {
    match read_whole(fs, path, bytes.len()) {
        Ok(found) => Ok(Some(found == bytes)),
        Err(error) => match error.kind() {
            io::ErrorKind::NotFound => Ok(None),
            // Larger than it should be, or no file at all.
            io::ErrorKind::FileTooLarge | io::ErrorKind::InvalidInput => Ok(Some(false)),
            _ => Err(error),
        },
    }
}

/// Makes the reserve, unless it is there.
pub(crate) fn make_reserve<F: Fs>(fs: &F) -> io::Result<()> {
    let len = u64::try_from(RESERVE_BYTES).map_err(io::Error::other)?;
    if holds(fs, RESERVE, &vec![0; RESERVE_BYTES])? {
        return Ok(());
    }
    let file = fs.create(TEMP)?;
    let made = fs.allocate(&file, len).and_then(|()| fs.rename(TEMP, RESERVE));
    tidy(fs, made)
}
