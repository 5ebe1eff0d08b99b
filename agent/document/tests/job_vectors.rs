//! What jobs say of products and of runs that check each other, against `tests/vectors/job`: one
//! file a rule, its first line says what is wrong.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests may be blunt"
)]

use std::{fs, path::PathBuf};

use arch_document::{Job, SignedDocument};
use arch_identity::canonical;

fn files(below: &str) -> Vec<(String, String)> {
    let folder =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/job").join(below);
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml"))
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(&path).unwrap())
        })
        .collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

#[test]
fn every_job_vector_is_refused_by_its_rule_at_its_place_with_words_that_help() {
    let mut wrong = Vec::new();
    for (name, text) in files("") {
        let document = SignedDocument::parse(&name, text.as_bytes()).unwrap();
        let expected = text.lines().next().unwrap().strip_prefix("# expect: ").expect(&name);
        let Err(problem) = document.read::<Job>() else {
            wrong.push(format!("{name}: accepted, expected {expected}"));
            continue;
        };
        let span = problem.at.as_ref().unwrap().span;
        let told = format!("{} {}:{}", problem.code, span.line, span.column);
        if told != expected {
            wrong.push(format!("{name}: {told} {problem}, expected {expected}"));
        }
        let own_words = !problem.help.is_empty() && !problem.message.ends_with('.');
        assert!(own_words, "{name}: {problem}");
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn accepted_jobs_are_read_alike_from_yaml_and_envelope_and_written_back_as_they_were() {
    for (name, text) in files("accepted") {
        let document = SignedDocument::parse(&name, text.as_bytes()).unwrap();
        let job: Job = document.read().unwrap_or_else(|problem| panic!("{name}: {problem}"));
        let envelope = document.to_envelope();
        let again = SignedDocument::parse(&name, envelope.as_bytes()).unwrap();
        assert_eq!(again.read::<Job>().unwrap(), job, "{name}");
        assert_eq!(canonical::bytes(&job).unwrap(), document.body(), "{name}");
    }
}

fn accepted(wanted: &str) -> Job {
    let (name, text) = files("accepted").into_iter().find(|(name, _)| name == wanted).unwrap();
    SignedDocument::parse(&name, text.as_bytes()).unwrap().read().unwrap()
}

#[test]
fn a_product_is_checked_in_every_way_that_fits_unless_the_job_says_otherwise() {
    let checks = |job: &Job| (job.spec.overlap(), job.spec.freivalds(), job.spec.redundancy());
    assert_eq!(checks(&accepted("matrix-in-full")), (true, true, 1));
    assert_eq!(checks(&accepted("matrix-wide-fixed-point")), (true, true, 1));
    // One shard alone has nothing to be compared with.
    assert_eq!(checks(&accepted("matrix-in-short")), (false, true, 1));
    assert_eq!(checks(&accepted("matrix-without-audit")), (false, false, 1));
    assert_eq!(checks(&accepted("redundancy-with-read-grant")), (false, false, 3));
}

#[test]
fn the_plan_of_a_product_is_drawn_from_the_digest_of_its_document() {
    let job = accepted("matrix-in-full");
    let matrix = job.spec.matrix().unwrap();
    let shape = arch_matrix::Shape::new(30, 50, 40).unwrap();
    let plan = |document: &str| {
        let digest = arch_identity::Digest::of(document.as_bytes());
        arch_matrix::Plan::new(&matrix.order(shape, digest)).unwrap()
    };
    assert_eq!(plan("one"), plan("one"));
    assert_ne!(plan("one"), plan("another"));
    let splits = plan("one").grid().splits();
    assert_eq!((splits.rows, splits.columns, splits.depth), (3, 4, 5));
    assert_eq!(plan("one").nodes().len(), 9);
}
