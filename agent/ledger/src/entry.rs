//! One entry: canonical JSON with version, time and the hash of the entry before.

mod decode;
mod encode;

use arch_identity::{Digest, Timestamp, canonical};
use arch_problem::{Code, codes};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::record::Record;
use crate::tree::Hash;

/// An entry bundle gives the length as 16 bits (C2SP tlog-tiles).
pub const MAX_ENTRY: usize = 65_535;
const VERSION: u64 = 1;

/// An entry of the ledger, as read from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Counted from 0.
    pub index: u64,
    /// When it was written, never earlier than the entry before.
    pub time: Timestamp,
    /// Leaf hash of the entry before, [`Hash::ZERO`] for the first.
    pub prev: Hash,
    /// What it says.
    pub record: Record,
    /// The bytes that are hashed: JCS JSON.
    pub bytes: Vec<u8>,
}

/// What the bytes of an entry say, without the bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parsed {
    pub(crate) prev: Hash,
    pub(crate) time: Timestamp,
    pub(crate) record: Record,
}

/// Why bytes are no entry, or a record cannot become one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EntryError {
    /// More than [`MAX_ENTRY`] bytes.
    #[error("an entry of {0} bytes is over the limit of 65535")]
    TooLarge(usize),
    /// The record holds a number that JSON cannot carry exactly, or the like.
    #[error("the record has no canonical form: {0}")]
    NotCanonical(String),
    /// The bytes are not JSON of a known kind and version.
    #[error("entry {index} cannot be read: {why}")]
    Unreadable {
        /// The entry's index.
        index: u64,
        /// What the reader stumbled on.
        why: String,
    },
    /// The bytes are a second spelling of the same entry.
    #[error("entry {0} is not in canonical form")]
    OtherSpelling(u64),
}

impl EntryError {
    /// The catalogue's code.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::TooLarge(_) => codes::ENTRY_TOO_LARGE,
            _ => codes::ENTRY_MALFORMED,
        }
    }
}

impl Entry {
    /// Writes a record down.
    ///
    /// # Errors
    /// [`EntryError::TooLarge`] and [`EntryError::NotCanonical`].
    pub fn new(
        index: u64,
        time: Timestamp,
        prev: Hash,
        record: Record,
    ) -> Result<Self, EntryError> {
        let mut bytes = Vec::new();
        encode(&mut bytes, time, &time.to_string(), prev, &record)?;
        Ok(Self { index, time, prev, record, bytes })
    }

    /// Reads the bytes of entry `index`, which are its canonical spelling or none.
    ///
    /// # Errors
    /// [`EntryError`].
    pub fn parse(index: u64, bytes: Vec<u8>) -> Result<Self, EntryError> {
        let Parsed { prev, time, record } = Parsed::read(index, &bytes)?;
        Ok(Self { index, time, prev, record, bytes })
    }

    /// The hash that stands in the tree.
    #[must_use]
    pub fn leaf(&self) -> Hash {
        Hash::leaf(&self.bytes)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Written<'a> {
    v: u64,
    time: Timestamp,
    prev: Hash,
    #[serde(flatten)]
    record: &'a Record,
}

/// Appends the canonical bytes to `out`; `text` is the time as text.
pub(crate) fn encode(
    out: &mut Vec<u8>,
    time: Timestamp,
    text: &str,
    prev: Hash,
    record: &Record,
) -> Result<(), EntryError> {
    let digest = Digest::from_bytes(*prev.as_bytes());
    let start = out.len();
    if encode::plainly(out, &encode::Common { prev: &digest, time: text }, record).is_none() {
        out.truncate(start);
        out.extend_from_slice(&generally(time, prev, record)?);
    }
    let len = out.len().saturating_sub(start);
    if len > MAX_ENTRY { Err(EntryError::TooLarge(len)) } else { Ok(()) }
}

/// As any canonical JSON is written: the definition of what an entry's bytes are.
fn generally(time: Timestamp, prev: Hash, record: &Record) -> Result<Vec<u8>, EntryError> {
    canonical::bytes(&Written { v: VERSION, time, prev, record })
        .map_err(|e| EntryError::NotCanonical(e.to_string()))
}

impl Parsed {
    /// Reads the bytes of entry `index`.
    pub(crate) fn read(index: u64, bytes: &[u8]) -> Result<Self, EntryError> {
        if bytes.len() > MAX_ENTRY {
            return Err(EntryError::TooLarge(bytes.len()));
        }
        if let Some(plain) = decode::plainly(bytes) {
            return Ok(plain);
        }
        let read = Self::read_generally(index, bytes)?;
        read.require_canonical(index, bytes).map(|()| read)
    }

    /// In whatever spelling.
    fn read_generally(index: u64, bytes: &[u8]) -> Result<Self, EntryError> {
        let unreadable =
            |e: serde_json::Error| EntryError::Unreadable { index, why: e.to_string() };
        let mut fields: Map<String, Value> = serde_json::from_slice(bytes).map_err(unreadable)?;
        let version = take::<u64>(&mut fields, "v").map_err(unreadable)?;
        if version != VERSION {
            return Err(EntryError::Unreadable {
                index,
                why: format!("version {version} is not known here"),
            });
        }
        let time = take(&mut fields, "time").map_err(unreadable)?;
        let prev = take(&mut fields, "prev").map_err(unreadable)?;
        let record = serde_json::from_value(Value::Object(fields)).map_err(unreadable)?;
        Ok(Self { prev, time, record })
    }

    /// Checks that the bytes are the one spelling of this.
    pub(crate) fn require_canonical(&self, index: u64, bytes: &[u8]) -> Result<(), EntryError> {
        let mut canonical = Vec::with_capacity(bytes.len());
        match encode(&mut canonical, self.time, &self.time.to_string(), self.prev, &self.record) {
            Ok(()) if canonical == bytes => Ok(()),
            _ => Err(EntryError::OtherSpelling(index)),
        }
    }
}

fn take<'de, T: Deserialize<'de>>(
    fields: &mut Map<String, Value>,
    name: &'static str,
) -> Result<T, serde_json::Error> {
    let value = fields.remove(name).ok_or_else(|| serde::de::Error::missing_field(name))?;
    T::deserialize(value)
}

#[cfg(test)]
mod tests;
