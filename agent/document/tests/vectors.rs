//! The loader against `tests/vectors/document`: one file a rule, its first line says what is wrong.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests may be blunt"
)]

use std::{collections::BTreeSet, fs, path::PathBuf};

use arch_document::{SignedDocument, yaml};
use arch_problem::Problem;

fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/document").join(name)
}

fn files(folder: &PathBuf, ending: &str) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == ending))
        .map(|path| {
            (path.file_stem().unwrap().to_str().unwrap().to_owned(), fs::read(path).unwrap())
        })
        .collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

/// Code and place as a vector's first line spells them.
fn spelled(problem: &Problem) -> String {
    let span = problem.at.as_ref().expect("a refusal has a place").span;
    format!("{} {}:{}", problem.code, span.line, span.column)
}

#[test]
fn every_vector_is_refused_by_its_rule_at_its_place() {
    let mut wrong = Vec::new();
    for (name, bytes) in files(&folder(""), "yaml") {
        let first =
            String::from_utf8_lossy(bytes.split(|b| *b == b'\n').next().unwrap()).into_owned();
        let expected =
            first.trim_start_matches('\u{feff}').strip_prefix("# expect: ").expect(&name);
        match yaml::load(&name, &bytes) {
            Ok(_) => wrong.push(format!("{name}: accepted, expected {expected}")),
            Err(problem) => {
                assert!(!problem.help.is_empty() && !problem.message.ends_with('.'), "{name}");
                let span = problem.at.as_ref().unwrap().span;
                assert!(span.start <= span.end && span.end <= bytes.len(), "{name}: {span:?}");
                if spelled(&problem) != expected {
                    wrong.push(format!("{name}: {problem}, expected {expected}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn accepted_documents_are_accepted_and_their_canonical_form_is_stable() {
    let mut wrong = Vec::new();
    for (name, bytes) in files(&folder("accepted"), "yaml") {
        match SignedDocument::parse(&name, &bytes) {
            Ok(document) => {
                let again =
                    SignedDocument::parse(&name, document.to_envelope().as_bytes()).unwrap();
                assert_eq!(again.body(), document.body(), "{name}");
            }
            Err(problem) => wrong.push(format!("{name}: {problem}")),
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn line_endings_and_comments_do_not_change_the_digest() {
    let text = "apiVersion: arch.network/v1\nkind: Job\nmetadata: {name: a}\nspec: {args: [x]}\n";
    let other = "# c\r\nkind: 'Job'\r\nspec:\r\n  args:\r\n  - \"x\"\r\nmetadata:\r\n  name: a\r\n\
                 apiVersion: arch.network/v1 # d\r\n";
    let digest = |text: &str| SignedDocument::parse("f", text.as_bytes()).unwrap().digest();
    assert_eq!(digest(text), digest(other));
}

#[test]
fn every_code_of_the_loader_has_a_vector() {
    let mut seen: BTreeSet<String> = files(&folder(""), "yaml")
        .iter()
        .map(|(name, bytes)| yaml::load(name, bytes).unwrap_err().code.to_string())
        .collect();
    // Too long to keep as files; `limits.rs` makes them.
    seen.extend(["ARCH-D101", "ARCH-D123"].map(str::to_owned));
    let all = arch_problem::catalogue()
        .map(|row| row.code)
        .filter(|c| ("ARCH-D101".."ARCH-D140").contains(c));
    let missing: Vec<_> = all.filter(|code| !seen.contains(*code)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
