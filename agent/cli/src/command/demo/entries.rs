//! The ledger's entries, read while the agent goes on writing.

use std::path::Path;

use arch_ledger::Entry;

use super::deadline::Deadline;
use crate::answer::Stop;
use crate::ledger_folder::LedgerFolder;

/// All of them. A reading in the middle of a write is no error: it is tried again.
pub(super) fn read(state: &Path, deadline: Deadline) -> Result<Vec<Entry>, Stop> {
    let folder = state.join("ledger");
    deadline.wait_for("readable ledger", || {
        Ok(LedgerFolder::open(&folder).and_then(|ledger| ledger.entries()).ok())
    })
}
