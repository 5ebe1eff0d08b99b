//! The records, enums and flags of the interfaces (wasi 0.2), and what resources stand for.

use wasmtime::component::{ComponentType, Lift, Lower, Resource, flags};

use crate::wasm::meter::Held;
use crate::wasm::vfs::Stream;
use crate::wasm::vfs::fault::Errno;
use crate::wasm::vfs::open::{File, Opened};
use crate::wasm::vfs::stat::{Entry, Kind, Listing};

/// `wasi:io/error.error`: why a stream failed.
pub(super) struct IoError(pub(super) ErrorCode);

/// `wasi:io/poll.pollable`: ready from this moment of the virtual clock on; 0 is always.
pub(super) struct Pollable(pub(super) u64);

/// `wasi:io/streams.input-stream`.
pub(super) enum InStream {
    /// stdin, which is at its end.
    Empty,
    /// A file from an offset on.
    File(File, u64),
}

/// `wasi:io/streams.output-stream`.
pub(super) enum OutStream {
    /// stdout or stderr.
    Print(Stream),
    /// A file from an offset on.
    File(File, u64),
    /// The end of a file, wherever it is.
    Append(File),
}

/// `wasi:filesystem/types.descriptor`.
pub(super) struct Descriptor {
    pub(super) opened: Opened,
    pub(super) flags: DescriptorFlags,
}

/// `wasi:filesystem/types.directory-entry-stream`.
pub(super) struct EntryStream {
    pub(super) entries: std::vec::IntoIter<Entry>,
    _held: Held,
}

impl From<Listing> for EntryStream {
    fn from(Listing { entries, held }: Listing) -> Self {
        Self { entries: entries.into_iter(), _held: held }
    }
}

/// `wasi:cli/terminal-input.terminal-input`; there never is one.
pub(super) struct TerminalInput;
/// `wasi:cli/terminal-output.terminal-output`; there never is one.
pub(super) struct TerminalOutput;

/// `wasi:io/streams.stream-error`.
#[derive(ComponentType, Lower)]
#[component(variant)]
pub(super) enum StreamError {
    #[component(name = "last-operation-failed")]
    Failed(Resource<IoError>),
    #[component(name = "closed")]
    Closed,
}

/// `wasi:clocks/wall-clock.datetime`.
#[derive(Debug, Clone, Copy, ComponentType, Lift, Lower)]
#[component(record)]
pub(super) struct Datetime {
    pub(super) seconds: u64,
    pub(super) nanoseconds: u32,
}

/// The one time there is.
pub(super) const EPOCH: Datetime = Datetime { seconds: 0, nanoseconds: 0 };

/// `wasi:filesystem/types.descriptor-type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ComponentType, Lower)]
#[component(enum)]
#[repr(u8)]
#[expect(dead_code, reason = "the interface has more kinds than our world")]
pub(super) enum DescriptorType {
    #[component(name = "unknown")]
    Unknown,
    #[component(name = "block-device")]
    BlockDevice,
    #[component(name = "character-device")]
    CharacterDevice,
    #[component(name = "directory")]
    Directory,
    #[component(name = "fifo")]
    Fifo,
    #[component(name = "symbolic-link")]
    SymbolicLink,
    #[component(name = "regular-file")]
    RegularFile,
    #[component(name = "socket")]
    Socket,
}

impl From<Kind> for DescriptorType {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Folder => Self::Directory,
            Kind::File => Self::RegularFile,
            Kind::Symlink => Self::SymbolicLink,
            Kind::Special => Self::Unknown,
        }
    }
}

// `wasi:filesystem/types.descriptor-flags`
flags! {
    DescriptorFlags {
        #[component(name = "read")]
        const READ;
        #[component(name = "write")]
        const WRITE;
        #[component(name = "file-integrity-sync")]
        const FILE_SYNC;
        #[component(name = "data-integrity-sync")]
        const DATA_SYNC;
        #[component(name = "requested-write-sync")]
        const WRITE_SYNC;
        #[component(name = "mutate-directory")]
        const MUTATE;
    }
}

// `wasi:filesystem/types.path-flags`
flags! {
    PathFlags {
        #[component(name = "symlink-follow")]
        const FOLLOW;
    }
}

// `wasi:filesystem/types.open-flags`
flags! {
    OpenFlags {
        #[component(name = "create")]
        const CREATE;
        #[component(name = "directory")]
        const DIRECTORY;
        #[component(name = "exclusive")]
        const EXCLUSIVE;
        #[component(name = "truncate")]
        const TRUNCATE;
    }
}

/// `wasi:filesystem/types.descriptor-stat`.
#[derive(ComponentType, Lower)]
#[component(record)]
pub(super) struct DescriptorStat {
    #[component(name = "type")]
    pub(super) kind: DescriptorType,
    #[component(name = "link-count")]
    pub(super) link_count: u64,
    pub(super) size: u64,
    #[component(name = "data-access-timestamp")]
    pub(super) accessed: Option<Datetime>,
    #[component(name = "data-modification-timestamp")]
    pub(super) modified: Option<Datetime>,
    #[component(name = "status-change-timestamp")]
    pub(super) changed: Option<Datetime>,
}

/// `wasi:filesystem/types.new-timestamp`. Any is accepted and none is kept.
#[derive(ComponentType, Lift)]
#[component(variant)]
#[expect(dead_code, reason = "the guest names a time that is not kept")]
pub(super) enum NewTimestamp {
    #[component(name = "no-change")]
    NoChange,
    #[component(name = "now")]
    Now,
    #[component(name = "timestamp")]
    Timestamp(Datetime),
}

/// `wasi:filesystem/types.directory-entry`.
#[derive(ComponentType, Lower)]
#[component(record)]
pub(super) struct DirectoryEntry {
    #[component(name = "type")]
    pub(super) kind: DescriptorType,
    pub(super) name: String,
}

/// `wasi:filesystem/types.metadata-hash-value`.
#[derive(ComponentType, Lower)]
#[component(record)]
pub(super) struct MetadataHash {
    pub(super) lower: u64,
    pub(super) upper: u64,
}

/// `wasi:filesystem/types.advice`, which changes nothing here.
#[derive(ComponentType, Lift)]
#[component(enum)]
#[repr(u8)]
#[expect(dead_code, reason = "the guest names one; all are the same here")]
pub(super) enum Advice {
    #[component(name = "normal")]
    Normal,
    #[component(name = "sequential")]
    Sequential,
    #[component(name = "random")]
    Random,
    #[component(name = "will-need")]
    WillNeed,
    #[component(name = "dont-need")]
    DontNeed,
    #[component(name = "no-reuse")]
    NoReuse,
}

/// `wasi:filesystem/types.error-code`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ComponentType, Lower)]
#[component(enum)]
#[repr(u8)]
#[expect(dead_code, reason = "the interface has more failures than our world")]
pub(super) enum ErrorCode {
    #[component(name = "access")]
    Access,
    #[component(name = "would-block")]
    WouldBlock,
    #[component(name = "already")]
    Already,
    #[component(name = "bad-descriptor")]
    BadDescriptor,
    #[component(name = "busy")]
    Busy,
    #[component(name = "deadlock")]
    Deadlock,
    #[component(name = "quota")]
    Quota,
    #[component(name = "exist")]
    Exist,
    #[component(name = "file-too-large")]
    FileTooLarge,
    #[component(name = "illegal-byte-sequence")]
    IllegalByteSequence,
    #[component(name = "in-progress")]
    InProgress,
    #[component(name = "interrupted")]
    Interrupted,
    #[component(name = "invalid")]
    Invalid,
    #[component(name = "io")]
    Io,
    #[component(name = "is-directory")]
    IsDirectory,
    #[component(name = "loop")]
    Loop,
    #[component(name = "too-many-links")]
    TooManyLinks,
    #[component(name = "message-size")]
    MessageSize,
    #[component(name = "name-too-long")]
    NameTooLong,
    #[component(name = "no-device")]
    NoDevice,
    #[component(name = "no-entry")]
    NoEntry,
    #[component(name = "no-lock")]
    NoLock,
    #[component(name = "insufficient-memory")]
    InsufficientMemory,
    #[component(name = "insufficient-space")]
    InsufficientSpace,
    #[component(name = "not-directory")]
    NotDirectory,
    #[component(name = "not-empty")]
    NotEmpty,
    #[component(name = "not-recoverable")]
    NotRecoverable,
    #[component(name = "unsupported")]
    Unsupported,
    #[component(name = "no-tty")]
    NoTty,
    #[component(name = "no-such-device")]
    NoSuchDevice,
    #[component(name = "overflow")]
    Overflow,
    #[component(name = "not-permitted")]
    NotPermitted,
    #[component(name = "pipe")]
    Pipe,
    #[component(name = "read-only")]
    ReadOnly,
    #[component(name = "invalid-seek")]
    InvalidSeek,
    #[component(name = "text-file-busy")]
    TextFileBusy,
    #[component(name = "cross-device")]
    CrossDevice,
}

impl From<Errno> for ErrorCode {
    fn from(errno: Errno) -> Self {
        match errno {
            // preview 2 has no word for "outside every grant"
            Errno::Access | Errno::NotCapable => Self::Access,
            Errno::BadDescriptor => Self::BadDescriptor,
            Errno::Busy => Self::Busy,
            Errno::CrossDevice => Self::CrossDevice,
            Errno::Exists => Self::Exist,
            Errno::BadAddress | Errno::Invalid => Self::Invalid,
            Errno::BadText => Self::IllegalByteSequence,
            Errno::Io => Self::Io,
            Errno::IsFolder => Self::IsDirectory,
            Errno::NameTooLong => Self::NameTooLong,
            Errno::NoEntry => Self::NoEntry,
            Errno::NoSpace => Self::InsufficientSpace,
            Errno::NotFolder => Self::NotDirectory,
            Errno::NotEmpty => Self::NotEmpty,
            Errno::NotSocket | Errno::NotSupported => Self::Unsupported,
            Errno::Overflow => Self::Overflow,
            Errno::NotPermitted => Self::NotPermitted,
            Errno::ReadOnly => Self::ReadOnly,
            Errno::NoSeek => Self::InvalidSeek,
            Errno::TooBig | Errno::TooManyOpen => Self::InsufficientMemory,
        }
    }
}
