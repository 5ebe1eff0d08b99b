//! The loader: what it accepts has one meaning.

use arch_campaign::{Campaign, Case, Mutator};
use arch_document::yaml::{self, Node, Value};
use arch_identity::canonical;

use crate::corpus;

const TWO: &str = "two meanings";
const BEYOND: &str = "beyond the limits";
const PLACELESS: &str = "refused without a place";

const WORDS: [&str; 40] = [
    "a",
    "b: ",
    "- ",
    "\n",
    "  ",
    "[",
    "]",
    "{",
    "}",
    ", ",
    ": ",
    "? ",
    "\"",
    "'",
    "#",
    " # z",
    "|\n",
    ">-\n",
    "&a ",
    "*a",
    "!t ",
    "<<: ",
    "1",
    "0.5",
    "-",
    "true",
    "null",
    "~",
    "---\n",
    "...\n",
    "%YAML 1.2\n",
    "\\u0041",
    "é",
    "e\u{301}",
    "\u{feff}",
    "\t",
    "\r\n",
    "\r",
    "yes",
    "2026-11-23",
];

#[test]
fn an_accepted_mutant_of_a_document_has_one_meaning_and_keeps_the_limits() {
    let folders = ["tests/vectors", "manifests/examples", "policies/examples"];
    let mutator = Mutator::new(corpus::files(&folders, ".yaml")).with_words(&WORDS);
    Campaign::new("fuzz-yaml", 1_000).watch(TWO).watch(BEYOND).watch(PLACELESS).run(|case| {
        let bytes = mutator.draw(case);
        case.count("texts");
        match yaml::load("f", &bytes) {
            Ok(tree) => {
                case.count("accepted");
                accepted(case, &bytes, &tree);
            }
            Err(problem) => {
                let span = problem.at.as_ref().map(|place| place.span);
                let good = span.is_some_and(|span| {
                    span.start <= span.end && span.end <= bytes.len() && span.line >= 1
                });
                if !good || problem.help.is_empty() {
                    case.fault(PLACELESS, format!("{problem:?} in {}", bytes.escape_ascii()));
                }
            }
        }
    });
}

fn accepted(case: &mut Case, bytes: &[u8], tree: &yaml::Tree) {
    let json = tree.json();
    let body = canonical::write(&json).unwrap();
    // A reader and a writer that are not ours.
    let plain: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let theirs = serde_json_canonicalizer::to_vec(&plain).unwrap();
    // JSON is YAML: on a line of its own it says the same again.
    let line = [b"--- ".as_slice(), &body, b"\n"].concat();
    let again = yaml::load("f", &line).map(|tree| tree.json());
    if theirs != body || again.as_ref().ok() != Some(&json) {
        let why = format!(
            "{}\nwe {}\nthey {}\nagain {again:?}",
            bytes.escape_ascii(),
            body.escape_ascii(),
            theirs.escape_ascii()
        );
        case.fault(TWO, why);
    }
    let (nodes, deep) = size(tree.root());
    if bytes.len() > 256 * 1024 || nodes > 10_000 || deep > 16 {
        case.fault(BEYOND, format!("{} bytes, {nodes} values, {deep} deep", bytes.len()));
    }
}

/// Values, and how deep they stand.
fn size(node: &Node) -> (usize, usize) {
    let below: Vec<(usize, usize)> = match &node.value {
        Value::List(items) => items.iter().map(size).collect(),
        Value::Map(fields) => fields.values().map(|field| size(&field.node)).collect(),
        _ => return (1, 0),
    };
    let nodes = below.iter().map(|(nodes, _)| nodes).sum::<usize>();
    (nodes + 1, below.iter().map(|(_, deep)| deep).max().unwrap_or(&0) + 1)
}
