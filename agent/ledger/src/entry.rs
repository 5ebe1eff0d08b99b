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

    /// Reads the bytes of entry `index`. Does not ask whether they are the canonical spelling.
    ///
    /// # Errors
    /// [`EntryError`].
    pub fn parse(index: u64, bytes: Vec<u8>) -> Result<Self, EntryError> {
        let Parsed { prev, time, record } = Parsed::read(index, &bytes)?;
        Ok(Self { index, time, prev, record, bytes })
    }

    /// Checks that the bytes are the one spelling of what they say.
    ///
    /// # Errors
    /// [`EntryError::OtherSpelling`].
    pub fn require_canonical(&self) -> Result<(), EntryError> {
        require_canonical(self.index, &self.bytes, self.time, self.prev, &self.record)
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

fn require_canonical(
    index: u64,
    bytes: &[u8],
    time: Timestamp,
    prev: Hash,
    record: &Record,
) -> Result<(), EntryError> {
    let mut canonical = Vec::with_capacity(bytes.len());
    match encode(&mut canonical, time, &time.to_string(), prev, record) {
        Ok(()) if canonical == bytes => Ok(()),
        _ => Err(EntryError::OtherSpelling(index)),
    }
}

impl Parsed {
    /// Reads the bytes of entry `index`, in whatever spelling.
    pub(crate) fn read(index: u64, bytes: &[u8]) -> Result<Self, EntryError> {
        if bytes.len() > MAX_ENTRY {
            return Err(EntryError::TooLarge(bytes.len()));
        }
        decode::plainly(bytes).map_or_else(|| Self::read_generally(index, bytes), Ok)
    }

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
        require_canonical(index, bytes, self.time, self.prev, &self.record)
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
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::record::{EndState, Usage};

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

    /// Behind other bytes, as in a batch.
    fn encoded(time: Timestamp, prev: Hash, record: &Record) -> Result<Vec<u8>, EntryError> {
        let mut out = b"{before".to_vec();
        encode(&mut out, time, &time.to_string(), prev, record)?;
        Ok(out.split_off(7))
    }

    fn digest() -> impl Strategy<Value = Digest> {
        any::<[u8; 32]>().prop_map(Digest::from_bytes)
    }

    /// Mostly plain, sometimes what JSON has to escape or UTF-16 sorts otherwise.
    fn word() -> impl Strategy<Value = String> {
        prop_oneof![4 => "[a-z0-9:/. -]{0,12}", 1 => any::<String>(), 1 => "kind|v|\u{e000}|\u{10000}"]
    }

    fn digests() -> impl Strategy<Value = BTreeMap<String, Digest>> {
        prop::collection::btree_map(word(), digest(), 0..3)
    }

    fn number() -> impl Strategy<Value = u64> {
        prop_oneof![0..20_u64, any::<u64>(), (1_u64 << 53) - 2..(1_u64 << 53) + 1]
    }

    fn end() -> impl Strategy<Value = EndState> {
        use EndState as E;
        prop_oneof![Just(E::Completed), Just(E::Failed), Just(E::Quarantined), Just(E::Cancelled)]
    }

    fn usage() -> impl Strategy<Value = Usage> {
        (number(), number(), number(), number(), prop_oneof![Just(0), number()]).prop_map(
            |(cpu_millis, peak_memory_bytes, output_bytes, wall_millis, denied)| Usage {
                cpu_millis,
                peak_memory_bytes,
                output_bytes,
                wall_millis,
                denied,
            },
        )
    }

    fn record() -> impl Strategy<Value = Record> {
        let words = || prop::collection::vec(word(), 0..3);
        let maybe = || prop::option::of(any::<u32>());
        prop_oneof![
            (digest(), word(), word(), digest(), digests(), digest(), words(), words()).prop_map(
                |(document, name, owner, module, inputs, policy, rules, grants)| Record::Accepted {
                    document,
                    name,
                    owner,
                    module,
                    inputs,
                    policy,
                    rules,
                    grants,
                }
            ),
            (digest(), any::<u32>(), digest()).prop_map(|(document, attempt, environment)| {
                Record::Started { document, attempt, environment }
            }),
            (digest(), any::<u32>(), word()).prop_map(|(document, attempt, why)| {
                Record::Interrupted { document, attempt, why }
            }),
            (
                (digest(), any::<u32>(), end(), word(), prop::option::of(word())),
                (digests(), prop::option::of(digest()), prop::option::of(digest())),
                (number(), usage()),
            )
                .prop_map(
                    |(
                        (document, attempt, state, outcome, code),
                        (outputs, logs, reads),
                        (fuel, usage),
                    )| {
                        Record::Finished {
                            document,
                            attempt,
                            state,
                            outcome,
                            code,
                            outputs,
                            logs,
                            reads,
                            fuel,
                            usage,
                        }
                    }
                ),
            (digest(), word(), word(), word(), maybe(), maybe(), prop::option::of(word()))
                .prop_map(|(subject, file, code, message, line, column, rule)| Record::Refused {
                    subject,
                    file,
                    code,
                    message,
                    line,
                    column,
                    rule,
                }),
            (digest(), word(), number()).prop_map(|(document, name, version)| Record::Policy {
                document,
                name,
                version,
            }),
            Just(Record::OutOfSpace {}),
        ]
    }

    fn place() -> impl Strategy<Value = (Timestamp, Hash)> {
        (0..253_402_300_800_i64, any::<[u8; 32]>())
            .prop_map(|(at, prev)| (Timestamp::from_unix(at).unwrap(), Hash::from_bytes(prev)))
    }

    proptest! {
        #[test]
        fn the_two_writers_agree(record in record(), (time, prev) in place()) {
            let general = generally(time, prev, &record);
            prop_assert_eq!(&encoded(time, prev, &record), &general);
            if let Ok(bytes) = general {
                let parsed = Parsed::read(0, &bytes).unwrap();
                prop_assert_eq!(&Parsed::read_generally(0, &bytes), &Ok(parsed.clone()));
                prop_assert_eq!(parsed, Parsed { prev, time, record });
            }
        }

        #[test]
        fn the_two_readers_agree(
            record in record(),
            (time, prev) in place(),
            at: prop::sample::Index,
            with: prop::sample::Index,
            byte: u8,
        ) {
            let Ok(bytes) = generally(time, prev, &record) else { return Ok(()) };
            let mut changed = vec![bytes.clone(); 4];
            let (at, with) = (at.index(bytes.len()), with.index(bytes.len()));
            changed[0][at] = byte;
            changed[1].remove(at);
            changed[2].insert(at, bytes[with]);
            changed[3].splice(at..at, bytes[with..].iter().copied());
            for bytes in changed {
                if let Some(plainly) = decode::plainly(&bytes) {
                    prop_assert_eq!(Parsed::read_generally(0, &bytes), Ok(plainly.clone()));
                    prop_assert_eq!(plainly.require_canonical(0, &bytes), Ok(()));
                }
            }
        }
    }

    #[test]
    fn frequent_kinds_take_the_short_way() {
        let bytes = |record: &Record| encoded(noon(), Hash::ZERO, record).unwrap();
        for record in crate::tests::world::frequent() {
            assert!(decode::plainly(&bytes(&record)).is_some(), "{record:?}");
        }
    }
}
