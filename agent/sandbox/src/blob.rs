//! Bytes that cross between processes: memfds that nobody can change any more, or few in a message.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use arch_identity::{Digest, DigestWriter};
use arch_wire::executor::{Blob, Inline};
use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, fcntl_get_seals, fstat, memfd_create};
use rustix::io::Errno;

/// What a sealed blob has: its length and its bytes are fixed.
fn seals() -> SealFlags {
    SealFlags::WRITE | SealFlags::SHRINK | SealFlags::GROW
}

/// Bytes that are hashed in one go.
const CHUNK: usize = 1 << 18;

/// Why a descriptor is not the blob it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotTheBlob {
    /// Somebody could still change it.
    #[error("it is no sealed memfd")]
    NotSealed,
    /// It has another length.
    #[error("it has {has} bytes, not {wanted}")]
    Size {
        /// Bytes it has.
        has: u64,
        /// Bytes it should have.
        wanted: u64,
    },
    /// It has other bytes.
    #[error("its digest is {has}, not {wanted}")]
    Digest {
        /// Digest of its bytes.
        has: Digest,
        /// The digest it should have.
        wanted: Digest,
    },
    /// Larger than any blob may be here.
    #[error("it has {0} bytes, more than are allowed")]
    TooLarge(u64),
    /// It cannot be read.
    #[error("it cannot be read: {0}")]
    Unreadable(Errno),
}

/// Puts `bytes` into a fresh sealed memfd.
pub fn seal(name: &str, bytes: &[u8]) -> rustix::io::Result<(Blob, OwnedFd)> {
    let fd = fresh()?;
    let mut offset = 0;
    while let Some(rest) = bytes.get(offset..).filter(|rest| !rest.is_empty()) {
        match rustix::io::pwrite(&fd, rest, u64::try_from(offset).unwrap_or(u64::MAX)) {
            Ok(0) => return Err(Errno::IO),
            Ok(many) => offset = offset.saturating_add(many),
            Err(Errno::INTR) => {}
            Err(errno) => return Err(errno),
        }
    }
    fcntl_add_seals(&fd, seals() | SealFlags::SEAL)?;
    Ok((blob(name, bytes, None), fd))
}

/// Few bytes as a blob that needs no memfd; none if they are too many for that.
#[must_use]
pub fn inline(name: &str, bytes: &[u8]) -> Option<Blob> {
    Some(blob(name, bytes, Some(Inline::of(bytes)?)))
}

fn blob(name: &str, bytes: &[u8], inline: Option<Inline>) -> Blob {
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    Blob { name: name.to_owned(), size, digest: Digest::of(bytes), bytes: inline }
}

fn fresh() -> rustix::io::Result<OwnedFd> {
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    match memfd_create(c"arch-blob", flags | MemfdFlags::NOEXEC_SEAL) {
        // Linux before 6.3 does not know the flag.
        Err(Errno::INVAL) => memfd_create(c"arch-blob", flags),
        other => other,
    }
}

/// The length of a memfd that is sealed.
pub fn sealed_size(fd: BorrowedFd<'_>) -> Result<u64, NotTheBlob> {
    match fcntl_get_seals(fd) {
        Ok(has) if has.contains(seals()) => {}
        _ => return Err(NotTheBlob::NotSealed),
    }
    let stat = fstat(fd).map_err(NotTheBlob::Unreadable)?;
    Ok(u64::try_from(stat.st_size).unwrap_or(u64::MAX))
}

/// Checks seals and length.
pub fn check_size(fd: BorrowedFd<'_>, wanted: u64) -> Result<(), NotTheBlob> {
    match sealed_size(fd)? {
        has if has == wanted => Ok(()),
        has => Err(NotTheBlob::Size { has, wanted }),
    }
}

/// Checks that a claimed blob has the bytes it says, in itself or in the next of `fds`; a digest that
/// is claimed is not looked at.
pub fn check_claimed<'a>(
    blob: &Blob,
    fds: &mut impl Iterator<Item = &'a OwnedFd>,
) -> Result<(), NotTheBlob> {
    match (&blob.bytes, blob.size) {
        (None, wanted) => check_size(fds.next().ok_or(NotTheBlob::NotSealed)?.as_fd(), wanted),
        (Some(inline), wanted) => match u64::try_from(inline.as_slice().len()) {
            Ok(has) if has == wanted => Ok(()),
            has => Err(NotTheBlob::Size { has: has.unwrap_or(u64::MAX), wanted }),
        },
    }
}

/// Checks the bytes of a sealed blob.
pub fn check_digest(fd: BorrowedFd<'_>, wanted: Digest) -> Result<(), NotTheBlob> {
    let mut digest = DigestWriter::new();
    // No larger than what is there, and one byte to see its end: most blobs are short.
    let size = fstat(fd).map_err(NotTheBlob::Unreadable)?.st_size;
    let size = usize::try_from(size).unwrap_or(CHUNK);
    let mut chunk = vec![0; size.saturating_add(1).min(CHUNK)];
    let mut offset = 0_u64;
    loop {
        match rustix::io::pread(fd, &mut *chunk, offset) {
            Ok(0) => break,
            Ok(many) => {
                digest.update(chunk.get(..many).unwrap_or(&chunk));
                offset = offset.saturating_add(u64::try_from(many).unwrap_or(u64::MAX));
            }
            Err(Errno::INTR) => {}
            Err(errno) => return Err(NotTheBlob::Unreadable(errno)),
        }
    }
    match digest.finish() {
        has if has == wanted => Ok(()),
        has => Err(NotTheBlob::Digest { has, wanted }),
    }
}

/// Reads a sealed blob of at most `cap` bytes whole.
pub fn read(fd: impl AsFd, cap: u64) -> Result<Vec<u8>, NotTheBlob> {
    let size = sealed_size(fd.as_fd())?;
    if size > cap {
        return Err(NotTheBlob::TooLarge(size));
    }
    let mut bytes = vec![0; usize::try_from(size).map_err(|_| NotTheBlob::TooLarge(size))?];
    let mut offset = 0;
    while let Some(rest) = bytes.get_mut(offset..).filter(|rest| !rest.is_empty()) {
        match rustix::io::pread(fd.as_fd(), rest, u64::try_from(offset).unwrap_or(u64::MAX)) {
            Ok(0) => return Err(NotTheBlob::Unreadable(Errno::IO)),
            Ok(many) => offset = offset.saturating_add(many),
            Err(Errno::INTR) => {}
            Err(errno) => return Err(NotTheBlob::Unreadable(errno)),
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_blob_reads_back_and_takes_no_more_bytes() {
        let (blob, fd) = seal("a", b"hello").unwrap();
        assert_eq!(read(&fd, 5).unwrap(), b"hello");
        assert_eq!(check_size(fd.as_fd(), blob.size), Ok(()));
        assert_eq!(check_digest(fd.as_fd(), Digest::of(b"hello")), Ok(()));
        assert!(rustix::io::pwrite(&fd, b"J", 0).is_err());
        assert!(rustix::fs::ftruncate(&fd, 1).is_err());
    }

    #[test]
    fn a_claimed_blob_has_its_bytes_in_itself_or_in_the_next_descriptor() {
        let (long, fd) = seal("long", b"hello").unwrap();
        let few = inline("few", b"hi").unwrap();
        let fds = [fd];
        let mut rest = fds.iter();
        assert_eq!(check_claimed(&few, &mut rest), Ok(()));
        assert_eq!(check_claimed(&long, &mut rest), Ok(()));
        assert_eq!(check_claimed(&long, &mut rest), Err(NotTheBlob::NotSealed));
        let other = Blob { size: 3, ..few };
        assert_eq!(check_claimed(&other, &mut rest), Err(NotTheBlob::Size { has: 2, wanted: 3 }));
        assert!(inline("long", &[0; 1 << 20]).is_none());
    }

    #[test]
    fn blobs_of_any_length_are_hashed_whole() {
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK] {
            let mut bytes = vec![7; length];
            let (blob, fd) = seal("a", &bytes).unwrap();
            assert_eq!(check_digest(fd.as_fd(), blob.digest), Ok(()), "{length}");
            if let Some(last) = bytes.last_mut() {
                *last = 8;
                let other = Digest::of(&bytes);
                assert!(check_digest(fd.as_fd(), other).is_err(), "{length}");
            }
        }
    }

    #[test]
    fn what_can_still_change_is_no_blob() {
        let fd = fresh().unwrap();
        assert_eq!(sealed_size(fd.as_fd()), Err(NotTheBlob::NotSealed));
        let file = tempfile::tempfile().unwrap();
        assert_eq!(sealed_size(file.as_fd()), Err(NotTheBlob::NotSealed));
    }

    #[test]
    fn another_size_another_digest_and_too_much_are_told_apart() {
        let (_, fd) = seal("a", b"hello").unwrap();
        let wanted = Digest::of(b"jello");
        assert!(matches!(check_size(fd.as_fd(), 4), Err(NotTheBlob::Size { .. })));
        assert!(matches!(check_digest(fd.as_fd(), wanted), Err(NotTheBlob::Digest { .. })));
        assert_eq!(read(&fd, 4), Err(NotTheBlob::TooLarge(5)));
    }
}
