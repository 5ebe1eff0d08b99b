use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::record::{BondShare, EndState, Usage};

fn noon() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

#[test]
fn an_entry_is_one_line_of_canonical_json() {
    let record =
        Record::Started { document: Digest::of(b"d"), attempt: 1, environment: Digest::of(b"e") };
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
    for other in ["\"v\": 1}", "\"\\u0076\":1}", "\"v\":1} "] {
        let spaced = parse(text.replace("\"v\":1}", other));
        assert_eq!(spaced, Err(EntryError::OtherSpelling(0)), "{other}");
    }
}

#[test]
fn an_entry_beyond_the_limit_is_not_made() {
    let message = "x".repeat(MAX_ENTRY);
    let record = Record::PolicyKept { code: "ARCH-D004".into(), message };
    assert!(matches!(Entry::new(0, noon(), Hash::ZERO, record), Err(EntryError::TooLarge(_))));
    let record = Record::Root { document: Digest::of(b""), version: u64::MAX };
    assert!(matches!(Entry::new(0, noon(), Hash::ZERO, record), Err(EntryError::NotCanonical(_))));
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
    prop_oneof![
        Just(E::Completed),
        Just(E::Failed),
        Just(E::Quarantined),
        Just(E::Disputed),
        Just(E::Dead),
        Just(E::Cancelled),
    ]
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
        (
            digest(),
            word(),
            word(),
            prop::option::of(digest()),
            digests(),
            digest(),
            words(),
            words(),
        )
            .prop_map(|(document, name, owner, module, inputs, policy, rules, grants)| {
                Record::Accepted { document, name, owner, module, inputs, policy, rules, grants }
            }),
        (digest(), any::<u32>(), digest()).prop_map(|(document, attempt, environment)| {
            Record::Started { document, attempt, environment }
        }),
        (digest(), any::<u32>(), digest()).prop_map(|(document, attempt, commitments)| {
            Record::Committed { document, attempt, commitments }
        }),
        (digest(), any::<u32>(), digest(), word()).prop_map(
            |(document, attempt, evidence, what)| Record::Diverged {
                document,
                attempt,
                evidence,
                what
            }
        ),
        (digest(), word()).prop_map(|(document, by)| Record::Retried { document, by }),
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
        (digest(), word(), word(), word(), maybe(), maybe(), prop::option::of(word())).prop_map(
            |(subject, file, code, message, line, column, rule)| Record::Refused {
                subject,
                file,
                code,
                message,
                line,
                column,
                rule,
            }
        ),
        (digest(), word(), number()).prop_map(|(document, name, version)| Record::Policy {
            document,
            name,
            version,
        }),
        dispute(),
        Just(Record::OutOfSpace {}),
    ]
}

/// What is said of disputes and their stakes.
fn dispute() -> impl Strategy<Value = Record> {
    let share = || (word(), number()).prop_map(|(to, units)| BondShare { to, units });
    prop_oneof![
        (digest(), prop::option::of(digest()), digest(), word(), word()).prop_map(
            |(document, dispute, message, word, by)| Record::Said {
                document,
                dispute,
                message,
                word,
                by
            }
        ),
        (
            (digest(), digest(), any::<bool>()),
            prop::collection::vec(word(), 0..3),
            (prop::option::of(word()), prop::option::of(digest())),
        )
            .prop_map(|((document, dispute, upheld), at_fault, (judge, key))| {
                Record::Settled { document, dispute, upheld, at_fault, judge, key }
            }),
        (digest(), word(), number()).prop_map(|(source, account, units)| Record::Deposit {
            source,
            account,
            units
        }),
        (digest(), word(), number()).prop_map(|(dispute, account, units)| Record::Bond {
            dispute,
            account,
            units
        }),
        (digest(), word()).prop_map(|(dispute, account)| Record::BondReturned { dispute, account }),
        (digest(), word(), prop::collection::vec(share(), 0..3), number()).prop_map(
            |(dispute, account, shares, burnt)| Record::BondLost {
                dispute,
                account,
                shares,
                burnt
            }
        ),
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
