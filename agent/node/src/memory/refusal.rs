//! One document or file that was refused, perhaps for several reasons over time.

use arch_identity::Timestamp;
use arch_ledger::Record;

/// The last refusal of a document or file, and the codes of all.
#[derive(Debug, Clone)]
pub struct KnownRefusal {
    /// Index of the newest entry.
    pub index: u64,
    /// Time of the newest entry.
    pub time: Timestamp,
    /// Name of the file.
    pub file: String,
    /// Why, as a code.
    pub code: String,
    /// Why, in words.
    pub message: String,
    /// Line in the file.
    pub line: Option<u32>,
    /// Column in the file.
    pub column: Option<u32>,
    codes: Vec<String>,
}

impl KnownRefusal {
    /// The first refusal of a subject.
    pub(super) fn new(at: u64, now: Timestamp, record: &Record) -> Option<Self> {
        let Record::Refused { file, code, message, line, column, .. } = record else {
            return None;
        };
        Some(Self {
            index: at,
            time: now,
            file: file.clone(),
            code: code.clone(),
            message: message.clone(),
            line: *line,
            column: *column,
            codes: vec![code.clone()],
        })
    }

    /// A later one; the reasons of all are remembered.
    pub(super) fn after(mut self, earlier: Option<Self>) -> Self {
        let earlier = earlier.map(|known| known.codes).unwrap_or_default();
        let new = earlier.into_iter().filter(|code| !self.has_code(code)).collect::<Vec<_>>();
        self.codes.extend(new);
        self
    }

    pub(super) fn has_code(&self, code: &str) -> bool {
        self.codes.iter().any(|known| known == code)
    }
}
