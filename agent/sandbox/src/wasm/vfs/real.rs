//! The only place that touches the node's own files: everything goes beneath a granted folder.

use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{self, FileType, Mode, OFlags, RawDir, ResolveFlags};
use rustix::io::Errno as Sys;

use super::fault::Errno;
use super::own::FileId;
use super::stat::Kind;

/// Most names in one folder.
const LISTING_MAX: usize = 1 << 20;
/// Bytes asked of the kernel in one go.
const CHUNK: usize = 1 << 16;

/// Why the kernel said no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RealFault {
    /// A symbolic link, a magic link or a way out of the granted folder.
    Escape,
    /// Anything else.
    Errno(Errno),
}

/// Opens `path` (clean, relative, `""` for the folder itself) beneath `root`.
pub(crate) fn open(
    root: BorrowedFd<'_>,
    path: &str,
    flags: OFlags,
    mode: Mode,
) -> Result<OwnedFd, RealFault> {
    let path = if path.is_empty() { "." } else { path };
    let mut flags = flags | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    if !flags.contains(OFlags::PATH) {
        // A pipe put there must not make us wait. (openat2 refuses this beside O_PATH.)
        flags |= OFlags::NONBLOCK | OFlags::NOCTTY;
    }
    let how = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    Ok(again(|| fs::openat2(root, path, flags, mode, how))?)
}

/// The file system's root, from which grants are looked up. By `openat2`, because a shared worker
/// opens its grants anew for each job, behind a filter that has no other call that opens.
pub(crate) fn root() -> Result<OwnedFd, RealFault> {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let how = ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    Ok(again(|| fs::openat2(fs::CWD, "/", flags, Mode::empty(), how))?)
}

/// What the kernel says of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) kind: Kind,
    /// Bytes; 0 for anything but a file.
    pub(crate) size: u64,
    /// Hard links.
    pub(crate) names: u64,
    pub(crate) id: FileId,
}

/// The facts of an open file.
pub(crate) fn look(fd: BorrowedFd<'_>) -> Result<Facts, RealFault> {
    let stat = again(|| fs::fstat(fd))?;
    let kind = kind(FileType::from_raw_mode(stat.st_mode));
    let size = if kind == Kind::File { u64::try_from(stat.st_size).unwrap_or(0) } else { 0 };
    Ok(Facts { kind, size, names: stat.st_nlink, id: (stat.st_dev, stat.st_ino) })
}

/// The facts of `path` beneath `root`; a link at its end is looked at, not followed.
pub(crate) fn look_at(root: BorrowedFd<'_>, path: &str) -> Result<Facts, RealFault> {
    let fd = open(root, path, OFlags::PATH, Mode::empty())?;
    look(fd.as_fd())
}

/// A name as the kernel has it, and its kind unless the file system hides that.
pub(crate) type Name = (Vec<u8>, Option<Kind>);

/// Names of an open folder, in the kernel's order.
pub(crate) fn list(folder: BorrowedFd<'_>) -> Result<Vec<Name>, RealFault> {
    let mut buffer = vec![MaybeUninit::<u8>::uninit(); CHUNK];
    let mut entries = Vec::new();
    let mut names = RawDir::new(folder, &mut buffer);
    while let Some(entry) = names.next() {
        let entry = match entry {
            Err(Sys::INTR) => continue,
            other => other?,
        };
        let name = entry.file_name().to_bytes();
        if name == b"." || name == b".." {
            continue;
        }
        if entries.len() >= LISTING_MAX {
            return Err(RealFault::Errno(Errno::TooBig));
        }
        let kind = match entry.file_type() {
            FileType::Unknown => None,
            known => Some(kind(known)),
        };
        entries.push((name.to_vec(), kind));
    }
    Ok(entries)
}

/// Reads at `offset` until `buffer` is full or the file ends; returns the bytes read.
pub(crate) fn read_at(
    fd: BorrowedFd<'_>,
    buffer: &mut [u8],
    offset: u64,
) -> Result<usize, RealFault> {
    let mut done = 0_usize;
    while let Some(rest) = buffer.get_mut(done..).filter(|rest| !rest.is_empty()) {
        let at = offset.saturating_add(u64::try_from(done).unwrap_or(u64::MAX));
        match again(|| rustix::io::pread(fd, &mut *rest, at))? {
            0 => break,
            more => done = done.saturating_add(more),
        }
    }
    Ok(done)
}

/// Writes all of `bytes` at `offset`.
pub(crate) fn write_at(fd: BorrowedFd<'_>, bytes: &[u8], offset: u64) -> Result<(), RealFault> {
    let mut done = 0_usize;
    while let Some(rest) = bytes.get(done..).filter(|rest| !rest.is_empty()) {
        let at = offset.saturating_add(u64::try_from(done).unwrap_or(u64::MAX));
        match again(|| rustix::io::pwrite(fd, rest, at))? {
            0 => return Err(RealFault::Errno(Errno::NoSpace)),
            more => done = done.saturating_add(more),
        }
    }
    Ok(())
}

/// Reads a whole file that said it has `size` bytes; `None` if it has another number of them.
pub(crate) fn read_whole(fd: BorrowedFd<'_>, size: u64) -> Result<Option<Vec<u8>>, RealFault> {
    let size = usize::try_from(size).map_err(|_| RealFault::Errno(Errno::Overflow))?;
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(size).map_err(|_| RealFault::Errno(Errno::NoSpace))?;
    bytes.resize(size, 0);
    let full = read_at(fd, &mut bytes, 0)? == size;
    let ended = read_at(fd, &mut [0], u64::try_from(size).unwrap_or(u64::MAX))? == 0;
    Ok((full && ended).then_some(bytes))
}

/// Runs a system call, again while a signal or a rename elsewhere interrupts it.
pub(crate) fn again<T>(mut call: impl FnMut() -> rustix::io::Result<T>) -> rustix::io::Result<T> {
    let mut patience = 128_u32;
    loop {
        match call() {
            Err(Sys::INTR) => {}
            Err(Sys::AGAIN) if patience > 0 => patience = patience.saturating_sub(1),
            other => return other,
        }
    }
}

fn kind(of: FileType) -> Kind {
    match of {
        FileType::Directory => Kind::Folder,
        FileType::RegularFile => Kind::File,
        FileType::Symlink => Kind::Symlink,
        _ => Kind::Special,
    }
}

impl From<Sys> for RealFault {
    fn from(sys: Sys) -> Self {
        Self::Errno(match sys {
            // openat2(2): a link where none is allowed, and a step out of the root.
            Sys::LOOP | Sys::XDEV => return Self::Escape,
            Sys::ACCESS | Sys::PERM => Errno::Access,
            Sys::BUSY | Sys::TXTBSY => Errno::Busy,
            Sys::EXIST => Errno::Exists,
            Sys::INVAL => Errno::Invalid,
            Sys::ISDIR => Errno::IsFolder,
            Sys::NAMETOOLONG => Errno::NameTooLong,
            Sys::NOENT => Errno::NoEntry,
            Sys::NOTDIR => Errno::NotFolder,
            Sys::NOTEMPTY => Errno::NotEmpty,
            Sys::NOSPC | Sys::DQUOT | Sys::FBIG => Errno::NoSpace,
            Sys::ROFS => Errno::ReadOnly,
            Sys::MFILE | Sys::NFILE => Errno::TooManyOpen,
            _ => Errno::Io,
        })
    }
}
