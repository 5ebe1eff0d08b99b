//! Append-only journal, Merkle tiles, checkpoints and proofs.
#![cfg_attr(
    test,
    allow(
        clippy::arithmetic_side_effects,
        clippy::as_conversions,
        reason = "tests count small things"
    )
)]

mod anchored;
mod checkpoint;
mod derived;
mod entry;
mod error;
pub mod fault;
pub mod fs;
mod growth;
mod index;
mod journal;
mod layout;
mod ledger;
mod note;
pub mod proof;
pub mod reader;
mod receipt;
mod record;
pub mod tree;

pub use anchored::Anchored;
pub use checkpoint::{Checkpoint, LogKeys, VerifiedCheckpoint};
pub use entry::{Entry, EntryError, MAX_ENTRY};
pub use error::LedgerError;
pub use fs::StdFs;
pub use index::{Active, Index, JobRecord, JobState, VersionedKind};
pub use ledger::{Ledger, Recovery};
pub use note::{Note, NoteError, NoteSignature, VerifierKey};
pub use reader::{Entries, Failure, KeySource, Reader, Verification};
pub use receipt::{Receipt, ReceiptError};
pub use record::{EndState, Record, Usage};
pub use tree::Hash;

#[cfg(test)]
mod tests;
