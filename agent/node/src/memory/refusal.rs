//! One document or file that was refused, perhaps for several reasons over time. Who sends rubbish
//! decides how many there are: of each only the newest entry and the codes are kept.

use std::collections::BTreeSet;
use std::sync::Arc;

/// Where the ledger says why something was refused.
#[derive(Debug, Clone, Default)]
pub struct KnownRefusal {
    index: u64,
    codes: Box<[Arc<str>]>,
}

impl KnownRefusal {
    /// Takes in the entry of a refusal; the reasons of all are remembered.
    pub(super) fn learn(&mut self, index: u64, code: Arc<str>) {
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
pub(super) struct Codes(BTreeSet<Arc<str>>);

impl Codes {
    pub(super) fn held_once(&mut self, code: &str) -> Arc<str> {
        if let Some(known) = self.0.get(code) {
            return Arc::clone(known);
        }
        let code: Arc<str> = code.into();
        self.0.insert(Arc::clone(&code));
        code
    }
}
