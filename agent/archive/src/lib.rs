//! The archive: bytes by their digest, what belongs to which job, and bundles to replay one offline.
//!
//! ```text
//! bytes ──put──> sha256/ab/cdef…        document ──keep_document──> documents/<job>
//!        <──get── (hashed again)        job + ledger ──bundle::write──> folder ──bundle::verify──> Bundle
//! ```
//!
//! Every object is written whole (temporary file, rename, then one flush for all who wait) and hashed
//! again on every read, so a damaged disk gives an error and never other bytes. What is in the
//! archive proves nothing by itself: the ledger says what happened, the archive holds it.
//!
//! ```
//! # let place = tempfile::tempdir().unwrap();
//! let archive = arch_archive::Archive::open(&place.path().join("archive"))?;
//! let digest = archive.put(b"hello")?;
//! assert_eq!(archive.get(&digest, 1024)?, b"hello");
//! # Ok::<(), arch_archive::ArchiveError>(())
//! ```

pub mod bundle;
mod documents;
mod error;
mod object;
mod store;
mod sweep;
mod together;

pub use error::ArchiveError;
pub use store::Archive;
