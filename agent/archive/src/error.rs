//! Why the archive could not give or keep something.

use std::io;
use std::path::{Path, PathBuf};

use arch_files::FileError;
use arch_identity::Digest;
use arch_ledger::LedgerError;
use arch_problem::{Code, Problem, codes};

/// Why the archive, or a bundle, was not read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveError {
    /// Other bytes lie under a digest.
    #[error("the archive's object `{0}` holds other bytes")]
    Damaged(Digest),
    /// Nothing lies under a digest.
    #[error("`{0}` is not in the archive")]
    Absent(Digest),
    /// More bytes than allowed.
    #[error("`{what}` has more than {limit} bytes")]
    TooLarge {
        /// The object, or what was to become one.
        what: String,
        /// The cap in bytes.
        limit: u64,
    },
    /// A replay bundle does not hold together.
    #[error("bundle, `{place}`: {why}")]
    Bundle {
        /// File in the bundle.
        place: String,
        /// What is wrong with it.
        why: String,
    },
    /// The ledger cannot be read.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// Reading or writing a file failed.
    #[error(transparent)]
    File(#[from] FileError),
    /// The operating system refused.
    #[error("`{}`: {source}", path.display())]
    Io {
        /// The path as asked for.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
}

impl ArchiveError {
    /// The catalogue's code.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Damaged(_) => codes::ARCHIVE_DAMAGED,
            Self::Absent(_) => codes::NOT_ARCHIVED,
            Self::TooLarge { .. } => codes::ARCHIVE_TOO_LARGE,
            Self::Bundle { .. } => codes::BUNDLE_INVALID,
            Self::Ledger(error) => error.code(),
            Self::File(error) => error.code(),
            Self::Io { .. } => codes::ARCHIVE_IO,
        }
    }

    /// The error as people are shown it.
    #[must_use]
    pub fn problem(&self) -> Problem {
        Problem::new(self.code(), self.to_string())
    }

    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }
}
