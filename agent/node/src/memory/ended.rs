//! A job that came to its end: where the ledger speaks of it. A node that ran a million jobs cannot
//! keep them all, and need not: whoever asks for one reads its entries
//! ([`Anchors::job`](crate::anchors::Anchors::job)).

use std::num::NonZeroU64;

use arch_identity::Timestamp;
use arch_ledger::Record;
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
    pub(super) fn learn(&mut self, index: u64, record: &Record) {
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
