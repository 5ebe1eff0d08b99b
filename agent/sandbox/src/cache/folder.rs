//! The folder of entries: written whole, never followed out of, kept below its cap.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, fstat};
use rustix::io::Errno;

use super::{CODE_CAP, CacheError};

/// Names of files that are being written.
const NEW: &str = ".new-";

/// `DIR/modules`, open.
#[derive(Debug)]
pub(super) struct Folder {
    fd: OwnedFd,
}

/// Makes (mode 0700) and opens a folder that nobody else writes to.
pub(super) fn private(path: &Path) -> Result<OwnedFd, CacheError> {
    let shown = || path.display().to_string();
    let failed = |errno| CacheError::Path { path: shown(), errno };
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        let made = std::fs::create_dir_all(parent);
        made.map_err(|e| failed(Errno::from_io_error(&e).unwrap_or(Errno::IO)))?;
    }
    match rustix::fs::mkdir(path, Mode::RWXU) {
        Ok(()) | Err(Errno::EXIST) => {}
        Err(errno) => return Err(failed(errno)),
    }
    let fd = rustix::fs::open(path, folder_flags(), Mode::empty()).map_err(failed)?;
    checked(fd, shown)
}

fn checked(fd: OwnedFd, shown: impl Fn() -> String) -> Result<OwnedFd, CacheError> {
    match is_ours(fd.as_fd(), true) {
        Ok(true) => Ok(fd),
        Ok(false) => Err(CacheError::NotOurs(shown())),
        Err(errno) => Err(CacheError::Path { path: shown(), errno }),
    }
}

fn folder_flags() -> OFlags {
    OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC
}

/// Whether an open file or folder is ours, and others cannot write to it; nor, for a file, read it.
pub(super) fn is_ours(fd: BorrowedFd<'_>, folder: bool) -> Result<bool, Errno> {
    let stat = fstat(fd)?;
    let others = if folder { 0o022 } else { 0o077 };
    let kind = if folder { FileType::Directory } else { FileType::RegularFile };
    Ok(stat.st_uid == rustix::process::geteuid().as_raw()
        && stat.st_mode & others == 0
        && FileType::from_raw_mode(stat.st_mode) == kind)
}

impl Folder {
    pub(super) fn open(base: &OwnedFd, path: &Path) -> Result<Self, CacheError> {
        let shown = || path.join("modules").display().to_string();
        let failed = |errno| CacheError::Path { path: shown(), errno };
        match rustix::fs::mkdirat(base, "modules", Mode::RWXU) {
            Ok(()) | Err(Errno::EXIST) => {}
            Err(errno) => return Err(failed(errno)),
        }
        let fd =
            rustix::fs::openat(base, "modules", folder_flags(), Mode::empty()).map_err(failed)?;
        Ok(Self { fd: checked(fd, shown)? })
    }

    /// Removes what a crash left half-written.
    pub(super) fn sweep(&self) {
        for (name, _, _) in self.list() {
            if name.starts_with(NEW) {
                self.remove(&name);
            }
        }
    }

    /// A file's bytes, `None` if there is none that could be an entry. A file that is used counts
    /// as new again.
    pub(super) fn read(&self, name: &str) -> Option<Vec<u8>> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let fd = rustix::fs::openat(&self.fd, name, flags, Mode::empty()).ok()?;
        let stat = fstat(&fd).ok()?;
        let size = u64::try_from(stat.st_size).ok()?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile || size > most() {
            return None;
        }
        let mut bytes = Vec::with_capacity(usize::try_from(size).ok()?);
        let mut file = std::io::Read::take(std::fs::File::from(fd), most());
        std::io::Read::read_to_end(&mut file, &mut bytes).ok()?;
        self.touch(name);
        Some(bytes)
    }

    fn touch(&self, name: &str) {
        let now = rustix::fs::Timespec { tv_sec: 0, tv_nsec: rustix::fs::UTIME_NOW };
        let times = rustix::fs::Timestamps { last_access: now, last_modification: now };
        let _ = rustix::fs::utimensat(&self.fd, name, &times, AtFlags::SYMLINK_NOFOLLOW);
    }

    /// Writes a file whole: it has its name only when all of it is there. Not synced: a file that
    /// the power cut short fails its MAC.
    pub(super) fn write(&self, name: &str, parts: &[&[u8]]) -> Result<(), Errno> {
        let temporary = format!("{NEW}{}", rustix::process::getpid());
        let _ = rustix::fs::unlinkat(&self.fd, temporary.as_str(), AtFlags::empty());
        let written = self
            .fill(&temporary, parts)
            .and_then(|()| rustix::fs::renameat(&self.fd, temporary.as_str(), &self.fd, name));
        if written.is_err() {
            let _ = rustix::fs::unlinkat(&self.fd, temporary.as_str(), AtFlags::empty());
        }
        written
    }

    fn fill(&self, name: &str, parts: &[&[u8]]) -> Result<(), Errno> {
        let flags =
            OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let fd = rustix::fs::openat(&self.fd, name, flags, Mode::RUSR | Mode::WUSR)?;
        let mut file = std::fs::File::from(fd);
        for part in parts {
            std::io::Write::write_all(&mut file, part)
                .map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))?;
        }
        Ok(())
    }

    pub(super) fn remove(&self, name: &str) {
        let _ = rustix::fs::unlinkat(&self.fd, name, AtFlags::empty());
    }

    /// Removes the least recently used files until the rest fits.
    pub(super) fn evict(&self, cap: u64) {
        let mut all = self.list();
        all.sort_by_key(|(_, _, used)| *used);
        let mut total = all.iter().fold(0_u64, |sum, (_, size, _)| sum.saturating_add(*size));
        for (name, size, _) in all {
            if total <= cap {
                return;
            }
            self.remove(&name);
            total = total.saturating_sub(size);
        }
    }

    // Names, sizes and times of last use.
    fn list(&self) -> Vec<(String, u64, (i64, i64))> {
        let Ok(entries) = Dir::read_from(&self.fd) else { return Vec::new() };
        let names =
            entries.flatten().filter_map(|e| e.file_name().to_str().ok().map(str::to_owned));
        names
            .filter(|name| !matches!(name.as_str(), "." | ".."))
            .filter_map(|name| {
                let flags = AtFlags::SYMLINK_NOFOLLOW;
                let stat = rustix::fs::statat(&self.fd, name.as_str(), flags).ok()?;
                let used = (stat.st_mtime, stat.st_mtime_nsec.try_into().unwrap_or(0));
                Some((name, u64::try_from(stat.st_size).unwrap_or(0), used))
            })
            .collect()
    }
}

fn most() -> u64 {
    CODE_CAP.saturating_add(64)
}
