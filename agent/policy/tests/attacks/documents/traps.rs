//! YAML that readers disagree about, at a random place of a job that bea signed.

use arch_campaign::Case;
use arch_document::Kind;

use crate::{family::Attempt, paper, scene::Scene, stage::Stage};

/// Plain values that YAML 1.1 and 1.2 read as different things, or as no text.
const AMBIGUOUS: [&str; 26] = [
    "no",
    "No",
    "NO",
    "yes",
    "on",
    "Off",
    "y",
    "N",
    "0777",
    "0o17",
    "0x10",
    "0b1",
    "1:30",
    "1:30:00",
    "1e3",
    "1.0e3",
    "12e03",
    "1e400",
    ".inf",
    "-.INF",
    ".nan",
    "2026-11-23",
    "1_000",
    "+1",
    "1.",
    "=",
];

/// Constructs that are not read at all.
const FORBIDDEN: [(&str, &str); 12] = [
    ("~", "ARCH-D117"),
    ("null", "ARCH-D117"),
    ("", "ARCH-D117"),
    ("&a x", "ARCH-D112"),
    ("*a", "ARCH-D113"),
    ("!t x", "ARCH-D114"),
    ("!!binary aGVsbG8=", "ARCH-D114"),
    ("!!str 1", "ARCH-D114"),
    ("{<<: x}", "ARCH-D111"),
    ("{? [a, b] : c}", "ARCH-D110"),
    ("{1: x}", "ARCH-D110"),
    ("{true: x}", "ARCH-D110"),
];

const TRAPS: &[&str] = &[
    "ARCH-D107",
    "ARCH-D109",
    "ARCH-D110",
    "ARCH-D111",
    "ARCH-D112",
    "ARCH-D113",
    "ARCH-D114",
    "ARCH-D117",
    "ARCH-D118",
    "ARCH-D119",
    "ARCH-D120",
    "ARCH-D130",
];

/// A signed job with a label, and the label's line to be replaced after signing.
fn labelled(stage: &Stage, case: &mut Case, value: &str) -> (Scene, String) {
    let line = format!("  labels: {{x: \"{value}\"}}\n");
    let text = paper::job(case).replace("spec:\n", &format!("{line}spec:\n"));
    let signed = paper::by(&text, &["bea"]);
    (Scene::new(signed.clone(), Kind::Job, &stage.world()), signed)
}

pub(super) fn traps(stage: &Stage, case: &mut Case) -> Attempt {
    if case.once_in(3) {
        return around(stage, case);
    }
    let (value, codes) = if case.once_in(2) {
        (*case.pick(&AMBIGUOUS), TRAPS)
    } else {
        let (value, code) = case.pick(&FORBIDDEN);
        let at = TRAPS.iter().position(|known| known == code).unwrap();
        (*value, &TRAPS[at..=at])
    };
    // Signed as a text; its quotes are taken away on the road.
    let (honest, signed) = labelled(stage, case, value);
    let forged = if case.once_in(2) {
        signed.replace(&format!("{{x: \"{value}\"}}"), &format!("{{x: {value}}}"))
    } else {
        signed.replace(&format!("{{x: \"{value}\"}}"), &format!("\n    x: {value}"))
    };
    Attempt::new(format!("`{value}` without quotes"), honest.clone(), honest.with(forged), codes)
}

/// What stands around the document: directives, a second one, marks, tabs.
fn around(stage: &Stage, case: &mut Case) -> Attempt {
    let (honest, signed) = labelled(stage, case, "a");
    let lines = signed.lines().count();
    let line = case.index(lines);
    let at: usize = signed.split_inclusive('\n').take(line).map(str::len).sum();
    let put = |piece: &str| format!("{}{piece}{}", &signed[..at], &signed[at..]);
    let (what, forged, codes): (_, String, &[&str]) = match case.below(9) {
        0 => {
            ("a directive", format!("%YAML 1.{}\n---\n{signed}", 1 + case.below(2)), &["ARCH-D115"])
        }
        1 => ("a tag directive", format!("%TAG ! !x\n---\n{signed}"), &["ARCH-D115"]),
        2 => ("a second document", format!("{signed}---\n{signed}"), &["ARCH-D116"]),
        3 => ("words behind the end", format!("{signed}...\nkind: Policy\n"), &["ARCH-D116"]),
        4 => ("a byte order mark", format!("\u{feff}{signed}"), &["ARCH-D103"]),
        5 => ("a tab", put("\t"), &["ARCH-D105", "ARCH-D107"]),
        6 => ("a tab in a comment", put("#\tx\n"), &["ARCH-D105"]),
        7 => {
            let mut bytes = signed.clone().into_bytes();
            bytes.insert(at, *case.pick(&[0x80, 0xc0, 0xfe, 0xff, 0xed]));
            let codes = &["ARCH-D102"];
            let forged = honest.with(bytes);
            return Attempt::new("bytes that are no UTF-8", honest, forged, codes);
        }
        _ => {
            let c = *case
                .pick(&['\0', '\u{1}', '\u{7f}', '\u{85}', '\u{2028}', '\u{feff}', '\u{fffe}']);
            ("a control character", put(&format!("# {c}\n")), &["ARCH-D104"])
        }
    };
    Attempt::new(what, honest.clone(), honest.with(forged), codes)
}

/// One key twice, in any spelling: other readers keep the last.
pub(super) fn twice(stage: &Stage, case: &mut Case) -> Attempt {
    let (honest, signed) = labelled(stage, case, "a");
    let spell = |key: &str, case: &mut Case| match case.below(5) {
        0 => key.to_owned(),
        1 => format!("\"{key}\""),
        2 => format!("'{key}'"),
        3 => format!("\"\\x{:02x}{}\"", key.as_bytes()[0], &key[1..]),
        _ => format!("\"\\u{:04x}{}\"", u32::from(key.as_bytes()[0]), &key[1..]),
    };
    let (line, key, value) = *case.pick(&[
        ("kind: Job\n", "kind", "Policy"),
        ("  name: hello\n", "name", "evil"),
        ("  owner: \"user:ada\"\n", "owner", "\"user:eve\""),
        ("  runtime: wasm\n", "runtime", "oci"),
        ("  labels: {x: \"a\"}\n", "labels", "{x: \"b\"}"),
    ]);
    let indent = &line[..line.len() - line.trim_start().len()];
    let again = format!("{indent}{}: {value}\n", spell(key, case));
    let forged = match case.below(3) {
        0 => signed.replace(line, &format!("{line}{again}")),
        1 => signed.replace(line, &format!("{again}{line}")),
        _ => {
            let x = spell("x", case);
            signed.replace("{x: \"a\"}", &format!("{{x: \"a\", {x}: \"b\"}}"))
        }
    };
    Attempt::new(format!("{key} twice"), honest.clone(), honest.with(forged), &["ARCH-D108"])
}
