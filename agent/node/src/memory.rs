//! What the ledger says, folded into answers: the jobs, the refusals, the newest versions.
//!
//! Never written to disk: it is made from the entries at the start and learns every entry that is
//! anchored. Deleting a file of the state folder therefore cannot make the node forget.

mod history;
mod job;
mod named;
mod refusal;

use std::collections::BTreeMap;

use arch_document::Kind;
use arch_identity::{Digest, Timestamp};
use arch_ledger::Record;
use arch_schedule::JobState;

pub use history::AcceptedBefore;
use job::Common;
pub use job::{End, KnownJob};
pub use named::Named;
pub use refusal::KnownRefusal;

/// All that the ledger says, as far as the agent asks.
#[derive(Debug, Default)]
pub struct Memory {
    jobs: BTreeMap<Digest, Box<KnownJob>>,
    /// Of the job that was accepted last.
    common: Common,
    refusals: BTreeMap<Digest, KnownRefusal>,
    versions: BTreeMap<(Kind, String), Newest>,
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
    /// Takes one entry in. Entries come in the order of their indices.
    pub fn learn(&mut self, index: u64, time: Timestamp, record: &Record) {
        self.newest = Some(self.newest.map_or(time, |newest| newest.max(time)));
        self.size = index.saturating_add(1);
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
            Record::Refused { subject, .. } => {
                if let Some(new) = KnownRefusal::new(index, time, record) {
                    let earlier = self.refusals.remove(subject);
                    self.refusals.insert(*subject, new.after(earlier));
                }
            }
            Record::Accepted { document, .. } => {
                if let Some(job) = KnownJob::accepted(index, time, record, &self.common) {
                    self.common = Common::from(&job);
                    self.jobs.insert(*document, Box::new(job));
                }
            }
            record => {
                if let Some(job) = record.job().and_then(|digest| self.jobs.get_mut(digest)) {
                    job.learn(index, time, record);
                }
            }
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

    /// A job that was accepted.
    #[must_use]
    pub fn job(&self, digest: &Digest) -> Option<&KnownJob> {
        self.jobs.get(digest).map(|job| &**job)
    }

    /// A document or file that was refused.
    #[must_use]
    pub fn refusal(&self, subject: &Digest) -> Option<&KnownRefusal> {
        self.refusals.get(subject)
    }

    /// Whether this refusal of this document or file stands in the ledger already.
    #[must_use]
    pub fn was_refused(&self, subject: &Digest, code: &str) -> bool {
        self.refusals.get(subject).is_some_and(|known| known.has_code(code))
    }

    /// Jobs that have not come to an end, in the order in which they were accepted.
    #[must_use]
    pub fn unended(&self) -> Vec<Digest> {
        let mut open: Vec<_> = self.jobs.iter().filter(|(_, job)| job.end.is_none()).collect();
        open.sort_by_key(|(_, job)| job.anchors.accepted);
        open.into_iter().map(|(digest, _)| *digest).collect()
    }

    /// Every accepted job.
    pub fn jobs(&self) -> impl Iterator<Item = (&Digest, &KnownJob)> {
        self.jobs.iter().map(|(digest, job)| (digest, &**job))
    }

    /// Everything that was refused and not accepted later.
    pub fn refusals(&self) -> impl Iterator<Item = (&Digest, &KnownRefusal)> {
        self.refusals.iter().filter(|(subject, _)| !self.jobs.contains_key(subject))
    }

    /// How many jobs are in each state, refused ones included.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<String, u64> {
        let mut counts = BTreeMap::new();
        let states = self.jobs.values().map(|job| job.state);
        for state in states.chain(self.refusals().map(|_| JobState::Refused)) {
            let count: &mut u64 = counts.entry(state.to_string()).or_default();
            *count = count.saturating_add(1);
        }
        counts
    }
}
