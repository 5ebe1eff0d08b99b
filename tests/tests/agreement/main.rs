//! What we accept, every YAML parser reads alike: PyYAML (YAML 1.1), ruamel.yaml (1.2), Go's yaml.v3
//! and two of JavaScript; three RFC 8785 writers that are not ours write the same bytes; and tools
//! that are not ours judge our signatures as we do.
//!
//! `ARCH_CASES` sets how many texts are drawn, `ARCH_SEED` which; a disagreement prints both.
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
mod readers;
#[cfg(test)]
mod texts;

use std::collections::BTreeSet;

use arch_document::yaml;
use arch_identity::canonical;
use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use readers::Reader;

/// A text that our loader accepts, and its canonical bytes.
#[derive(serde::Serialize)]
struct Case {
    yaml: String,
    canonical: String,
}

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// The tree of an accepted text, read as documents are: by the quick reader if it can. The parser
/// alone has to come to the same.
fn tree(text: &str) -> Option<yaml::Tree> {
    let tree = yaml::load("case.yaml", text.as_bytes()).ok();
    assert_eq!(tree, yaml::apart::by_parser("case.yaml", text.as_bytes()).ok(), "{text:?}");
    tree
}

/// The accepted ones of `drawn` texts, each once.
fn accepted(drawn: u64, seed: u64) -> Vec<Case> {
    let mut bytes = [0_u8; 32];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let strategy = texts::texts();
    let mut seen = BTreeSet::new();
    (0..drawn)
        .map(|_| strategy.new_tree(&mut runner).unwrap().current())
        .filter_map(|text| {
            let json = tree(&text)?.json();
            let canonical = String::from_utf8(canonical::write(&json).unwrap()).unwrap();
            seen.insert(text.clone()).then_some(Case { yaml: text, canonical })
        })
        .collect()
}

#[test]
fn what_is_accepted_is_read_alike_by_every_parser() {
    let (drawn, seed) = (number("ARCH_CASES", 10_000), number("ARCH_SEED", 1));
    let cases = accepted(drawn, seed);
    println!("{} of {drawn} texts accepted, seed {seed}", cases.len());
    assert!(cases.len() as u64 > drawn / 20, "the texts are too wild to say anything");
    let rfc8785_by_serde = cases.iter().position(|case| {
        let value: serde_json::Value = serde_json::from_str(&case.canonical).unwrap();
        serde_json_canonicalizer::to_string(&value).unwrap() != case.canonical
    });
    assert_eq!(rfc8785_by_serde, None, "a Rust writer of RFC 8785 disagrees");
    let mut wrong = vec![];
    for reader in Reader::all() {
        for differs in reader.disagrees(&cases) {
            let case = &cases[differs.differs];
            wrong.push(format!(
                "{} reads {}\nwe read {}\nin {:?}\n",
                differs.by, differs.read, case.canonical, case.yaml
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} disagreements\n{}",
        wrong.len(),
        wrong[..wrong.len().min(20)].join("\n")
    );
}
