//! What we accept, every YAML parser reads alike: PyYAML (YAML 1.1), ruamel.yaml (1.2), Go's yaml.v3
//! and two of JavaScript; three RFC 8785 writers that are not ours write the same bytes; and tools
//! that are not ours judge our signatures, products and commitments as we do.
//!
//! `cargo xtask soak agreement` draws other texts, and as many as asked.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests may be blunt"
)]

#[cfg(test)]
mod envelopes;
#[cfg(test)]
mod matrices;
#[cfg(test)]
mod matrix_files;
#[cfg(test)]
mod prepared;
#[cfg(test)]
mod readers;
#[cfg(test)]
mod real_model;
#[cfg(test)]
mod texts;

use std::collections::BTreeSet;

use arch_campaign::{Campaign, Case};
use arch_document::yaml;
use arch_identity::canonical::{self, Json};
use readers::Reader;
use serde_json::Value;

/// Texts a case: starting the readers costs more than a thousand texts.
const SHEAF: u64 = 1_000;

/// A text that our loader accepts, and its canonical bytes.
#[derive(serde::Serialize)]
struct Accepted {
    yaml: String,
    canonical: String,
    /// What was read, for a writer that is not ours.
    #[serde(skip)]
    json: Value,
}

/// The tree of an accepted text, read as documents are: by the quick reader if it can. The parser
/// alone has to come to the same.
fn tree(text: &str) -> Option<yaml::Tree> {
    let tree = yaml::load("case.yaml", text.as_bytes()).ok();
    assert_eq!(tree, yaml::apart::by_parser("case.yaml", text.as_bytes()).ok(), "{text:?}");
    tree
}

/// What was read, as others hold it.
fn value(json: &Json) -> Value {
    match json {
        Json::Bool(flag) => Value::Bool(*flag),
        Json::Integer(number) => Value::from(*number),
        Json::Decimal(number) => Value::from(number.to_string().parse::<f64>().unwrap()),
        Json::Text(text) => Value::String(text.clone()),
        Json::List(list) => list.iter().map(value).collect(),
        Json::Object(map) => map.iter().map(|(key, of)| (key.clone(), value(of))).collect(),
    }
}

/// The accepted ones of a sheaf, each once.
fn accepted(case: &mut Case) -> Vec<Accepted> {
    let strategy = texts::texts();
    let drawn: BTreeSet<String> = (0..SHEAF).map(|_| case.draw(&strategy)).collect();
    let accept = |yaml: String| {
        let json = tree(&yaml)?.json();
        let canonical = String::from_utf8(canonical::write(&json).unwrap()).unwrap();
        Some(Accepted { yaml, canonical, json: value(&json) })
    };
    drawn.into_iter().filter_map(accept).collect()
}

#[test]
fn what_is_accepted_is_read_alike_by_every_parser() {
    let mut readers = Reader::all();
    Campaign::new("agreement", 10).watch("read otherwise").watch("written otherwise").run(|case| {
        let accepted = accepted(case);
        case.add("texts", SHEAF);
        case.add("accepted", accepted.len() as u64);
        assert!(accepted.len() as u64 > SHEAF / 20, "the texts are too wild to say anything");
        for Accepted { canonical, json, .. } in &accepted {
            let other = serde_json_canonicalizer::to_string(json).unwrap();
            if other != *canonical {
                case.fault("written otherwise", format!("we {canonical}\nserde {other}"));
            }
        }
        for reader in &mut readers {
            case.add(reader.counted, accepted.len() as u64);
            for differs in reader.disagrees(&accepted) {
                let ours = &accepted[differs.differs];
                let why = format!(
                    "{} reads {}\nwe read {}\nin {:?}",
                    differs.by, differs.read, ours.canonical, ours.yaml
                );
                case.fault("read otherwise", why);
            }
        }
    });
}
