//! One entry: canonical JSON with version, time and the hash of the entry before.

use arch_identity::{Timestamp, canonical};
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
        let bytes = encode(time, prev, &record)?;
        if bytes.len() > MAX_ENTRY {
            return Err(EntryError::TooLarge(bytes.len()));
        }
        Ok(Self { index, time, prev, record, bytes })
    }

    /// Reads the bytes of entry `index`. Does not ask whether they are the canonical spelling.
    ///
    /// # Errors
    /// [`EntryError`].
    pub fn parse(index: u64, bytes: Vec<u8>) -> Result<Self, EntryError> {
        if bytes.len() > MAX_ENTRY {
            return Err(EntryError::TooLarge(bytes.len()));
        }
        let unreadable =
            |e: serde_json::Error| EntryError::Unreadable { index, why: e.to_string() };
        let mut fields: Map<String, Value> = serde_json::from_slice(&bytes).map_err(unreadable)?;
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
        Ok(Self { index, time, prev, record, bytes })
    }

    /// Checks that the bytes are the one spelling of what they say.
    ///
    /// # Errors
    /// [`EntryError::OtherSpelling`].
    pub fn require_canonical(&self) -> Result<(), EntryError> {
        match encode(self.time, self.prev, &self.record) {
            Ok(bytes) if bytes == self.bytes => Ok(()),
            _ => Err(EntryError::OtherSpelling(self.index)),
        }
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

fn encode(time: Timestamp, prev: Hash, record: &Record) -> Result<Vec<u8>, EntryError> {
    canonical::bytes(&Written { v: VERSION, time, prev, record })
        .map_err(|e| EntryError::NotCanonical(e.to_string()))
}

fn take<'de, T: Deserialize<'de>>(
    fields: &mut Map<String, Value>,
    name: &'static str,
) -> Result<T, serde_json::Error> {
    let value = fields.remove(name).ok_or_else(|| serde::de::Error::missing_field(name))?;
    T::deserialize(value)
}

#[cfg(test)]
mod tests {
    use arch_identity::Digest;

    use super::*;

    fn noon() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn an_entry_is_one_line_of_canonical_json() {
        let record = Record::Started {
            document: Digest::of(b"d"),
            attempt: 1,
            environment: Digest::of(b"e"),
        };
        let entry = Entry::new(3, noon(), Hash::ZERO, record).unwrap();
        let text = String::from_utf8(entry.bytes.clone()).unwrap();
        assert!(text.starts_with(r#"{"attempt":1,"document":"sha256:"#), "{text}");
        assert!(text.contains(r#""kind":"started","prev":"sha256:0000"#), "{text}");
        assert!(text.ends_with(r#""time":"2026-11-23T12:00:00Z","v":1}"#), "{text}");
        assert_eq!(Entry::parse(3, entry.bytes.clone()), Ok(entry));
    }

    #[test]
    fn absent_parts_of_a_refusal_are_left_out() {
        let record = Record::Refused {
            subject: Digest::of(b"x"),
            file: "a.yaml".into(),
            code: "ARCH-D108".into(),
            message: "key `a` stands twice".into(),
            line: Some(3),
            column: None,
            rule: None,
        };
        let entry = Entry::new(0, noon(), Hash::ZERO, record).unwrap();
        let text = String::from_utf8(entry.bytes.clone()).unwrap();
        assert!(
            text.contains("\"line\":3") && !text.contains("column") && !text.contains("null"),
            "{text}"
        );
        assert_eq!(Entry::parse(0, entry.bytes.clone()), Ok(entry));
    }

    #[test]
    fn unknown_kinds_fields_and_versions_are_refused() {
        let good = Entry::new(0, noon(), Hash::ZERO, Record::OutOfSpace {}).unwrap();
        let text = String::from_utf8(good.bytes).unwrap();
        let parse = |text: String| Entry::parse(0, text.into_bytes());
        assert!(parse(text.clone()).is_ok());
        assert!(parse(text.replace("outOfSpace", "outOfTime")).is_err());
        assert!(parse(text.replace("\"v\":1", "\"v\":2")).is_err());
        assert!(parse(text.replace("{\"kind\"", "{\"extra\":1,\"kind\"")).is_err());
        assert!(parse(text.replace("\"v\":1}", "\"v\":1}}")).is_err());
        let spaced = parse(text.replace("\"v\":1}", "\"v\": 1}")).unwrap();
        assert_eq!(spaced.require_canonical(), Err(EntryError::OtherSpelling(0)));
    }

    #[test]
    fn an_entry_beyond_the_limit_is_not_made() {
        let message = "x".repeat(MAX_ENTRY);
        let record = Record::PolicyKept { code: "ARCH-D004".into(), message };
        assert!(matches!(Entry::new(0, noon(), Hash::ZERO, record), Err(EntryError::TooLarge(_))));
        let record = Record::Root { document: Digest::of(b""), version: u64::MAX };
        assert!(matches!(
            Entry::new(0, noon(), Hash::ZERO, record),
            Err(EntryError::NotCanonical(_))
        ));
    }
}
