//! Reading what others may have put there.

use std::{
    fs::File,
    io::{self, Read as _},
    os::fd::OwnedFd,
    path::{Path, PathBuf},
};

use arch_problem::{Code, Problem, codes};
use rustix::{
    fs::{self, CWD, FileType, Mode, OFlags, Stat},
    io::Errno,
};

use crate::beneath::open_beneath;

/// Why bytes could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// A folder, FIFO, device, socket or symbolic link stands there.
    #[error("`{}` is {what}, not a regular file", path.display())]
    NotAFile {
        /// The path as asked for.
        path: PathBuf,
        /// What stands there.
        what: &'static str,
    },
    /// A file, a symbolic link or something else stands where a folder belongs.
    #[error("`{}` is {what}, not a folder", path.display())]
    NotAFolder {
        /// The path as asked for.
        path: PathBuf,
        /// What stands there.
        what: &'static str,
    },
    /// More bytes than the caller takes.
    #[error("`{}` has more than {limit} bytes", path.display())]
    TooLarge {
        /// The path as asked for.
        path: PathBuf,
        /// The most that is read, in bytes.
        limit: u64,
    },
    /// Nothing there (any more).
    #[error("`{}` is not there", path.display())]
    Absent {
        /// The path as asked for.
        path: PathBuf,
    },
    /// Somebody else could have written or read it.
    #[error("`{}` is open to others: {what}", path.display())]
    Exposed {
        /// The path as asked for.
        path: PathBuf,
        /// Owner or mode found.
        what: String,
    },
    /// The machine says no.
    #[error("`{}`: {source}", path.display())]
    Machine {
        /// The path as asked for.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
}

impl FileError {
    /// The catalogue's code.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::NotAFile { .. } => codes::NOT_A_FILE,
            Self::NotAFolder { .. } => codes::NOT_A_FOLDER,
            Self::TooLarge { .. } => codes::FILE_TOO_LARGE,
            Self::Absent { .. } => codes::FILE_ABSENT,
            Self::Exposed { .. } => codes::FILE_EXPOSED,
            Self::Machine { .. } => codes::FILE_MACHINE,
        }
    }

    /// The refusal as people see it.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let problem = Problem::new(self.code(), self.to_string());
        match self.remedy() {
            Some(remedy) => problem.help(remedy),
            None => problem,
        }
    }

    /// What to do, where the machine's answer tells more than the code.
    fn remedy(&self) -> Option<&'static str> {
        let Self::Machine { source, .. } = self else { return None };
        match source.kind() {
            io::ErrorKind::PermissionDenied => {
                Some("give the user that this runs as the right to it, with `chown` or `chmod`")
            }
            io::ErrorKind::ReadOnlyFilesystem => {
                Some("mount the file system for writing, or name a folder on another one")
            }
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                Some("free space on that file system")
            }
            _ => None,
        }
    }

    pub(crate) fn from_errno(path: &Path, errno: Errno) -> Self {
        let path = path.to_owned();
        match errno {
            Errno::NOENT => Self::Absent { path },
            Errno::LOOP => Self::NotAFile { path, what: "a symbolic link or behind one" },
            Errno::XDEV => Self::NotAFile { path, what: "a way up" },
            Errno::NXIO => Self::NotAFile { path, what: "a socket" },
            errno => Self::Machine { path, source: errno.into() },
        }
    }

    pub(crate) fn from_io(path: &Path, source: io::Error) -> Self {
        match Errno::from_io_error(&source) {
            Some(errno) => Self::from_errno(path, errno),
            None => Self::Machine { path: path.to_owned(), source },
        }
    }
}

/// Reads a regular file of at most `limit` bytes. Its last component must not be a link.
///
/// # Errors
/// [`FileError`]; never blocks on a FIFO, never touches a device.
pub fn read(path: &Path, limit: u64) -> Result<Vec<u8>, FileError> {
    open(path).and_then(|(file, stat)| whole(file, &stat, path, limit))
}

/// As [`read`], and no component at all may be a link or `..`: for a path that somebody else chose, so that
/// the name which was judged is the one that is followed.
///
/// # Errors
/// [`FileError`].
pub fn read_without_links(path: &Path, limit: u64) -> Result<Vec<u8>, FileError> {
    open_stat_without_links(path).and_then(|(file, stat)| whole(file, &stat, path, limit))
}

/// As [`read_without_links`], for a file that is too long to be held in memory: open for reading, with the
/// length that it has now.
///
/// # Errors
/// [`FileError`].
pub fn open_without_links(path: &Path) -> Result<(File, u64), FileError> {
    let (file, stat) = open_stat_without_links(path)?;
    Ok((file, u64::try_from(stat.st_size).unwrap_or(0)))
}

fn open_stat_without_links(path: &Path) -> Result<(File, Stat), FileError> {
    let (top, below) = match path.strip_prefix("/") {
        Ok(below) => (Path::new("/"), below),
        Err(_) => (Path::new("."), path),
    };
    let top_flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let top =
        fs::open(top, top_flags, Mode::empty()).map_err(|e| FileError::from_errno(path, e))?;
    open_by(path, |flags| open_beneath(&top, below, flags, Mode::empty()))
}

/// Opens for reading without following a link at the end and without waiting for a writer.
pub(crate) fn open(path: &Path) -> Result<(File, Stat), FileError> {
    open_by(path, |flags| fs::openat(CWD, path, flags, Mode::empty()))
}

fn open_by(
    path: &Path,
    open: impl Fn(OFlags) -> rustix::io::Result<OwnedFd>,
) -> Result<(File, Stat), FileError> {
    let told = |errno| FileError::from_errno(path, errno);
    // O_PATH first: opening a device can have effects, looking at it has none.
    let looked = open(OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC);
    regular(&looked.and_then(fs::fstat).map_err(told)?, path)?;
    let flags =
        OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
    let fd = open(flags).map_err(told)?;
    // It may have been replaced in between: what counts is what is open now.
    let stat = fs::fstat(&fd).map_err(told)?;
    regular(&stat, path)?;
    Ok((File::from(fd), stat))
}

fn regular(stat: &Stat, path: &Path) -> Result<(), FileError> {
    let what = match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => return Ok(()),
        FileType::Directory => "a folder",
        FileType::Fifo => "a FIFO",
        FileType::Symlink => "a symbolic link",
        FileType::Socket => "a socket",
        FileType::CharacterDevice | FileType::BlockDevice => "a device",
        FileType::Unknown => "of an unknown type",
    };
    Err(FileError::NotAFile { path: path.to_owned(), what })
}

pub(crate) fn whole(
    file: File,
    stat: &Stat,
    path: &Path,
    limit: u64,
) -> Result<Vec<u8>, FileError> {
    let too_large = || FileError::TooLarge { path: path.to_owned(), limit };
    let size = u64::try_from(stat.st_size).map_err(|_| too_large())?;
    if size > limit {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size).map_err(|_| too_large())?);
    // One byte more than allowed tells a file that grows from one that fits.
    file.take(limit.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|e| FileError::from_io(path, e))?;
    if u64::try_from(bytes.len()).is_ok_and(|n| n <= limit) { Ok(bytes) } else { Err(too_large()) }
}
