//! Bytes that cross: sealed memory files, written by us or checked when they come.

use std::{
    fs::File,
    io::{self, Read, Write as _},
    os::{
        fd::{AsFd, OwnedFd},
        unix::fs::FileExt as _,
    },
};

use rustix::fs::{self, FileType, MemfdFlags, SealFlags};

/// Why a file that the executor sent is not used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BlobError {
    /// A pipe, a device, a file on disk: it could block, or change while it is read.
    #[error("a file that came along is not a sealed memory file")]
    NotSealed,
    /// It has another length than claimed.
    #[error("an output of {found} bytes was claimed to have {claimed}")]
    Size {
        /// What was claimed.
        claimed: u64,
        /// What there is.
        found: u64,
    },
    /// The machine says no.
    #[error("a file that came along cannot be read: {0}")]
    Io(#[from] io::Error),
}

/// Nobody can change or shrink it under us.
const SEALED: SealFlags = SealFlags::WRITE.union(SealFlags::SHRINK).union(SealFlags::GROW);

/// Copies `source` into a memory file and seals it.
pub(crate) fn sealed(name: &str, source: &mut dyn Read) -> io::Result<OwnedFd> {
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    // Kernels before 6.3 do not know NOEXEC_SEAL.
    let fd = fs::memfd_create(name, flags | MemfdFlags::NOEXEC_SEAL)
        .or_else(|_| fs::memfd_create(name, flags))?;
    let mut file = File::from(fd);
    io::copy(source, &mut file)?;
    file.flush()?;
    fs::fcntl_add_seals(&file, SEALED | SealFlags::SEAL)?;
    Ok(file.into())
}

/// A reader over a file that the executor sent, after checking that it is what it must be.
///
/// Reads by position: the executor holds the same open file and could move its offset.
pub(crate) fn stream_from(fd: &OwnedFd, claimed: u64) -> Result<impl Read + use<>, BlobError> {
    let stat = fs::fstat(fd).map_err(io::Error::from)?;
    let seals = fs::fcntl_get_seals(fd).map_err(|_| BlobError::NotSealed)?;
    let regular = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile;
    if !regular || !seals.contains(SEALED) {
        return Err(BlobError::NotSealed);
    }
    let found = u64::try_from(stat.st_size).unwrap_or(u64::MAX);
    if found != claimed {
        return Err(BlobError::Size { claimed, found });
    }
    let file = File::from(fd.as_fd().try_clone_to_owned()?);
    Ok(ByPosition::from_start(file).take(claimed))
}

/// A reader over bytes that the executor sent in its claim, if they are as many as claimed.
pub(crate) fn whole(bytes: &[u8], claimed: u64) -> Result<&[u8], BlobError> {
    match u64::try_from(bytes.len()).unwrap_or(u64::MAX) {
        found if found == claimed => Ok(bytes),
        found => Err(BlobError::Size { claimed, found }),
    }
}

/// Reads in order, whatever becomes of the file's own offset.
pub(crate) struct ByPosition {
    file: File,
    at: u64,
}

impl ByPosition {
    /// From the first byte on.
    pub(crate) fn from_start(file: File) -> Self {
        Self { file, at: 0 }
    }
}

impl Read for ByPosition {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(buffer, self.at)?;
        self.at = self.at.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_reads_back_from_its_start() {
        let fd = sealed("a", &mut &b"hello"[..]).unwrap();
        let mut text = String::new();
        stream_from(&fd, 5).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "hello");
        assert!(matches!(stream_from(&fd, 4), Err(BlobError::Size { found: 5, .. })));
    }

    #[test]
    fn bytes_in_a_claim_are_as_many_as_claimed_or_are_not_used() {
        assert_eq!(whole(b"hello", 5).unwrap(), b"hello");
        assert!(matches!(whole(b"hello", 4), Err(BlobError::Size { claimed: 4, found: 5 })));
        assert!(matches!(whole(b"", u64::MAX), Err(BlobError::Size { found: 0, .. })));
    }

    #[test]
    fn files_on_disk_pipes_and_unsealed_memory_are_refused() {
        let disk: OwnedFd = tempfile::tempfile().unwrap().into();
        let (pipe, _write) = rustix::pipe::pipe().unwrap();
        let open = fs::memfd_create("open", MemfdFlags::ALLOW_SEALING).unwrap();
        let half = fs::memfd_create("half", MemfdFlags::ALLOW_SEALING).unwrap();
        fs::fcntl_add_seals(&half, SealFlags::WRITE).unwrap();
        for fd in [disk, pipe, open, half] {
            assert!(matches!(stream_from(&fd, 0), Err(BlobError::NotSealed)));
        }
    }
}
