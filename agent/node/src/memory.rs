//! What the ledger says, folded into answers: the jobs, the refusals, the newest versions. Of jobs that
//! are not over it holds all; of the others, and of refusals, where the ledger speaks of them.
//!
//! Never written to disk: it is made from the entries at the start and learns every entry that is
//! anchored. Deleting a file of the state folder therefore cannot make the node forget.

mod disputes;
mod ended;
mod history;
mod job;
mod named;
mod refusals;

use std::collections::BTreeMap;

use arch_document::Kind;
use arch_identity::{Digest, Timestamp};
use arch_ledger::Record;
use arch_schedule::JobState;

pub use disputes::{Disputes, KnownDispute, Promised};
use ended::Ended;
pub use ended::EndedJob;
pub use history::AcceptedBefore;
use job::Common;
pub use job::{End, KnownJob};
pub use named::Named;
pub use refusals::KnownRefusal;
use refusals::Refusals;

/// All that the ledger says, as far as the agent asks.
#[derive(Debug, Default)]
pub struct Memory {
    /// Jobs without an end.
    open: BTreeMap<Digest, Box<KnownJob>>,
    ended: Ended,
    /// Of the job that was accepted last.
    common: Common,
    refusals: Refusals,
    versions: BTreeMap<(Kind, String), Newest>,
    disputes: Disputes,
    /// Name of the policy that became active last.
    policy: Option<String>,
    node: Option<String>,
    newest: Option<Timestamp>,
    size: u64,
}

/// The newest document of a kind and name that was ever active here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Newest {
    /// Its version.
    pub version: u64,
    /// Its digest.
    pub document: Digest,
}

impl Memory {
    /// Makes room for the jobs of so many entries, of which nearly all will have ended.
    pub(crate) fn expect(&mut self, entries: u64) {
        self.ended.expect(entries);
    }

    /// Takes one entry in. Entries come in the order of their indices.
    pub fn learn(&mut self, index: u64, time: Timestamp, record: &Record) {
        self.newest = Some(self.newest.map_or(time, |newest| newest.max(time)));
        self.size = index.saturating_add(1);
        self.disputes.learn(index, time, record);
        match record {
            Record::Opened { node, .. } => self.node = Some(node.clone()),
            Record::Root { document, version } => self.version(Kind::Root, "", *document, *version),
            Record::Policy { document, name, version } => {
                self.policy = Some(name.clone());
                self.version(Kind::Policy, name, *document, *version);
            }
            Record::Revocation { document, name, version } => {
                self.version(Kind::Revocation, name, *document, *version);
            }
            Record::Refused { subject, code, .. } => {
                let has_job = self.has_job(subject);
                self.refusals.learn(*subject, index, code, has_job);
            }
            Record::Accepted { document, .. } => {
                if let Some(job) = KnownJob::accepted(index, time, record, &self.common) {
                    if !self.has_job(document) {
                        self.refusals.accepted(document);
                    }
                    self.common = Common::from(&job);
                    self.open.insert(*document, Box::new(job));
                }
            }
            record => {
                if let Some(document) = record.job() {
                    self.step(*document, index, time, record);
                }
            }
        }
    }

    fn step(&mut self, document: Digest, index: u64, time: Timestamp, record: &Record) {
        let Some(job) = self.open.get_mut(&document) else {
            return self.ended.learn(&document, index, record);
        };
        job.learn(index, time, record);
        if let Some(ended) = EndedJob::of(job) {
            self.open.remove(&document);
            self.ended.insert(document, ended);
        } else {
            job.keep_end(record);
        }
    }

    fn version(&mut self, kind: Kind, name: &str, document: Digest, version: u64) {
        let newest = Newest { version, document };
        let known = self.versions.entry((kind, name.to_owned())).or_insert(newest);
        if version >= known.version {
            *known = newest;
        }
    }

    /// The newest document of a kind and name; roots have no name here.
    #[must_use]
    pub fn newest(&self, kind: Kind, name: &str) -> Option<Newest> {
        let name = if kind == Kind::Root { "" } else { name };
        self.versions.get(&(kind, name.to_owned())).copied()
    }

    /// The did:key that the ledger was opened for.
    #[must_use]
    pub fn node(&self) -> Option<&str> {
        self.node.as_deref()
    }

    /// Time of the newest entry.
    #[must_use]
    pub fn newest_time(&self) -> Option<Timestamp> {
        self.newest
    }

    /// Number of entries.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// A job that has not come to an end.
    #[must_use]
    pub fn open_job(&self, digest: &Digest) -> Option<&KnownJob> {
        self.open.get(digest).map(|job| &**job)
    }

    /// A job that has.
    #[must_use]
    pub fn ended_job(&self, digest: &Digest) -> Option<&EndedJob> {
        self.ended.get(digest)
    }

    /// Whether a job was accepted, ended or not.
    #[must_use]
    pub fn has_job(&self, digest: &Digest) -> bool {
        self.open.contains_key(digest) || self.ended.get(digest).is_some()
    }

    /// The state of a job that was accepted.
    #[must_use]
    pub fn state_of(&self, digest: &Digest) -> Option<JobState> {
        let open = self.open_job(digest).map(|job| job.state);
        open.or_else(|| self.ended_job(digest).map(EndedJob::state))
    }

    /// When a job was accepted: the moment at which its signatures and its time were judged.
    #[must_use]
    pub fn accepted_at(&self, digest: &Digest) -> Option<Timestamp> {
        let open = self.open_job(digest).map(|job| job.accepted_at);
        open.or_else(|| self.ended_job(digest).map(EndedJob::accepted_at))
    }

    /// Disputes and stakes.
    #[must_use]
    pub fn disputes(&self) -> &Disputes {
        &self.disputes
    }

    /// Jobs that have ended with parts that contradict each other, and that nobody has thrown away.
    #[must_use]
    pub fn disputed(&self) -> Vec<Digest> {
        let of = self.ended.iter().filter(|(_, job)| job.state() == JobState::Disputed);
        of.map(|(digest, _)| *digest).collect()
    }

    /// A document or file that was refused.
    #[must_use]
    pub fn refusal(&self, subject: &Digest) -> Option<&KnownRefusal> {
        self.refusals.get(subject)
    }

    /// Whether this refusal of this document or file stands in the ledger already.
    #[must_use]
    pub fn was_refused(&self, subject: &Digest, code: &str) -> bool {
        self.refusal(subject).is_some_and(|known| known.has_code(code))
    }

    /// Jobs that are still to be brought to an end, in the order in which they were accepted. Dead letters
    /// wait for a person.
    #[must_use]
    pub fn unended(&self) -> Vec<Digest> {
        let mut open: Vec<_> =
            self.open.iter().filter(|(_, job)| job.state != JobState::Dead).collect();
        open.sort_by_key(|(_, job)| job.anchors.accepted);
        open.into_iter().map(|(digest, _)| *digest).collect()
    }

    /// How many jobs were ever accepted.
    #[must_use]
    pub fn jobs(&self) -> usize {
        self.open.len().saturating_add(self.ended.len())
    }

    /// Every accepted job, and everything that was refused and not accepted later: the entry that says
    /// so, the digest and the state.
    pub fn subjects(&self) -> impl Iterator<Item = (u64, Digest, JobState)> {
        let accepted = |job: &KnownJob| job.anchors.accepted.unwrap_or(0);
        let open = self.open.iter().map(move |(digest, job)| (accepted(job), *digest, job.state));
        let ended = self.ended.iter().map(|(digest, job)| (job.accepted(), *digest, job.state()));
        let refused = self.refusals.iter().filter(|(subject, _)| !self.has_job(subject));
        let refused = refused.map(|(subject, known)| (known.index(), *subject, JobState::Refused));
        open.chain(ended).chain(refused)
    }

    /// How many jobs are in each state, by the state's word, refused ones included. Only those without an
    /// end are looked at.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<&'static str, u64> {
        let open = self.open.values().map(|job| (job.state, 1));
        let refused = [(JobState::Refused, self.refusals.without_job())];
        let mut counts = BTreeMap::new();
        for (state, more) in open.chain(self.ended.counts()).chain(refused) {
            if more > 0 {
                let count: &mut u64 = counts.entry(state.as_str()).or_default();
                *count = count.saturating_add(more);
            }
        }
        counts
    }
}

#[cfg(test)]
mod tests;
