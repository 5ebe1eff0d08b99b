//! Bytes that stand somewhere.

use std::fs::File;
use std::io;
use std::sync::Arc;

/// Bytes at a place: all that were asked for, or an error.
pub trait ReadAt {
    /// Fills `out` with what stands from `offset` on.
    ///
    /// # Errors
    /// What the file says; [`io::ErrorKind::UnexpectedEof`] if it ends before that.
    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<()>;
}

/// Bytes to a place: all of them, or an error.
pub trait WriteAt {
    /// Writes `bytes` from `offset` on.
    ///
    /// # Errors
    /// What the file says; some of the bytes may have been written then.
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()>;
}

impl ReadAt for File {
    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(self, out, offset)
    }
}

impl WriteAt for File {
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        std::os::unix::fs::FileExt::write_all_at(self, bytes, offset)
    }
}

impl<T: ReadAt + ?Sized> ReadAt for &T {
    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        (**self).read_at(offset, out)
    }
}

impl<T: WriteAt + ?Sized> WriteAt for &T {
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        (**self).write_at(offset, bytes)
    }
}

impl<T: ReadAt + ?Sized> ReadAt for Arc<T> {
    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        (**self).read_at(offset, out)
    }
}

/// What stands behind the first `offset` bytes, such as the numbers behind a header.
#[derive(Debug, Clone)]
pub struct Behind<R> {
    /// All of it.
    pub bytes: R,
    /// Where it begins.
    pub offset: u64,
}

impl<R: ReadAt> ReadAt for Behind<R> {
    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let from = self.offset.checked_add(offset).ok_or(io::ErrorKind::UnexpectedEof)?;
        self.bytes.read_at(from, out)
    }
}

impl ReadAt for [u8] {
    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let start = usize::try_from(offset).ok();
        let place = start.and_then(|start| self.get(start..start.checked_add(out.len())?));
        let bytes = place.ok_or(io::ErrorKind::UnexpectedEof)?;
        out.copy_from_slice(bytes);
        Ok(())
    }
}
