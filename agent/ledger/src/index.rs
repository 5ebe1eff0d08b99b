//! What follows from the entries: the replay database, the queue, the newest versions.
//!
//! Rebuilt from the journal at every start, so there is no second file that could tell otherwise.

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroU64;

use arch_identity::{Digest, Timestamp};
use serde::{Deserialize, Serialize};

use crate::entry::Entry;
use crate::record::{EndState, Record};

/// The sum of all entries.
#[derive(Debug, Clone, Default)]
pub struct Index {
    /// By digest. Who signs jobs chooses digests, so the hashes are keyed.
    jobs: HashMap<Digest, JobRecord>,
    versions: BTreeMap<(VersionedKind, String), Active>,
    refused: BTreeMap<Digest, u64>,
    newest: Option<Timestamp>,
    out_of_space: bool,
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

/// Where a job stands, as far as the ledger knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum JobState {
    /// In the queue.
    Accepted,
    /// Its sandbox was about to be started; after a crash nobody knows how far it came.
    Started,
    /// Cut off, waits to be tried again.
    Interrupted,
    /// Ended well.
    Completed,
    /// Ended badly.
    Failed,
    /// Ended with a result that waits for a person.
    Quarantined,
    /// Ended with parts that contradict each other.
    Disputed,
    /// Ended with a result that another run did not give.
    Dead,
    /// Was quarantined and let go.
    Released,
    /// Had a result that could not be relied upon, and that was thrown away.
    Rejected,
    /// Called off.
    Cancelled,
}

impl JobState {
    /// The state after `record`, `None` if the record makes no sense then. `ended` says whether the
    /// ledger holds a `finished` entry of the job: there is at most one, and one more each time that a
    /// person has it tried again.
    pub(crate) fn after(now: Option<Self>, ended: bool, record: &Record) -> Option<Self> {
        use JobState as S;
        Some(match (record, now) {
            (Record::Accepted { .. }, None) => S::Accepted,
            (Record::Started { .. }, Some(S::Accepted | S::Interrupted)) => S::Started,
            (Record::Committed { .. } | Record::Diverged { .. }, Some(S::Started)) => S::Started,
            // Whoever called it off meanwhile is told all the same.
            (Record::Committed { .. } | Record::Diverged { .. }, Some(S::Cancelled)) if !ended => {
                S::Cancelled
            }
            (Record::Interrupted { .. }, Some(S::Started)) => S::Interrupted,
            // Whoever calls a job off may still learn how its running attempt ended.
            (
                Record::Finished { state, .. },
                Some(S::Accepted | S::Started | S::Interrupted | S::Cancelled),
            ) if !ended => S::from(*state),
            (Record::Released { .. }, Some(S::Quarantined)) => S::Released,
            (Record::Rejected { .. }, Some(S::Quarantined | S::Disputed | S::Dead)) => S::Rejected,
            (Record::Retried { .. }, Some(S::Dead)) => S::Interrupted,
            (
                Record::Cancelled { .. },
                Some(S::Accepted | S::Started | S::Interrupted | S::Quarantined),
            ) => S::Cancelled,
            _ => return None,
        })
    }
}

impl From<EndState> for JobState {
    fn from(end: EndState) -> Self {
        match end {
            EndState::Completed => Self::Completed,
            EndState::Failed => Self::Failed,
            EndState::Quarantined => Self::Quarantined,
            EndState::Disputed => Self::Disputed,
            EndState::Dead => Self::Dead,
            EndState::Cancelled => Self::Cancelled,
        }
    }
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

    /// Whether the ledger last said that the disk is full.
    #[must_use]
    pub fn is_out_of_space(&self) -> bool {
        self.out_of_space
    }

    /// Takes one entry in; the entries come in their order.
    pub fn take(&mut self, entry: &Entry) {
        self.learn(entry.index, entry.time, &entry.record);
    }

    pub(crate) fn learn(&mut self, index: u64, time: Timestamp, record: &Record) {
        self.newest = Some(time);
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
            Record::OutOfSpace {} => self.out_of_space = true,
            Record::SpaceRegained {} => self.out_of_space = false,
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
        let after = JobState::after(Some(job.state), job.finished.is_some(), record);
        let Some(state) = after else { return };
        job.state = state;
        job.last = index;
        match record {
            Record::Finished { .. } => job.finished = NonZeroU64::new(index),
            Record::Retried { .. } => job.finished = None,
            _ => {}
        }
    }
}

/// Where jobs stand with the steps of a batch that is not written yet, and whether they ended.
pub(crate) type Ahead = BTreeMap<Digest, (JobState, bool)>;

/// Checks the steps of a batch that is not written yet.
pub(crate) struct Steps<'a> {
    index: &'a Index,
    /// The batch before, if that is not in the index yet.
    behind: Option<&'a Ahead>,
    pub(crate) ahead: Ahead,
}

impl<'a> Steps<'a> {
    pub(crate) fn new(index: &'a Index, behind: Option<&'a Ahead>) -> Self {
        Self { index, behind, ahead: BTreeMap::new() }
    }

    /// The state that the record does not fit, if it does not; `None` inside for an unknown job.
    pub(crate) fn check(&mut self, record: &Record) -> Result<(), Option<JobState>> {
        let Some(document) = record.job() else { return Ok(()) };
        let behind = || self.behind.and_then(|behind| behind.get(document));
        let known = || self.index.job(document).map(|job| (job.state, job.finished.is_some()));
        let now = self.ahead.get(document).or_else(behind).copied().or_else(known);
        let (state, ended) = (now.map(|(state, _)| state), now.is_some_and(|(_, ended)| ended));
        let after = JobState::after(state, ended, record).ok_or(state)?;
        let ended = match record {
            Record::Finished { .. } => true,
            Record::Retried { .. } => false,
            _ => ended,
        };
        self.ahead.insert(*document, (after, ended));
        Ok(())
    }
}
