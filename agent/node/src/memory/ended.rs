//! A job that came to its end: where the ledger speaks of it. A node that ran a million jobs cannot
//! keep them all, and need not: whoever asks for one reads its entries
//! ([`Anchors::job`](crate::anchors::Anchors::job)).

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroU64;

use arch_identity::{Digest, Timestamp};
use arch_ledger::{Record, jobs_expected};
use arch_schedule::{Event, JobState};

use super::KnownJob;

/// All that is kept of a job with an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndedJob {
    accepted_at: Timestamp,
    accepted: u64,
    finished: u64,
    // Entry 0 is that of the ledger itself.
    started: Option<NonZeroU64>,
    decided: Option<NonZeroU64>,
    state: JobState,
}

impl EndedJob {
    /// What is kept of a job that has just ended; `None` if it has not, or may be tried again.
    pub(super) fn of(job: &KnownJob) -> Option<Self> {
        if job.state == JobState::Dead {
            return None;
        }
        let entry = |index: Option<u64>| index.and_then(NonZeroU64::new);
        Some(Self {
            accepted_at: job.accepted_at,
            accepted: job.anchors.accepted?,
            finished: job.anchors.finished?,
            started: entry(job.anchors.started),
            decided: entry(job.anchors.decided),
            state: job.state,
        })
    }

    /// What a person decides about a result comes after the end.
    fn learn(&mut self, index: u64, record: &Record) {
        let event = match record {
            Record::Released { .. } => Event::ReleasedByHand,
            Record::Rejected { .. } => Event::RejectedByHand,
            _ => return,
        };
        self.decided = NonZeroU64::new(index);
        self.state = super::job::after(self.state, event);
    }

    /// Its state.
    #[must_use]
    pub fn state(&self) -> JobState {
        self.state
    }

    /// When it was accepted.
    #[must_use]
    pub fn accepted_at(&self) -> Timestamp {
        self.accepted_at
    }

    /// Index of its acceptance.
    #[must_use]
    pub fn accepted(&self) -> u64 {
        self.accepted
    }

    /// The entries that say all about it, in their order.
    pub(crate) fn entries(&self) -> impl Iterator<Item = u64> + use<> {
        let later = [self.started, NonZeroU64::new(self.finished), self.decided];
        [self.accepted].into_iter().chain(later.into_iter().flatten().map(NonZeroU64::get))
    }
}

/// All jobs with an end, and how many are in each state: who asks how the node is asks often, and must
/// not keep it busy by that.
#[derive(Debug, Default)]
pub(super) struct Ended {
    /// By digest. Who signs jobs chooses digests, so the hashes are keyed.
    jobs: HashMap<Digest, EndedJob>,
    counts: BTreeMap<JobState, u64>,
}

impl Ended {
    /// Makes room for the jobs of so many entries, of which nearly all will have ended.
    pub(super) fn expect(&mut self, entries: u64) {
        self.jobs.reserve(jobs_expected(entries));
    }

    pub(super) fn insert(&mut self, digest: Digest, job: EndedJob) {
        let before = self.jobs.insert(digest, job);
        self.moved(before.map(|before| before.state), job.state);
    }

    /// What a person decides about a result.
    pub(super) fn learn(&mut self, digest: &Digest, index: u64, record: &Record) {
        let Some(job) = self.jobs.get_mut(digest) else { return };
        let before = job.state;
        job.learn(index, record);
        let after = job.state;
        self.moved(Some(before), after);
    }

    fn moved(&mut self, before: Option<JobState>, after: JobState) {
        if let Some(count) = before.and_then(|before| self.counts.get_mut(&before)) {
            *count = count.saturating_sub(1);
        }
        let count = self.counts.entry(after).or_default();
        *count = count.saturating_add(1);
    }

    pub(super) fn get(&self, digest: &Digest) -> Option<&EndedJob> {
        self.jobs.get(digest)
    }

    pub(super) fn len(&self) -> usize {
        self.jobs.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&Digest, &EndedJob)> {
        self.jobs.iter()
    }

    /// How many are in each state.
    pub(super) fn counts(&self) -> impl Iterator<Item = (JobState, u64)> {
        self.counts.iter().map(|(state, count)| (*state, *count))
    }
}
