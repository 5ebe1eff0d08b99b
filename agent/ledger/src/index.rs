//! What follows from the entries, for whoever reads a ledger: which jobs there were and where they
//! stand, the newest versions, what was refused.
//!
//! Made from the entries each time, so there is no second file that could tell otherwise.

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroU64;

use arch_identity::{Digest, Timestamp};

use crate::entry::Entry;
use crate::record::Record;
use crate::standing::{JobState, Stand};

/// The sum of all entries.
#[derive(Debug, Clone, Default)]
pub struct Index {
    /// By digest. Who signs jobs chooses digests, so the hashes are keyed.
    jobs: HashMap<Digest, JobRecord>,
    versions: BTreeMap<(VersionedKind, String), Active>,
    refused: BTreeMap<Digest, u64>,
    newest: Option<Timestamp>,
}

/// Where a job stands; what it is, its entries say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRecord {
    /// Where it stands.
    pub state: JobState,
    /// Index of its `accepted` entry.
    pub accepted: u64,
    /// Index of its `finished` entry; entry 0 is never one.
    pub finished: Option<NonZeroU64>,
    /// Index of the newest entry about it.
    pub last: u64,
}

/// Documents of which only newer versions are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum VersionedKind {
    /// The trust root; its name is always empty.
    Root,
    /// A policy.
    Policy,
    /// A revocation list.
    Revocation,
}

/// The newest version of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Active {
    /// Digest of the signed document.
    pub document: Digest,
    /// Its version.
    pub version: u64,
    /// Index of the entry that says so.
    pub index: u64,
}

impl Index {
    /// Whether the job was ever accepted: it never is again.
    #[must_use]
    pub fn was_accepted(&self, document: &Digest) -> bool {
        self.jobs.contains_key(document)
    }

    /// Whether a document, or a file of these bytes, was refused, and by which entry last.
    #[must_use]
    pub fn refused(&self, subject: &Digest) -> Option<u64> {
        self.refused.get(subject).copied()
    }

    /// The newest version that was ever active; `name` is empty for the root.
    #[must_use]
    pub fn newest(&self, kind: VersionedKind, name: &str) -> Option<Active> {
        self.versions.get(&(kind, name.to_owned())).copied()
    }

    /// Time of the newest entry.
    #[must_use]
    pub fn newest_time(&self) -> Option<Timestamp> {
        self.newest
    }

    /// What the ledger says of a job.
    #[must_use]
    pub fn job(&self, document: &Digest) -> Option<&JobRecord> {
        self.jobs.get(document)
    }

    /// All jobs, in no order.
    pub fn jobs(&self) -> impl Iterator<Item = (&Digest, &JobRecord)> {
        self.jobs.iter()
    }

    /// Takes one entry in; the entries come in their order.
    pub fn take(&mut self, entry: &Entry) {
        let (index, record) = (entry.index, &entry.record);
        self.newest = Some(entry.time);
        if let Some(document) = record.job() {
            return self.step(*document, index, record);
        }
        match record {
            Record::Root { document, version } => {
                self.activate(VersionedKind::Root, "", *document, *version, index);
            }
            Record::Policy { document, name, version } => {
                self.activate(VersionedKind::Policy, name, *document, *version, index);
            }
            Record::Revocation { document, name, version } => {
                self.activate(VersionedKind::Revocation, name, *document, *version, index);
            }
            Record::Refused { subject, .. } => {
                self.refused.insert(*subject, index);
            }
            _ => {}
        }
    }

    fn activate(
        &mut self,
        kind: VersionedKind,
        name: &str,
        document: Digest,
        version: u64,
        index: u64,
    ) {
        let newest = self.versions.entry((kind, name.to_owned())).or_insert(Active {
            document,
            version,
            index,
        });
        if version >= newest.version {
            *newest = Active { document, version, index };
        }
    }

    /// A step that makes no sense is passed over: what is in the ledger cannot be refused any more.
    fn step(&mut self, document: Digest, index: u64, record: &Record) {
        if let Record::Accepted { .. } = record {
            self.jobs.entry(document).or_insert_with(|| JobRecord {
                state: JobState::Accepted,
                accepted: index,
                finished: None,
                last: index,
            });
            return;
        }
        let Some(job) = self.jobs.get_mut(&document) else { return };
        let now = Stand { state: job.state, ended: job.finished.is_some() };
        let Some(after) = Stand::after(Some(now), record) else { return };
        job.state = after.state;
        job.last = index;
        match record {
            Record::Finished { .. } => job.finished = NonZeroU64::new(index),
            Record::Retried { .. } => job.finished = None,
            _ => {}
        }
    }
}
