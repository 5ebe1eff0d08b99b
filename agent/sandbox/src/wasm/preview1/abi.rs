//! The numbers of preview 1 (`wasi_snapshot_preview1.witx`).

use crate::wasm::vfs::fault::Errno;
use crate::wasm::vfs::stat::{Kind, Stat};

/// `rights`: may be read from.
pub(crate) const FD_READ: u64 = 1 << 1;
/// `rights`: may be written to.
pub(crate) const FD_WRITE: u64 = 1 << 6;
/// `rights`: everything.
pub(crate) const ALL_RIGHTS: u64 = (1 << 30) - 1;
/// `rights` of a stream: read or write, status, poll. No seeking, so no library takes it for a tty.
pub(crate) const STREAM_RIGHTS: u64 = FD_READ | FD_WRITE | 1 << 21 | 1 << 27 | 1 << 2 | 1 << 5;

/// `fdflags`: writes go to the end.
pub(crate) const APPEND: u16 = 1;
/// `fdflags`: all that exist.
pub(crate) const ALL_FLAGS: u16 = 0b1_1111;

/// `lookupflags`: follow a link at the end.
pub(crate) const FOLLOW: u32 = 1;

/// `oflags`: create, folder, exclusive, truncate.
pub(crate) const OPEN_CREATE: u32 = 1;
/// See [`OPEN_CREATE`].
pub(crate) const OPEN_FOLDER: u32 = 2;
/// See [`OPEN_CREATE`].
pub(crate) const OPEN_EXCLUSIVE: u32 = 4;
/// See [`OPEN_CREATE`].
pub(crate) const OPEN_TRUNCATE: u32 = 8;

/// `filetype` of stdin, stdout and stderr: unknown, so that no library takes them for a tty.
pub(crate) const STREAM_TYPE: u8 = 0;

/// The `filetype` of a kind.
pub(crate) fn filetype(kind: Kind) -> u8 {
    match kind {
        Kind::Folder => 3,
        Kind::File => 4,
        Kind::Symlink => 7,
        Kind::Special => 0,
    }
}

/// The `errno` of a fault.
pub(crate) fn number(errno: Errno) -> u8 {
    match errno {
        Errno::TooBig => 1,
        Errno::Access => 2,
        Errno::BadDescriptor => 8,
        Errno::Busy => 10,
        Errno::Exists => 20,
        Errno::BadAddress => 21,
        Errno::BadText => 25,
        Errno::Invalid => 28,
        Errno::Io => 29,
        Errno::IsFolder => 31,
        Errno::TooManyOpen => 33,
        Errno::NameTooLong => 37,
        Errno::NoEntry => 44,
        Errno::NoSpace => 51,
        Errno::NotFolder => 54,
        Errno::NotEmpty => 55,
        Errno::NotSocket => 57,
        Errno::NotSupported => 58,
        Errno::Overflow => 61,
        Errno::NotPermitted => 63,
        Errno::ReadOnly => 69,
        Errno::NoSeek => 70,
        Errno::CrossDevice => 75,
        Errno::NotCapable => 76,
    }
}

/// `filestat`: device, inode, type, links, size, and three times that are zero.
pub(crate) fn filestat(stat: &Stat, filetype: u8) -> [u8; 64] {
    let mut out = [0; 64];
    let words = [stat.device, stat.inode, u64::from(filetype), 1, stat.size];
    for (place, word) in out.chunks_exact_mut(8).zip(words) {
        place.copy_from_slice(&word.to_le_bytes());
    }
    out
}

/// `fdstat`: type, flags, rights and inheriting rights.
pub(crate) fn fdstat(filetype: u8, flags: u16, base: u64, inheriting: u64) -> [u8; 24] {
    let first = u64::from(filetype) | u64::from(flags) << 16;
    let mut out = [0; 24];
    for (place, word) in out.chunks_exact_mut(8).zip([first, base, inheriting]) {
        place.copy_from_slice(&word.to_le_bytes());
    }
    out
}
