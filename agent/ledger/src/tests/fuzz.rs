//! Mutants of everything that a ledger reads: journal, derived files, notes, proofs and receipts.
//!
//! `cargo xtask soak fuzz-journal`, `… fuzz-tiles` and `… fuzz-note` draw others.

mod journal;
mod note;
mod tiles;
