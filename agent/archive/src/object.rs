//! One object's file.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

use arch_files::private_dir;
use arch_identity::Digest;
use rustix::fs::{FileType, Mode, OFlags};
use rustix::io::Errno;

use crate::error::ArchiveError;

/// An object on its way in. Dropped before it has its place, it is gone.
pub(crate) struct NewObject {
    file: File,
    path: PathBuf,
    placed: bool,
}

impl NewObject {
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

    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), ArchiveError> {
        self.file.write_all(bytes).map_err(ArchiveError::io(&self.path))
    }

    /// Gives the object its name; it survives a power cut when this returns. After an error the name
    /// may be there and not be durable yet: [`sync_name`] makes up for it.
    pub(crate) fn place(mut self, path: &Path) -> Result<(), ArchiveError> {
        self.file.sync_all().map_err(ArchiveError::io(&self.path))?;
        private_dir(path.parent().unwrap_or(path))?;
        fs::rename(&self.path, path).map_err(ArchiveError::io(path))?;
        self.placed = true;
        sync_name(path)
    }
}

impl Drop for NewObject {
    fn drop(&mut self) {
        if !self.placed {
            // Best effort: the next start takes away what stays.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Makes an object's name, and that of the folder it is in, survive a power cut. That they are there
/// does not say so: whoever made them may have been killed before the flush, or told that it failed.
pub(crate) fn sync_name(path: &Path) -> Result<(), ArchiveError> {
    let fan = path.parent().unwrap_or(path);
    sync_folder(fan)?;
    fan.parent().map_or(Ok(()), sync_folder)
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
