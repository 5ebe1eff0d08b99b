//! What the ledger says of disputes: who said what and when, how each was settled, and the stakes.

use std::collections::BTreeMap;

use arch_identity::{Digest, Timestamp};
use arch_ledger::{Entry, Record};

use super::books::Booking;
use crate::answer::Stop;
use crate::ledger_folder::{LedgerFolder, broken};

/// All entries that disputes are made of.
#[derive(Debug, Default)]
pub(crate) struct Docket {
    /// Each list of commitments.
    pub(crate) committed: Vec<Committed>,
    /// Commitments that were signed later, of any job.
    pub(crate) witnesses: Vec<Told>,
    /// In the order of their challenges.
    pub(crate) disputes: Vec<Filed>,
    /// What is done to the book, in the ledger's order.
    pub(crate) bookings: Vec<Booking>,
    /// What was given out as the product, by job and attempt.
    pub(crate) products: BTreeMap<(Digest, u32), Digest>,
    places: BTreeMap<Digest, usize>,
}

/// An entry that names a list of commitments.
#[derive(Debug, Clone)]
pub(crate) struct Committed {
    pub(crate) entry: u64,
    pub(crate) at: Timestamp,
    /// Its leaf hash in the ledger's tree.
    pub(crate) leaf: Digest,
    pub(crate) document: Digest,
    pub(crate) attempt: u32,
    pub(crate) list: Digest,
}

/// An entry that says that a message was heard.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) entry: u64,
    pub(crate) at: Timestamp,
    pub(crate) document: Digest,
    pub(crate) dispute: Option<Digest>,
    pub(crate) message: Digest,
    pub(crate) word: String,
    pub(crate) by: String,
}

/// An entry that says how a dispute ended.
#[derive(Debug, Clone)]
pub(crate) struct Settled {
    pub(crate) entry: u64,
    pub(crate) at: Timestamp,
    pub(crate) document: Digest,
    pub(crate) upheld: bool,
    pub(crate) at_fault: Vec<String>,
    pub(crate) judge: Option<String>,
    pub(crate) key: Option<Digest>,
}

/// The entries of one dispute.
#[derive(Debug)]
pub(crate) struct Filed {
    /// Digest of its challenge.
    pub(crate) id: Digest,
    /// In the ledger's order; the first one is the challenge, if the ledger is sound.
    pub(crate) said: Vec<Told>,
    /// One at most, if the ledger is sound.
    pub(crate) settled: Vec<Settled>,
}

impl Docket {
    /// Reads all entries. Whether the ledger holds is not asked.
    pub(crate) fn read(ledger: &LedgerFolder) -> Result<Self, Stop> {
        let mut docket = Self::default();
        for entry in ledger.reader.entries().map_err(|error| broken(&error))? {
            docket.take(&entry.map_err(|error| broken(&error))?);
        }
        Ok(docket)
    }

    fn take(&mut self, entry: &Entry) {
        let (index, at) = (entry.index, entry.time);
        self.bookings.extend(Booking::of(entry));
        match &entry.record {
            Record::Committed { document, attempt, commitments } => {
                let leaf = Digest::from_bytes(*entry.leaf().as_bytes());
                let (document, attempt, list) = (*document, *attempt, *commitments);
                self.committed.push(Committed { entry: index, at, leaf, document, attempt, list });
            }
            Record::Finished { document, attempt, outputs, .. } => {
                let product =
                    outputs.get("product").map(|product| ((*document, *attempt), *product));
                self.products.extend(product);
            }
            Record::Said { document, dispute, message, word, by } => {
                let (word, by) = (word.clone(), by.clone());
                let (document, dispute, message) = (*document, *dispute, *message);
                let told = Told { entry: index, at, document, dispute, message, word, by };
                match dispute {
                    Some(dispute) => self.filed(dispute).said.push(told),
                    None => self.witnesses.push(told),
                }
            }
            Record::Settled { document, dispute, upheld, at_fault, judge, key } => {
                let settled = Settled {
                    entry: index,
                    at,
                    document: *document,
                    upheld: *upheld,
                    at_fault: at_fault.clone(),
                    judge: judge.clone(),
                    key: *key,
                };
                self.filed(*dispute).settled.push(settled);
            }
            _ => {}
        }
    }

    fn filed(&mut self, id: Digest) -> &mut Filed {
        let place = *self.places.entry(id).or_insert(self.disputes.len());
        if place == self.disputes.len() {
            self.disputes.push(Filed { id, said: Vec::new(), settled: Vec::new() });
        }
        // Just pushed, or found by its place.
        #[expect(clippy::indexing_slicing, reason = "places are those of disputes")]
        &mut self.disputes[place]
    }

    /// The list of commitments that an entry names.
    pub(crate) fn committed_by(&self, entry: u64) -> Option<&Committed> {
        self.committed.iter().find(|committed| committed.entry == entry)
    }

    /// Commitments to a job that were heard before an entry: those that its challenge may name.
    pub(crate) fn witnesses_before(&self, document: Digest, entry: u64) -> Vec<&Told> {
        let counts = |told: &&Told| told.document == document && told.entry < entry;
        self.witnesses.iter().filter(counts).collect()
    }
}

impl Filed {
    /// The job, as its first message's entry says.
    pub(crate) fn job(&self) -> Option<Digest> {
        let said = self.said.first().map(|told| told.document);
        said.or_else(|| self.settled.first().map(|settled| settled.document))
    }

    /// The index of every entry about it, stakes aside.
    pub(crate) fn entries(&self) -> Vec<u64> {
        let said = self.said.iter().map(|told| told.entry);
        said.chain(self.settled.iter().map(|settled| settled.entry)).collect()
    }
}
