//! The ledger: an append-only journal, the Merkle tree over it, signed checkpoints and proofs.
//!
//! ```text
//! Records ──commit──> journal (one fdatasync) ──> Anchored: durable
//!                        │ publish: derived, never ahead of it
//!                        ├─> tile/<L>    the hashes of level L     tile/places    where entries stand
//!                        └─> checkpoint  Ed25519 and ML-DSA-44, C2SP signed-note: seen by others
//! folder ──Reader::verify──> Verification | Failure at a named place
//!        ──Reader::copy_tiles──> C2SP tlog-tiles with entry bundles, to be served
//! entry  ──receipt──> C2SP tlog-proof text ──Receipt::verify──> VerifiedCheckpoint
//! ```
//!
//! The journal is the truth; all else can be written anew from it, byte for byte. What was committed
//! is never cut, changed or repaired: a journal that does not agree with itself, or with what was
//! derived from it, is refused. There is no clock and no randomness in here; the time comes in with
//! each batch. Threads live only as long as one call: a start reads ahead, a backlog is written in turn.
//!
//! ```
//! use arch_identity::{KeyKind, KeyPair};
//! use arch_ledger::{Ledger, LogKeys, Reader, Receipt, Record, fault::MemFs};
//!
//! let keys = LogKeys::new("example.org/node", KeyPair::from_seed(KeyKind::Hybrid, &[7; 32])).unwrap();
//! let (now, folder) = ("2026-11-23T12:00:00Z".parse().unwrap(), MemFs::default());
//! let (mut ledger, _) = Ledger::open(folder.clone(), keys.clone(), now)?;
//! let kept = Record::PolicyKept { code: "ARCH-D004".into(), message: "too few signatures".into() };
//! let anchored = ledger.append(now, &[kept])?;
//!
//! let receipt: Receipt = ledger.receipt(anchored[0].index())?.parse().unwrap();
//! assert!(receipt.verify(&anchored[0].entry()?.bytes, keys.verifiers()).is_ok());
//! assert_eq!(Reader::new(folder).verify(Some(keys.verifiers())).unwrap().size, 2);
//! # Ok::<(), arch_ledger::LedgerError>(())
//! ```
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
mod consistency;
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
mod standing;
pub mod tree;

pub use anchored::Anchored;
pub use checkpoint::{Checkpoint, LogKeys, VerifiedCheckpoint};
pub use consistency::ConsistencyProof;
pub use entry::{Entry, EntryError, MAX_ENTRY};
pub use error::LedgerError;
pub use fs::StdFs;
pub use index::{Active, Index, JobRecord, VersionedKind};
pub use ledger::{Ledger, Listener, Recovery, Turn, Unanchored};
pub use note::{Note, NoteError, NoteSignature, VerifierKey};
pub use reader::{Entries, Failure, KeySource, Reader, Verification};
pub use receipt::{Receipt, ReceiptError};
pub use record::{BondShare, EndState, Record, Usage};
pub use standing::{JobState, jobs_expected};
pub use tree::Hash;

#[cfg(test)]
mod tests;
