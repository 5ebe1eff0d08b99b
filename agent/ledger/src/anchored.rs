//! The evidence that something is in the ledger.

use arch_identity::Timestamp;

use crate::entry::{Entry, EntryError};
use crate::record::Record;
use crate::tree::Hash;

/// An entry that is durable in the journal. Made only by [`Ledger::append`](crate::Ledger::append) and
/// the like.
///
/// ```compile_fail
/// // No field is public and there is no constructor: nobody else can claim to have anchored.
/// fn forge(told: &arch_ledger::Anchored) -> arch_ledger::Anchored {
///     arch_ledger::Anchored { index: 7, ..told.clone() }
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
    pub(crate) index: u64,
    pub(crate) time: Timestamp,
    pub(crate) prev: Hash,
    pub(crate) record: Record,
    pub(crate) leaf: Hash,
    pub(crate) size: u64,
}

impl Anchored {
    /// The entry's index.
    #[must_use]
    pub fn index(&self) -> u64 {
        self.index
    }

    /// When it was written.
    #[must_use]
    pub fn time(&self) -> Timestamp {
        self.time
    }

    /// What it says.
    #[must_use]
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// The entry's hash in the tree.
    #[must_use]
    pub fn leaf(&self) -> Hash {
        self.leaf
    }

    /// Size of the ledger after the batch that the entry came in.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The entry as it stands in the journal, encoded once more.
    ///
    /// # Errors
    /// None that an entry which was anchored can meet.
    pub fn entry(&self) -> Result<Entry, EntryError> {
        Entry::new(self.index, self.time, self.prev, self.record.clone())
    }
}
