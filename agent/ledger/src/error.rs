//! Why the ledger refused.

use std::io;

use arch_identity::Digest;
use arch_problem::{Code, codes};

use crate::entry::EntryError;
use crate::note::NoteError;
use crate::proof::BuildError;
use crate::standing::JobState;

/// Why a ledger was not opened, not read or not written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// Somebody else holds the folder's lock.
    #[error("another process has the ledger open")]
    Busy,
    /// An I/O error left it open what is on disk; only a new start helps.
    #[error("the ledger has stopped after an I/O error: {0}")]
    Poisoned(String),
    /// Committed bytes are gone or changed.
    #[error("the journal is damaged at entry {index}, offset {offset}: {why}")]
    Damaged {
        /// Index of the first entry that cannot be read.
        index: u64,
        /// Where its record begins in `journal`.
        offset: u64,
        /// What was found.
        why: String,
    },
    /// The journal is one, but of another version.
    #[error("the journal is of version {found}; known here is {known}")]
    OtherFormat {
        /// The version of the journal on disk.
        found: char,
        /// The one that is read and written here.
        known: char,
    },
    /// Something on disk was derived from a longer journal.
    #[error(
        "the journal ends after {found} entries, but `{by}` shows that {committed} were committed"
    )]
    RolledBack {
        /// Entries in the journal.
        found: u64,
        /// Entries that were committed.
        committed: u64,
        /// The file that says so.
        by: String,
    },
    /// Checkpoint and journal differ at the same size.
    #[error("the checkpoint of {size} entries names another root than the journal leads to")]
    Forked {
        /// Size in the checkpoint.
        size: u64,
    },
    /// The checkpoint is not signed as it must be.
    #[error("the checkpoint cannot be believed: {0}")]
    Checkpoint(#[source] NoteError),
    /// The first entry names another log.
    #[error("the ledger belongs to `{origin}` with other keys")]
    OtherKeys {
        /// Origin in the first entry.
        origin: String,
    },
    /// The disk is full; refusals and endings may still go through.
    #[error("no room left on the disk to take on work")]
    OutOfSpace,
    /// A record cannot become an entry, or an entry cannot be read.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// More entries or bytes than one batch may have.
    #[error("a batch holds at most 4096 entries and 16 MiB")]
    BatchTooLarge,
    /// A record that does not fit what the ledger says of the job.
    #[error("job `{document}` cannot take this step: it is {}", .state.map_or("unknown".to_owned(), |s| format!("{s:?}").to_lowercase()))]
    IllegalStep {
        /// The job.
        document: Digest,
        /// Where it stands; `None` if it was never accepted.
        state: Option<JobState>,
    },
    /// The index or size does not exist.
    #[error("the ledger has {size} entries; there is no {asked}")]
    NoSuchEntry {
        /// What was asked for.
        asked: u64,
        /// What there is.
        size: u64,
    },
    /// A file that must be there is not.
    #[error("`{0}` is missing")]
    Incomplete(String),
    /// A derived file has other bytes than it should.
    #[error("`{0}` differs from the journal")]
    Differs(String),
    /// The operating system refused.
    #[error("`{path}`: {source}")]
    Io {
        /// File below the ledger's folder.
        path: String,
        /// What it said.
        source: io::Error,
    },
}

impl LedgerError {
    /// The catalogue's code.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Busy => codes::LEDGER_BUSY,
            Self::Poisoned(_) => codes::LEDGER_POISONED,
            Self::Damaged { .. } => codes::LEDGER_DAMAGED,
            Self::OtherFormat { .. } => codes::LEDGER_OTHER_FORMAT,
            Self::RolledBack { .. } => codes::LEDGER_ROLLED_BACK,
            Self::Forked { .. } => codes::LEDGER_FORKED,
            Self::Checkpoint(_) => codes::CHECKPOINT_UNVERIFIED,
            Self::OtherKeys { .. } => codes::LEDGER_OTHER_KEYS,
            Self::OutOfSpace => codes::LEDGER_OUT_OF_SPACE,
            Self::Entry(error) => error.code(),
            Self::BatchTooLarge => codes::ENTRY_TOO_LARGE,
            Self::IllegalStep { .. } => codes::ILLEGAL_STEP,
            Self::NoSuchEntry { .. } => codes::NO_SUCH_ENTRY,
            Self::Incomplete(_) => codes::LEDGER_INCOMPLETE,
            Self::Differs(_) => codes::TILE_DIFFERS,
            Self::Io { .. } => codes::LEDGER_IO,
        }
    }

    pub(crate) fn damaged(index: u64, offset: u64, why: &str) -> Self {
        Self::Damaged { index, offset, why: why.to_owned() }
    }

    pub(crate) fn io(path: &str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { path: path.to_owned(), source }
    }
}

impl From<BuildError<LedgerError>> for LedgerError {
    fn from(error: BuildError<LedgerError>) -> Self {
        match error {
            BuildError::NoSuchEntry { asked, size } => Self::NoSuchEntry { asked, size },
            BuildError::Tile(error) => error,
            BuildError::WrongWidth(at) => {
                Self::Differs(crate::tree::TilePath::Hashes(at).to_string())
            }
        }
    }
}
