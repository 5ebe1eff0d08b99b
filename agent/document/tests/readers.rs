//! The quick reader beside the parser: what it takes, the parser takes, with the same values at the
//! same places. `cargo xtask soak readers` makes other texts, as many as asked.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests may be blunt"
)]

mod counted;
mod world;

use std::{fs, path::Path};

use arch_campaign::{Campaign, Case};
use arch_document::yaml::{self, apart};
use arch_identity::{KeyKind, KeyPair};
use world::*;

/// Whether the quick reader takes it; the parser has to agree, and whoever asks for a document gets
/// what the parser alone would say, refusals with their places and words.
fn taken(text: &[u8]) -> bool {
    let (quick, parsed) = (apart::quickly(text), apart::by_parser("f.yaml", text));
    let shown = String::from_utf8_lossy(text);
    assert_eq!(yaml::load("f.yaml", text), parsed, "in {shown:?}");
    if let Ok(tree) = &parsed {
        counted::agrees(text, tree);
    }
    match (quick, parsed) {
        (None, _) => false,
        (Some(quick), Ok(parsed)) => {
            assert_eq!(quick, parsed, "in {shown:?}");
            true
        }
        (Some(_), Err(problem)) => panic!("{problem} in {shown:?}"),
    }
}

/// Every vector and example of the repository.
fn kept() -> Vec<(String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut folders = vec![
        root.join("tests/vectors"),
        root.join("manifests"),
        root.join("policies"),
        root.join("dist"),
    ];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "yaml") {
                files.push((path.display().to_string(), fs::read(path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

fn hybrid() -> String {
    let pair = KeyPair::from_seed(KeyKind::Hybrid, &[5; 32]);
    arch_document::signing::sign("f", sign_text(&job_text(), &["bea"]).as_bytes(), &pair).unwrap()
}

#[test]
fn of_all_files_that_are_kept_the_parser_says_what_the_quick_reader_says() {
    let files = kept();
    let quick = files.iter().filter(|(_, text)| taken(text)).count();
    println!("{quick} of {} files are plain", files.len());
    assert!(quick > 100, "only {quick} of {}", files.len());
    for (name, text) in files.iter().filter(|(name, _)| name.contains("manifests/examples")) {
        assert!(taken(text), "{name}");
    }
    assert!(taken(sign_text(&job_text(), &["bea"]).as_bytes()));
    assert!(taken(hybrid().as_bytes()));
}

/// Texts at the edge of what is plain.
const EDGES: &str = include_str!("readers/edges.txt");

#[test]
fn at_the_edge_of_what_is_plain_both_agree() {
    let edges: Vec<&str> = EDGES.split("---8<---\n").collect();
    let (plain, other): (Vec<&str>, Vec<&str>) =
        edges.iter().partition(|text| taken(text.as_bytes()));
    println!("{} of {} edges are plain", plain.len(), edges.len());
    assert!(plain.len() > 5 && other.len() > 20, "{plain:#?}");
    // Without a line break at the end, too.
    for text in edges {
        taken(text.trim_end().as_bytes());
    }
}

#[test]
fn a_text_that_says_nothing_is_refused_at_its_end_as_the_parser_does() {
    for text in
        ["", "\n", " ", "#", "# a", "# a\n", "\n\n  \n", "  # a\n#b", "\n   ", "# a\n \n  # b  \n"]
    {
        assert!(!taken(text.as_bytes()));
        let problem = yaml::load("f.yaml", text.as_bytes()).unwrap_err();
        assert_eq!(problem.code, arch_problem::codes::EMPTY_DOCUMENT, "{text:?}");
    }
}

#[test]
fn long_lines_are_read_alike() {
    // Around 1,024 characters the parser forgets that a key could have begun there.
    for length in [1_000, 1_020, 1_023, 1_024, 1_025, 1_030, 5_000, 65_536] {
        let long = "x".repeat(length);
        for text in [
            format!("a: {long}\nb: 1\n"),
            format!("a: \"{long}\"\nb: 1\n"),
            format!("a:\n  - {long}\n  - 1\n"),
            format!("a:\n  - '{long}'\n  - 1\n"),
            format!("a:\n  - b: {long}\n    c: 1\n"),
            format!("a: [{long}, 1]\nb: 1\n"),
            format!("a:\n  - [\"{long}\", 1]\n  - 1\n"),
            format!("a:\n  - {{ b: \"{long}\", c: 1 }}\n  - d: 1\n"),
            format!("a: {{ b: {long}, c: [{long}] }} # {long}\n"),
        ] {
            assert!(taken(text.as_bytes()), "{length}: {}", &text[..20]);
        }
        taken(format!("a:\n  - {long}: 1\n").as_bytes());
        taken(format!("a: {{{long}: 1}}\n").as_bytes());
    }
}

const PIECES: [&str; 66] = [
    " ", "  ", "    ", "\n", "\n\n", "\n ", "\n  ", "\n    ", "# c", " # c", "#", ":", ": ", ":\n",
    "-", "- ", "\n- ", "\n  - ", ",", ", ", "\"", "'", "\"\"", "''", "|", ">", "|\n", "&a ", "*a",
    "!", "!t ", "%", "@", "`", "[", "]", "{", "}", "[]", "{}", "? ", "?", "<<: ", "~", "0", "1",
    ".", "e", "_", "\\", "\r\n", "\t", "---", "--- ", "---\n", "...", "\n...\n", "x", "x: ",
    "x: 1", "no", "true", "null", "é", "\u{85}", "=",
];

/// Changes a text somewhere, as a hand or a cosmic ray would.
fn slip(text: &mut Vec<u8>, others: &[Vec<u8>], case: &mut Case) {
    let at = case.index(text.len() + 1);
    let end = text.len().min(at + case.index(6));
    match case.index(8) {
        0..3 => drop(text.splice(at..at, case.pick(&PIECES).bytes())),
        3 => drop(text.drain(at..end)),
        4 => drop(text.splice(at..end, case.pick(&PIECES).bytes())),
        5 if at < text.len() => text[at] = b' ' + case.index(95) as u8,
        6 => {
            let other = &others[case.index(others.len())];
            let lines: Vec<&[u8]> = other.split_inclusive(|byte| *byte == b'\n').collect();
            let line = lines.get(case.index(lines.len())).copied().unwrap_or_default().to_vec();
            let start = text[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |n| n + 1);
            drop(text.splice(start..start, line));
        }
        _ => {
            let start = text[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |n| n + 1);
            let blanks = text[start..].iter().take_while(|byte| **byte == b' ').count();
            let more = [" ", "  ", "    "][case.index(3)];
            if case.index(2) == 0 {
                drop(text.splice(start..start, more.bytes()));
            } else {
                drop(text.drain(start..start + blanks.min(more.len())));
            }
        }
    }
}

#[test]
fn what_the_quick_reader_takes_the_parser_takes_with_an_equal_tree() {
    let mut texts: Vec<Vec<u8>> = kept().into_iter().map(|(_, text)| text).collect();
    texts.extend(EDGES.split("---8<---\n").map(|text| text.as_bytes().to_vec()));
    texts.push(sign_text(&job_text(), &["bea"]).into_bytes());
    // Short ones: a slip in a signature shows nothing.
    texts.retain(|text| text.len() < 3_000);
    let plain: Vec<_> = texts.iter().filter(|text| taken(text)).cloned().collect();
    let (mut quick, mut all) = (0_u64, 0_u64);
    Campaign::new("readers", 6_000).run(|case| {
        let from = if case.once_in(4) { &texts } else { &plain };
        let mut text = case.pick(from).clone();
        for _ in 0..=case.index(2) {
            slip(&mut text, &texts, case);
        }
        let plain = u64::from(taken(&text));
        case.add("plain", plain);
        (quick, all) = (quick + plain, all + 1);
    });
    assert!(all < 1_000 || quick > all / 4, "{quick} of {all} say little");
}

#[test]
fn the_count_before_reading_refuses_nothing_that_the_parser_takes() {
    let texts: Vec<Vec<u8>> = kept().into_iter().map(|(_, text)| text).collect();
    let (mut certain, mut good, mut all) = (0_u64, 0_u64, 0_u64);
    Campaign::new("counts", 6_000).run(|case| {
        let mut text = counted::drawn(case);
        if case.once_in(3) {
            slip(&mut text, &texts, case);
        }
        all += 1;
        if let Ok(tree) = apart::by_parser("f.yaml", &text) {
            good += 1;
            let sure = u64::from(counted::agrees(&text, &tree));
            certain += sure;
            case.count("taken");
            case.add("counted to the end", sure);
        }
    });
    assert!(all < 1_000 || good > all / 4, "{good} of {all} say little");
    assert!(all < 1_000 || certain > good / 2, "{certain} of {good} are counted");
}
