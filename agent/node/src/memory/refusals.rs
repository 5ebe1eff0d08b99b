//! Documents and files that were refused, each perhaps for several reasons over time. Who sends rubbish
//! decides how many there are: of each only the newest entry and the codes are kept.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arch_identity::Digest;

/// All of them, and how many were not accepted as a job at another time.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    known: BTreeMap<Digest, KnownRefusal>,
    without_job: u64,
    codes: Codes,
}

impl Refusals {
    /// Takes in the entry of a refusal, of what was accepted as a job before, or was not.
    pub(super) fn learn(&mut self, subject: Digest, index: u64, code: &str, has_job: bool) {
        let code = self.codes.held_once(code);
        let known = self.known.entry(subject).or_insert_with(|| {
            self.without_job = self.without_job.saturating_add(u64::from(!has_job));
            KnownRefusal::default()
        });
        known.learn(index, code);
    }

    /// What is accepted for the first time may have been refused before.
    pub(super) fn accepted(&mut self, document: &Digest) {
        if self.known.contains_key(document) {
            self.without_job = self.without_job.saturating_sub(1);
        }
    }

    pub(super) fn get(&self, subject: &Digest) -> Option<&KnownRefusal> {
        self.known.get(subject)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&Digest, &KnownRefusal)> {
        self.known.iter()
    }

    /// How many were never accepted as a job.
    pub(super) fn without_job(&self) -> u64 {
        self.without_job
    }
}

/// Where the ledger says why something was refused.
#[derive(Debug, Clone, Default)]
pub struct KnownRefusal {
    index: u64,
    codes: Box<[Arc<str>]>,
}

impl KnownRefusal {
    /// The reasons of all its entries are remembered.
    fn learn(&mut self, index: u64, code: Arc<str>) {
        self.index = index;
        if !self.has_code(&code) {
            let codes = std::mem::take(&mut self.codes);
            self.codes = codes.into_iter().chain([code]).collect();
        }
    }

    /// Index of the newest entry.
    #[must_use]
    pub fn index(&self) -> u64 {
        self.index
    }

    pub(super) fn has_code(&self, code: &str) -> bool {
        self.codes.iter().any(|known| **known == *code)
    }
}

/// The codes that occur. There are few, and an agent of another version may have had others.
#[derive(Debug, Default)]
struct Codes(BTreeSet<Arc<str>>);

impl Codes {
    fn held_once(&mut self, code: &str) -> Arc<str> {
        if let Some(known) = self.0.get(code) {
            return Arc::clone(known);
        }
        let code: Arc<str> = code.into();
        self.0.insert(Arc::clone(&code));
        code
    }
}
