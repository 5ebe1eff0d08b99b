//! The evidence that something is in the ledger.

use crate::entry::Entry;
use crate::tree::Hash;

/// An entry that is durable in the journal. Made only by [`Ledger::append`](crate::Ledger::append).
///
/// ```compile_fail
/// // No field is public and there is no constructor: nobody else can claim to have anchored.
/// fn forge(entry: arch_ledger::Entry) -> arch_ledger::Anchored {
///     arch_ledger::Anchored { entry, size: 1 }
/// }
/// ```
///
/// What does compile, its twin, is to ask one that the ledger gave:
///
/// ```
/// fn told(anchored: &arch_ledger::Anchored) -> u64 {
///     anchored.index()
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Anchored {
    entry: Entry,
    size: u64,
}

impl Anchored {
    pub(crate) fn new(entry: Entry, size: u64) -> Self {
        Self { entry, size }
    }

    /// The entry's index.
    #[must_use]
    pub fn index(&self) -> u64 {
        self.entry.index
    }

    /// Size of the ledger after the batch that the entry came in.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The entry.
    #[must_use]
    pub fn entry(&self) -> &Entry {
        &self.entry
    }

    /// The entry's hash in the tree.
    #[must_use]
    pub fn leaf(&self) -> Hash {
        self.entry.leaf()
    }
}
