//! One file of the archive, on its way in and out.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

use arch_files::private_dir;
use arch_identity::{Digest, DigestWriter};
use rustix::fs::{FileType, Mode, OFlags};
use rustix::io::Errno;

use crate::error::ArchiveError;
use crate::together::Together;

/// A file on its way in. Dropped before it has its place, it is gone.
pub(crate) struct NewFile {
    file: File,
    path: PathBuf,
    placed: bool,
}

impl NewFile {
    pub(crate) fn create(folder: &Path) -> Result<Self, ArchiveError> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = folder.join(format!(".{}-{count}.new", process::id()));
        let flags =
            OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = rustix::fs::open(&path, flags, Mode::RUSR | Mode::WUSR);
        let file = file.map_err(|errno| ArchiveError::io(&path)(errno.into()))?;
        Ok(Self { file: File::from(file), path, placed: false })
    }

    /// Gives the file its name; it survives a power cut when this returns.
    ///
    /// The name is there before the bytes are durable, so that all can be flushed at once. A power cut
    /// in between may leave a file that is cut short under its name: whoever reads one checks it, and
    /// nobody was told yet that it is kept.
    pub(crate) fn place(mut self, path: &Path, together: &Together) -> Result<(), ArchiveError> {
        private_dir(path.parent().unwrap_or(path))?;
        fs::rename(&self.path, path).map_err(ArchiveError::io(path))?;
        self.placed = true;
        settle(&self.file, path, together)
    }
}

/// Makes the file and its name survive a power cut. That they are there does not say so: whoever made
/// them may have been killed before the flush, or told that it failed.
pub(crate) fn settle(file: &File, path: &Path, together: &Together) -> Result<(), ArchiveError> {
    let own = || {
        file.sync_all()?;
        let folder = path.parent().unwrap_or(path);
        File::open(folder)?.sync_all()?;
        folder.parent().map_or(Ok(()), |above| File::open(above)?.sync_all())
    };
    together.settle(own).map_err(ArchiveError::io(path))
}

impl io::Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.placed {
            // Best effort: the next start takes away what stays.
            let _ = fs::remove_file(&self.path);
        }
    }
}

pub(crate) fn sync_folder(folder: &Path) -> Result<(), ArchiveError> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(ArchiveError::io(folder))
}

/// Opens an object, which is a regular file, and says its length.
pub(crate) fn open_object(path: &Path, digest: &Digest) -> Result<(File, u64), ArchiveError> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = match rustix::fs::open(path, flags, Mode::empty()) {
        Err(Errno::NOENT) => return Err(ArchiveError::Absent(*digest)),
        other => other.map_err(|errno| ArchiveError::io(path)(errno.into()))?,
    };
    let stat = rustix::fs::fstat(&file).map_err(|errno| ArchiveError::io(path)(errno.into()))?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
        return Err(ArchiveError::io(path)(io::Error::other("not a regular file")));
    }
    Ok((File::from(file), u64::try_from(stat.st_size).unwrap_or(0)))
}

/// Opens an object whose bytes are what its digest says; all of them are read.
pub(crate) fn open_whole(path: &Path, digest: &Digest) -> Result<File, ArchiveError> {
    let (mut file, _) = open_object(path, digest)?;
    let mut hash = DigestWriter::new();
    io::copy(&mut file, &mut hash).map_err(ArchiveError::io(path))?;
    if hash.finish() == *digest { Ok(file) } else { Err(ArchiveError::Damaged(*digest)) }
}
