//! Mutants of node.yaml through the real loader: what is accepted says the same when it is written
//! and read again, and what is refused says where.
//!
//! `cargo xtask soak fuzz-settings` draws others.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may be blunt")]

use std::path::Path;

use arch_campaign::{Campaign, Case, Mutator};
use arch_node::settings::{Settings, load};

const EXAMPLE: &str = include_str!("../../../dist/node.yaml.example");
const OTHERWISE: &str = "read otherwise again";
const SENSELESS: &str = "senseless settings";
const WORDLESS: &str = "refused without words or place";

const WORDS: [&str; 34] = [
    "\n",
    "  ",
    ": ",
    "- ",
    "[",
    "]",
    "{",
    "}",
    ", ",
    "\"",
    "'",
    "#",
    "&a ",
    "*a",
    "<<: ",
    "!!set ",
    "---\n",
    "...\n",
    "|\n",
    "yes",
    "true",
    "null",
    "~",
    "0",
    "-1",
    "1e9",
    "0.5",
    "10s",
    "1Gi",
    "4",
    "trustRoot: ",
    "jobs: ",
    "attempts: ",
    "\u{feff}",
];

/// The example as it stands, with everything switched on, and a few short ones.
fn corpus() -> Vec<Vec<u8>> {
    let on = |line: &str| match line.strip_prefix('#') {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_lowercase()) => rest.to_owned(),
        Some(rest) if rest.starts_with("  ") => rest.to_owned(),
        _ => line.to_owned(),
    };
    let everything: Vec<String> = EXAMPLE.lines().map(on).collect();
    let bare: Vec<&str> = everything
        .iter()
        .map(String::as_str)
        .filter(|line| !line.trim_start().starts_with('#') && !line.is_empty())
        .collect();
    [
        EXAMPLE.to_owned(),
        everything.join("\n"),
        bare.join("\n"),
        "lend: { cpu: \"4\", memory: 2Gi }\njobs: { attempts: 2 }\ngroups: [lab]\n".to_owned(),
        "facts: { a: 1, b: \"x\", c: true, d: 0.5 }\n".to_owned(),
    ]
    .map(String::into_bytes)
    .into()
}

#[test]
fn an_accepted_mutant_of_the_settings_makes_sense_and_reads_the_same_again() {
    let mutator = Mutator::new(corpus()).with_words(&WORDS);
    let folder = tempfile::tempdir().unwrap();
    let whole = mutator.corpus().iter().filter(|text| read(folder.path(), text).is_ok()).count();
    assert_eq!(whole, mutator.corpus().len(), "a good item is refused");
    Campaign::new("fuzz-settings", 400).watch(OTHERWISE).watch(SENSELESS).watch(WORDLESS).run(
        |case| {
            let bytes = mutator.draw(case);
            case.count("texts");
            match read(folder.path(), &bytes) {
                Ok(settings) => accepted(case, folder.path(), &bytes, &settings),
                Err(problems) => {
                    let good = |problem: &arch_problem::Problem| {
                        let within = problem.at.as_ref().is_none_or(|place| {
                            place.span.start <= bytes.len() && place.span.line >= 1
                        });
                        !problem.message.is_empty() && !problem.help.is_empty() && within
                    };
                    if problems.is_empty() || !problems.iter().all(good) {
                        case.fault(WORDLESS, format!("{problems:?} in {}", bytes.escape_ascii()));
                    }
                }
            }
        },
    );
}

fn read(folder: &Path, bytes: &[u8]) -> Result<Settings, Vec<arch_problem::Problem>> {
    std::fs::write(folder.join("node.yaml"), bytes).unwrap();
    load(folder)
}

fn accepted(case: &mut Case, folder: &Path, bytes: &[u8], settings: &Settings) {
    case.count("accepted");
    // JSON is YAML.
    let written = serde_json::to_string(settings).unwrap();
    let again = read(folder, written.as_bytes());
    if again.as_ref().ok() != Some(settings) {
        let why = format!("{}\nas {written}\nagain {again:?}", bytes.escape_ascii());
        case.fault(OTHERWISE, why);
    }
    let jobs = &settings.jobs;
    let idle = jobs.attempts == 0 || jobs.rescan.seconds() == 0 || jobs.waiting == 0;
    if idle || jobs.waiting_per_owner == 0 {
        case.fault(SENSELESS, bytes.escape_ascii().to_string());
    }
}
