//! A real folder. Every path is opened below the folder's descriptor, links are never followed.

use std::ffi::OsStr;
use std::io;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use rustix::fs::{AtFlags, Dir, FallocateFlags, FileType, FlockOperation, Mode, OFlags};
use rustix::io::Errno;

use super::{Found, FoundKind, Fs};

/// Deeper than any path of ours, and than those of a served tree, `tile/entries/x…/…/000.p/255`.
const MAX_DEPTH: usize = 12;

/// The ledger's folder on disk.
#[derive(Debug)]
pub struct StdFs {
    folder: OwnedFd,
}

impl StdFs {
    /// Opens the folder, which must exist.
    ///
    /// # Errors
    /// Those of the operating system.
    pub fn open(folder: &Path) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Self { folder: rustix::fs::open(folder, flags, Mode::empty())? })
    }

    fn open_below(&self, path: &str, flags: OFlags) -> io::Result<OwnedFd> {
        let flags = flags | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
        let mode =
            if flags.contains(OFlags::CREATE) { Mode::RUSR | Mode::WUSR } else { Mode::empty() };
        Ok(arch_files::open_beneath(&self.folder, path, flags, mode)?)
    }

    fn open_regular(&self, path: &str, flags: OFlags) -> io::Result<OwnedFd> {
        let file = self.open_below(path, flags)?;
        match FileType::from_raw_mode(rustix::fs::fstat(&file)?.st_mode) {
            FileType::RegularFile => Ok(file),
            _ => Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file")),
        }
    }

    fn open_folder(&self, path: &str) -> io::Result<OwnedFd> {
        self.open_below(
            if path.is_empty() { "." } else { path },
            OFlags::RDONLY | OFlags::DIRECTORY,
        )
    }

    fn list_below(&self, path: &str, depth: usize, found: &mut Vec<Found>) -> io::Result<()> {
        let folder = Dir::new(self.open_folder(path)?)?;
        for entry in folder {
            let entry = entry?;
            let name = OsStr::from_bytes(entry.file_name().to_bytes());
            if name == "." || name == ".." {
                continue;
            }
            // A name that is not UTF-8 is not ours; it only has to be told.
            let name = name.to_string_lossy();
            let below = if path.is_empty() { name.into_owned() } else { format!("{path}/{name}") };
            let kind = match self.kind(&below, entry.file_type()) {
                FileType::RegularFile => FoundKind::File,
                FileType::Directory => FoundKind::Folder,
                _ => FoundKind::Other,
            };
            if kind == FoundKind::Folder && depth < MAX_DEPTH {
                self.list_below(&below, depth.saturating_add(1), found)?;
            }
            found.push(Found { path: below, kind });
        }
        Ok(())
    }

    /// Some file systems do not tell the type in a listing.
    fn kind(&self, path: &str, listed: FileType) -> FileType {
        if listed != FileType::Unknown {
            return listed;
        }
        let stat = self
            .at(path, |folder, name| rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW));
        stat.map_or(FileType::Unknown, |stat| FileType::from_raw_mode(stat.st_mode))
    }

    /// Acts upon a name in the folder that it stands in, which no link leads to. Names at the top, as those
    /// of journal and checkpoint, cost no call more.
    fn at<T>(
        &self,
        path: &str,
        act: impl FnOnce(BorrowedFd<'_>, &str) -> rustix::io::Result<T>,
    ) -> io::Result<T> {
        match path.rsplit_once('/') {
            None => Ok(act(self.folder.as_fd(), path)?),
            Some((folder, name)) => {
                let folder = self.open_below(folder, OFlags::PATH | OFlags::DIRECTORY)?;
                Ok(act(folder.as_fd(), name)?)
            }
        }
    }
}

/// Holds `flock` on the folder; the kernel lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub struct FolderLock {
    _descriptor: OwnedFd,
}

impl Fs for StdFs {
    type File = OwnedFd;
    type Lock = FolderLock;

    fn lock(&self) -> io::Result<FolderLock> {
        let own = self.open_folder("")?;
        rustix::fs::flock(&own, FlockOperation::NonBlockingLockExclusive)?;
        Ok(FolderLock { _descriptor: own })
    }

    fn list(&self) -> io::Result<Vec<Found>> {
        let mut found = Vec::new();
        self.list_below("", 0, &mut found)?;
        Ok(found)
    }

    fn open(&self, path: &str) -> io::Result<OwnedFd> {
        self.open_regular(path, OFlags::RDONLY)
    }

    fn open_to_write(&self, path: &str) -> io::Result<OwnedFd> {
        self.open_regular(path, OFlags::RDWR)
    }

    fn create(&self, path: &str) -> io::Result<OwnedFd> {
        let file = self.open_regular(path, OFlags::RDWR | OFlags::CREATE)?;
        rustix::fs::ftruncate(&file, 0)?;
        Ok(file)
    }

    fn len(&self, file: &OwnedFd) -> io::Result<u64> {
        u64::try_from(rustix::fs::fstat(file)?.st_size).map_err(io::Error::other)
    }

    fn read_at(&self, file: &OwnedFd, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(rustix::io::pread(file, buffer, offset)?)
    }

    fn write_at(&self, file: &OwnedFd, offset: u64, bytes: &[u8]) -> io::Result<usize> {
        Ok(rustix::io::pwrite(file, bytes, offset)?)
    }

    fn allocate(&self, file: &OwnedFd, len: u64) -> io::Result<()> {
        match rustix::fs::fallocate(file, FallocateFlags::empty(), 0, len) {
            // A file system without it: zeros take up room too, unless it compresses.
            Err(Errno::OPNOTSUPP) => {
                let zeros = vec![0; usize::try_from(len).map_err(io::Error::other)?];
                super::write_all(self, file, 0, &zeros)
            }
            other => Ok(other?),
        }
    }

    fn truncate(&self, file: &OwnedFd, len: u64) -> io::Result<()> {
        Ok(rustix::fs::ftruncate(file, len)?)
    }

    fn sync(&self, file: &OwnedFd) -> io::Result<()> {
        Ok(rustix::fs::fdatasync(file)?)
    }

    fn sync_folder(&self, path: &str) -> io::Result<()> {
        Ok(rustix::fs::fsync(self.open_folder(path)?)?)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.at(from, |old, from| {
            let renamed = self.at(to, |new, to| rustix::fs::renameat(old, from, new, to));
            renamed.map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))
        })
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        match self.at(path, |folder, name| rustix::fs::unlinkat(folder, name, AtFlags::empty())) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        }
    }

    fn make_folder(&self, path: &str) -> io::Result<()> {
        match self.at(path, |folder, name| rustix::fs::mkdirat(folder, name, Mode::RWXU)) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_never_followed_and_the_lock_is_exclusive() {
        let place = tempfile::tempdir().unwrap();
        std::fs::write(place.path().join("real"), b"x").unwrap();
        std::os::unix::fs::symlink("real", place.path().join("link")).unwrap();
        let fs = StdFs::open(place.path()).unwrap();
        assert!(fs.open("real").is_ok() && fs.open("link").is_err() && fs.open("../x").is_err());
        let lock = fs.lock().unwrap();
        let other = StdFs::open(place.path()).unwrap();
        assert_eq!(other.lock().unwrap_err().kind(), io::ErrorKind::WouldBlock);
        drop(lock);
        assert!(other.lock().is_ok());
    }

    #[test]
    fn nothing_is_made_moved_or_removed_behind_a_link() {
        let place = tempfile::tempdir().unwrap();
        let (ledger, outside) = (place.path().join("ledger"), place.path().join("outside"));
        for folder in [&ledger, &outside, &ledger.join("real")] {
            std::fs::create_dir(folder).unwrap();
        }
        for file in [outside.join("file"), ledger.join("file"), ledger.join("real/file")] {
            std::fs::write(file, "x").unwrap();
        }
        std::os::unix::fs::symlink(&outside, ledger.join("tile")).unwrap();
        let fs = StdFs::open(&ledger).unwrap();
        for behind in ["tile/file", "tile/new", "../outside/file", "real/../tile/file"] {
            assert!(fs.remove(behind).is_err(), "{behind}");
            assert!(fs.make_folder(behind).is_err(), "{behind}");
            assert!(fs.rename("file", behind).is_err(), "{behind}");
            assert!(fs.rename(behind, "file").is_err(), "{behind}");
        }
        assert_eq!(std::fs::read_dir(&outside).unwrap().count(), 1);
        // What is reached by folders alone is.
        fs.rename("real/file", "real/other").unwrap();
        fs.make_folder("real/folder").unwrap();
        fs.make_folder("real/folder").unwrap();
        fs.rename("real/other", "real/folder/file").unwrap();
        fs.remove("real/folder/file").unwrap();
        fs.remove("real/folder/file").unwrap();
        fs.remove("real/none/file").unwrap();
        assert_eq!(std::fs::read_dir(ledger.join("real/folder")).unwrap().count(), 0);
    }

    #[test]
    fn everything_below_is_listed_with_its_kind() {
        let place = tempfile::tempdir().unwrap();
        let fs = StdFs::open(place.path()).unwrap();
        fs.make_folder("tile").unwrap();
        fs.make_folder("tile").unwrap();
        let file = fs.create("tile/a").unwrap();
        fs.allocate(&file, 100).unwrap();
        std::os::unix::fs::symlink("tile", place.path().join("link")).unwrap();
        let mut found = fs.list().unwrap();
        found.sort();
        let kinds: Vec<_> = found.iter().map(|f| (f.path.as_str(), f.kind)).collect();
        assert_eq!(
            kinds,
            [("link", FoundKind::Other), ("tile", FoundKind::Folder), ("tile/a", FoundKind::File)]
        );
        assert_eq!(fs.len(&file).unwrap(), 100);
    }
}
