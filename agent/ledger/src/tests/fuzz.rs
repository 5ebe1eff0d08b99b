//! Mutants of everything that a ledger reads: journal, derived files, notes, proofs and receipts.
//!
//! `cargo xtask soak fuzz-journal`, `… fuzz-entries`, `… fuzz-tiles` and `… fuzz-note` draw others.

mod entries;
mod journal;
mod note;
mod tiles;
