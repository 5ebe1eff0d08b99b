//! Mutants of everything that a ledger reads: journal, derived files, notes, proofs and receipts.
//!
//! `cargo xtask soak fuzz-journal`, `… fuzz-entries`, `… fuzz-tiles` and `… fuzz-note` draw others.

mod entries;
mod journal;
mod note;
mod tiles;

use arch_campaign::Case;

use super::world::*;
use crate::fault::MemFs;
use crate::{Ledger, LedgerError, Reader, Recovery};

const TOUCHED: &str = "refused and changed";
const UNSTEADY: &str = "not whole afterwards";

/// Opens a ledger that somebody changed; none if it is refused, which has to leave it as it is.
fn opened(case: &mut Case, fs: &MemFs) -> Option<(Ledger<MemFs>, Recovery)> {
    case.count("journals");
    let before = fs.files();
    let _ = Reader::new(fs.clone()).verify(Some(keys().verifiers()));
    match open(fs) {
        Ok(opened) => Some(opened),
        Err(error) => {
            case.count("refused");
            let touched = fs.files() != before;
            if touched || matches!(error, LedgerError::Io { .. }) {
                case.fault(TOUCHED, format!("{error}; changed: {touched}"));
            }
            None
        }
    }
}

/// Whatever was opened is whole from then on, and opened again without a word.
fn is_whole(case: &mut Case, fs: &MemFs) {
    let whole = Reader::new(fs.clone()).verify(Some(keys().verifiers()));
    let again = open(fs).map(|(_, recovery)| recovery.cut_bytes);
    if whole.is_err() || !matches!(again, Ok(0)) {
        case.fault(UNSTEADY, format!("{whole:?}, opened again: {again:?}"));
    }
}
