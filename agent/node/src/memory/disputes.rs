//! What the ledger says of disputes: what was committed to, who said what and when, how it was settled, and
//! the book of stakes.

use std::collections::{BTreeMap, HashMap};

use arch_dispute::book::Book;
use arch_identity::{Digest, Timestamp};
use arch_ledger::Record;
use arch_stakes::op_of;

/// All of them.
#[derive(Debug, Default)]
pub struct Disputes {
    /// By job; who signs jobs chooses digests, so the hashes are keyed.
    promised: HashMap<Digest, Promised>,
    /// Commitments of others, by job.
    later: BTreeMap<Digest, Vec<Digest>>,
    known: BTreeMap<Digest, KnownDispute>,
    book: Book,
}

/// What the newest attempt at a job has committed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promised {
    /// Index of the entry.
    pub entry: u64,
    /// Digest of the list.
    pub list: Digest,
}

/// One dispute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownDispute {
    /// The job's document.
    pub job: Digest,
    /// The messages, and when each was heard; the challenge first.
    pub said: Vec<(Timestamp, Digest)>,
    /// Whether the challenge was right, once it has ended.
    pub settled: Option<bool>,
}

impl Disputes {
    pub(super) fn learn(&mut self, index: u64, time: Timestamp, record: &Record) {
        match record {
            Record::Committed { document, commitments, .. } => {
                let promised = Promised { entry: index, list: *commitments };
                self.promised.insert(*document, promised);
            }
            Record::Said { document, dispute: None, message, .. } => {
                self.later.entry(*document).or_default().push(*message);
            }
            Record::Said { document, dispute: Some(dispute), message, .. } => {
                let new = || KnownDispute { job: *document, said: Vec::new(), settled: None };
                let known = self.known.entry(*dispute).or_insert_with(new);
                known.said.push((time, *message));
            }
            Record::Settled { dispute, upheld, .. } => {
                if let Some(known) = self.known.get_mut(dispute) {
                    known.settled = Some(*upheld);
                }
            }
            record => {
                let op = op_of(record).and_then(Result::ok);
                let booked = op.map(|op| self.book.apply(&op));
                if let Some(Err(error)) = booked {
                    tracing::error!(index, %error, "an entry does not fit the book");
                }
            }
        }
    }

    /// What a job has committed to.
    #[must_use]
    pub fn promised(&self, job: &Digest) -> Option<Promised> {
        self.promised.get(job).copied()
    }

    /// The messages in which others commit to something of a job.
    #[must_use]
    pub fn later(&self, job: &Digest) -> &[Digest] {
        self.later.get(job).map_or(&[], Vec::as_slice)
    }

    /// A dispute.
    #[must_use]
    pub fn dispute(&self, dispute: &Digest) -> Option<&KnownDispute> {
        self.known.get(dispute)
    }

    /// The disputes about a job.
    pub fn about<'a>(
        &'a self,
        job: &'a Digest,
    ) -> impl Iterator<Item = (Digest, &'a KnownDispute)> + 'a {
        let of = self.known.iter().filter(move |(_, known)| known.job == *job);
        of.map(|(dispute, known)| (*dispute, known))
    }

    /// Disputes that have not ended.
    #[must_use]
    pub fn open(&self) -> Vec<Digest> {
        let open = self.known.iter().filter(|(_, known)| known.settled.is_none());
        open.map(|(dispute, _)| *dispute).collect()
    }

    /// Whether somebody says, or has shown, that what came of a job is wrong: nothing that depends on it
    /// goes on.
    #[must_use]
    pub fn contests(&self, job: &Digest) -> bool {
        self.about(job).any(|(_, known)| known.settled != Some(false))
    }

    /// Who has staked and lost what.
    #[must_use]
    pub fn book(&self) -> &Book {
        &self.book
    }
}
