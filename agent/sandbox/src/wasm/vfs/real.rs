//! The only place that touches the node's own files: everything goes beneath a granted folder.

use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{self, AtFlags, FileType, Mode, OFlags, RawDir, StatxFlags};
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
    /// A window into the kernel: procfs, sysfs and the like.
    Kernel,
    /// More names than the run has memory for.
    TooMuch,
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
        // A pipe put there must not make us wait.
        flags |= OFlags::NONBLOCK | OFlags::NOCTTY;
    }
    let fd = again(|| arch_files::open_beneath(root, path, flags, mode))?;
    let system = again(|| fs::fstatfs(&fd))?.f_type;
    if KERNEL.iter().any(|(_, magic)| *magic == system) { Err(RealFault::Kernel) } else { Ok(fd) }
}

/// File systems whose files are the kernel's or another process's state, by their magic numbers
/// (statfs(2)). Under a grant on `/` they would lead to the worker's own memory and out of its
/// folders. Mounts in general are fine: a grant may span file systems.
const KERNEL: [(&str, i64); 15] = [
    ("proc", 0x9fa0),
    ("sysfs", 0x6265_6572),
    ("cgroup", 0x0027_e0eb),
    ("cgroup2", 0x6367_7270),
    ("debugfs", 0x6462_6720),
    ("tracefs", 0x7472_6163),
    ("securityfs", 0x7363_6673),
    ("selinuxfs", 0xf97c_ff8c),
    ("smackfs", 0x4341_5d53),
    ("bpf", 0xcafe_4a11),
    ("binfmt_misc", 0x4249_4e4d),
    ("configfs", 0x6265_6570),
    ("efivarfs", 0xde5e_81e4),
    ("devpts", 0x1cd1),
    ("nsfs", 0x6e73_6673),
];

/// The file system's root, from which grants are looked up; by a shared worker for each job anew.
pub(crate) fn root() -> Result<OwnedFd, RealFault> {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    Ok(again(|| fs::openat(fs::CWD, "/", flags, Mode::empty()))?)
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
    let wanted = StatxFlags::BASIC_STATS | StatxFlags::BTIME;
    let stat = again(|| fs::statx(fd, "", AtFlags::EMPTY_PATH, wanted))?;
    let kind = kind(FileType::from_raw_mode(stat.stx_mode.into()));
    let size = if kind == Kind::File { stat.stx_size } else { 0 };
    let id = FileId {
        device: (stat.stx_dev_major, stat.stx_dev_minor),
        inode: stat.stx_ino,
        // Zero where the file system does not keep it.
        birth: (stat.stx_btime.tv_sec, stat.stx_btime.tv_nsec),
    };
    Ok(Facts { kind, size, names: stat.stx_nlink.into(), id })
}

/// The facts of `path` beneath `root`; a link at its end is looked at, not followed.
pub(crate) fn look_at(root: BorrowedFd<'_>, path: &str) -> Result<Facts, RealFault> {
    let fd = open(root, path, OFlags::PATH, Mode::empty())?;
    look(fd.as_fd())
}

/// A name as the kernel has it, and its kind unless the file system hides that.
pub(crate) type Name = (Vec<u8>, Option<Kind>);

/// What a name in a listing costs in memory, in bytes: itself, its entry, and the sorting of both.
pub(crate) fn cost(name: &[u8]) -> u64 {
    super::length(name).saturating_mul(2).saturating_add(128)
}

/// Names of an open folder, in the kernel's order; of no greater cost together than `room`.
pub(crate) fn list(folder: BorrowedFd<'_>, mut room: u64) -> Result<Vec<Name>, RealFault> {
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
        room = room.checked_sub(cost(name)).ok_or(RealFault::TooMuch)?;
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
            // A link where none is allowed, and a step out of the root.
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
