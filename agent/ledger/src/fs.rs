//! The few file operations that the ledger needs, behind a trait so that faults can be injected.
//!
//! Paths are relative to the ledger's folder, with `/` between folders. Errors are those of the
//! operating system: [`io::ErrorKind::StorageFull`] and `QuotaExceeded` mean that there is no room,
//! everything else that the disk cannot be trusted.

mod folder;

use std::io;

pub use folder::StdFs;

/// What lies in the folder, found by [`Fs::list`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// Path below the ledger's folder.
    pub path: String,
    /// What it is.
    pub kind: FoundKind,
}

/// What a path is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FoundKind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// Anything else: link, FIFO, device, socket.
    Other,
}

/// A folder that the ledger lives in. Two threads may be at it: one writes while the other makes ready.
pub trait Fs: Sync {
    /// An open file.
    type File: Sync;
    /// Holds the lock until it is dropped.
    type Lock;

    /// Locks the folder against every other [`Fs::lock`].
    ///
    /// # Errors
    /// [`io::ErrorKind::WouldBlock`] if somebody else holds the lock.
    fn lock(&self) -> io::Result<Self::Lock>;
    /// Everything below the folder, in no order.
    ///
    /// # Errors
    /// Those of the operating system.
    fn list(&self) -> io::Result<Vec<Found>>;
    /// Opens a regular file for reading; symbolic links are not followed.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`], and those of the operating system.
    fn open(&self, path: &str) -> io::Result<Self::File>;
    /// Opens a regular file for reading and writing.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`], and those of the operating system.
    fn open_to_write(&self, path: &str) -> io::Result<Self::File>;
    /// Makes a file, or empties it if it exists.
    ///
    /// # Errors
    /// Those of the operating system.
    fn create(&self, path: &str) -> io::Result<Self::File>;
    /// Length in bytes.
    ///
    /// # Errors
    /// Those of the operating system.
    fn len(&self, file: &Self::File) -> io::Result<u64>;
    /// Reads at an offset; may give less than asked for, 0 at the end.
    ///
    /// # Errors
    /// Those of the operating system, `Interrupted` among them.
    fn read_at(&self, file: &Self::File, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;
    /// Writes at an offset; may take less than given.
    ///
    /// # Errors
    /// Those of the operating system, `Interrupted` among them.
    fn write_at(&self, file: &Self::File, offset: u64, bytes: &[u8]) -> io::Result<usize>;
    /// Makes the file `len` bytes of zeros that really take up room.
    ///
    /// # Errors
    /// Those of the operating system.
    fn allocate(&self, file: &Self::File, len: u64) -> io::Result<()>;
    /// Cuts the file.
    ///
    /// # Errors
    /// Those of the operating system.
    fn truncate(&self, file: &Self::File, len: u64) -> io::Result<()>;
    /// fdatasync.
    ///
    /// # Errors
    /// Those of the operating system.
    fn sync(&self, file: &Self::File) -> io::Result<()>;
    /// fsync of a folder; `""` is the ledger's own.
    ///
    /// # Errors
    /// Those of the operating system.
    fn sync_folder(&self, path: &str) -> io::Result<()>;
    /// Moves a file over another.
    ///
    /// # Errors
    /// Those of the operating system.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;
    /// Removes a file; one that is not there is fine.
    ///
    /// # Errors
    /// Those of the operating system.
    fn remove(&self, path: &str) -> io::Result<()>;
    /// Makes a folder; one that is there is fine.
    ///
    /// # Errors
    /// Those of the operating system.
    fn make_folder(&self, path: &str) -> io::Result<()>;
}

/// Whether the error means that there is no room, and nothing worse.
pub(crate) fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// Does it again for as long as a signal interrupts it.
pub(crate) fn uninterrupted<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

/// Writes all of `bytes` at `offset`.
pub(crate) fn write_all<F: Fs>(
    fs: &F,
    file: &F::File,
    mut offset: u64,
    mut bytes: &[u8],
) -> io::Result<()> {
    while !bytes.is_empty() {
        let taken = uninterrupted(|| fs.write_at(file, offset, bytes))?;
        if taken == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        bytes = bytes.get(taken..).unwrap_or_default();
        offset = offset.saturating_add(u64::try_from(taken).unwrap_or(u64::MAX));
    }
    Ok(())
}

/// Fills `buffer` as far as the file goes; says how far.
pub(crate) fn read_full<F: Fs>(
    fs: &F,
    file: &F::File,
    offset: u64,
    buffer: &mut [u8],
) -> io::Result<usize> {
    let mut filled = 0_usize;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        let at = offset.saturating_add(u64::try_from(filled).unwrap_or(u64::MAX));
        match uninterrupted(|| fs.read_at(file, at, rest))? {
            0 => break,
            more => filled = filled.saturating_add(more),
        }
    }
    Ok(filled)
}

/// Reads a whole file of at most `limit` bytes.
pub(crate) fn read_whole<F: Fs>(fs: &F, path: &str, limit: usize) -> io::Result<Vec<u8>> {
    let file = uninterrupted(|| fs.open(path))?;
    let len = uninterrupted(|| fs.len(&file))?;
    let len = usize::try_from(len).ok().filter(|len| *len <= limit);
    let mut bytes = vec![0; len.ok_or(io::ErrorKind::FileTooLarge)?];
    let filled = read_full(fs, &file, 0, &mut bytes)?;
    bytes.truncate(filled);
    Ok(bytes)
}
