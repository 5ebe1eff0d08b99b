//! The states of a job, and which entry may follow in which: what keeps the ledger's story of a job
//! from contradicting itself.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use arch_identity::Digest;
use serde::{Deserialize, Serialize};

use crate::record::{EndState, Record};

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

/// All that decides which entry about a job may come next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stand {
    pub(crate) state: JobState,
    /// Whether the ledger holds a `finished` entry of the job: there is at most one, and one more each
    /// time that a person has it tried again.
    pub(crate) ended: bool,
}

impl Stand {
    /// Where the job stands after `record`; `None` if the record makes no sense then.
    pub(crate) fn after(now: Option<Self>, record: &Record) -> Option<Self> {
        use JobState as S;
        let ended = now.is_some_and(|now| now.ended);
        let state = match (record, now.map(|now| now.state)) {
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
        };
        let ended = match record {
            Record::Finished { .. } => true,
            Record::Retried { .. } => false,
            _ => ended,
        };
        Some(Self { state, ended })
    }
}

/// Where every job stands: as little as a writer can do with, because it never forgets one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Standing {
    /// By digest. Who signs jobs chooses digests, so the hashes are keyed.
    jobs: HashMap<Digest, Stand>,
}

/// A job that ran has as many entries at the least.
const ENTRIES_OF_A_JOB: u64 = 3;
/// No more room is made on somebody's word.
const MOST_EXPECTED: u64 = 10_000_000;

/// For how many jobs there should be room before so many entries are read. A table that grows is for a
/// moment there twice, and what that leaves behind stays with the process.
#[must_use]
pub fn jobs_expected(entries: u64) -> usize {
    let jobs = entries.min(MOST_EXPECTED).div_euclid(ENTRIES_OF_A_JOB);
    usize::try_from(jobs).unwrap_or(0)
}

impl Standing {
    /// Makes room for the jobs of so many entries.
    pub(crate) fn expect(&mut self, entries: u64) {
        self.jobs.reserve(jobs_expected(entries));
    }

    /// A step that makes no sense is passed over: what is in the ledger cannot be refused any more.
    pub(crate) fn learn(&mut self, record: &Record) {
        let Some(document) = record.job() else { return };
        match self.jobs.entry(*document) {
            Entry::Occupied(mut known) => {
                if let Some(after) = Stand::after(Some(*known.get()), record) {
                    known.insert(after);
                }
            }
            Entry::Vacant(new) => {
                if let Some(after) = Stand::after(None, record) {
                    new.insert(after);
                }
            }
        }
    }
}

/// Where jobs stand with the steps of a batch that is not written yet.
pub(crate) type Ahead = BTreeMap<Digest, Stand>;

/// Checks the steps of a batch that is not written yet.
pub(crate) struct Steps<'a> {
    standing: &'a Standing,
    /// The batch before, if that is not in `standing` yet.
    behind: Option<&'a Ahead>,
    pub(crate) ahead: Ahead,
}

impl<'a> Steps<'a> {
    pub(crate) fn new(standing: &'a Standing, behind: Option<&'a Ahead>) -> Self {
        Self { standing, behind, ahead: BTreeMap::new() }
    }

    /// The state that the record does not fit, if it does not; `None` inside for an unknown job.
    pub(crate) fn check(&mut self, record: &Record) -> Result<(), Option<JobState>> {
        let Some(document) = record.job() else { return Ok(()) };
        let behind = || self.behind.and_then(|behind| behind.get(document));
        let known = || self.standing.jobs.get(document);
        let now = self.ahead.get(document).or_else(behind).or_else(known).copied();
        let after = Stand::after(now, record).ok_or(now.map(|now| now.state))?;
        self.ahead.insert(*document, after);
        Ok(())
    }
}
