//! Why a file call did not do what the guest asked.

use crate::wasm::stop::Stop;

/// An answer for the guest, or the end of the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The guest is told and goes on.
    Errno(Errno),
    /// The run ends here.
    Stop(Stop),
}

/// The error numbers this world can give, in the words of POSIX.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Errno {
    /// Not allowed on this object.
    Access,
    /// No such open descriptor, or not open for this.
    BadDescriptor,
    /// In use: a grant's own folder.
    Busy,
    /// Two grants, or a grant and `/out`.
    CrossDevice,
    /// The name is taken.
    Exists,
    /// A pointer outside the guest's memory.
    BadAddress,
    /// Not UTF-8.
    BadText,
    /// An argument that makes no sense.
    Invalid,
    /// The disk failed.
    Io,
    /// A folder where a file was asked for.
    IsFolder,
    /// A name or path is too long.
    NameTooLong,
    /// No such name.
    NoEntry,
    /// The disk is full.
    NoSpace,
    /// Outside every grant.
    NotCapable,
    /// A file where a folder was asked for.
    NotFolder,
    /// The folder still has entries.
    NotEmpty,
    /// A descriptor that is no socket.
    NotSocket,
    /// Never offered here.
    NotSupported,
    /// A number does not fit.
    Overflow,
    /// Links are not made here.
    NotPermitted,
    /// `/in` and read grants.
    ReadOnly,
    /// A stream has no position.
    NoSeek,
    /// A list is too long.
    TooBig,
    /// No descriptor is left.
    TooManyOpen,
}

impl From<Errno> for Fault {
    fn from(errno: Errno) -> Self {
        Self::Errno(errno)
    }
}

impl From<Stop> for Fault {
    fn from(stop: Stop) -> Self {
        Self::Stop(stop)
    }
}
