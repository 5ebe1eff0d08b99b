//! Hostile files end quickly, in a refusal with a place, and never in a panic.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests may be blunt"
)]

use std::time::{Duration, Instant};

use arch_document::{
    MAX_BYTES, SignedDocument,
    yaml::{self, apart},
};
use arch_problem::Problem;

const SIZE: usize = MAX_BYTES as usize;

fn code(bytes: &[u8]) -> String {
    yaml::load("f.yaml", bytes).unwrap_err().code.to_string()
}

#[test]
fn the_file_may_have_256_kib_and_not_a_byte_more() {
    let text = |size: usize| format!("a: b\n#{}\n", "x".repeat(size - 7)).into_bytes();
    assert!(yaml::load("f.yaml", &text(SIZE)).is_ok());
    assert_eq!(code(&text(SIZE + 1)), "ARCH-D101");
    assert_eq!(code(&vec![b'['; 20_000_000]), "ARCH-D101");
}

#[test]
fn a_text_may_have_64_kib_and_not_a_byte_more() {
    let text = |size: usize| format!("a: \"{}\"\n", "x".repeat(size)).into_bytes();
    assert!(yaml::load("f.yaml", &text(65_536)).is_ok());
    assert_eq!(code(&text(65_537)), "ARCH-D123");
    let key = format!("{}: 1\n", "x".repeat(65_537));
    assert!(["ARCH-D107", "ARCH-D123"].contains(&&*code(key.as_bytes())));
}

/// How a text is written, and what writes it.
type Way = (&'static str, fn(String) -> String);

#[test]
fn a_text_of_64_kib_is_read_however_it_is_written_and_one_of_a_byte_more_is_not() {
    let x = |count: usize| "x".repeat(count);
    let written: [Way; 9] = [
        ("plain", |text| format!("a: {text}\n")),
        ("plain, with blanks and a comment behind it", |text| format!("a: {text}    # c\n")),
        ("on a line of its own", |text| format!("a:\n  {text}\n")),
        ("in a list", |text| format!("a:\n- é\n- {text}\n")),
        ("in brackets", |text| format!("a: [é, {text} ]\n")),
        ("in single quotes", |text| format!("a: '{}'\n", text.replace('x', "''"))),
        ("escaped", |text| format!("a: \"{}\"\n", text.replacen('x', "\\U0000007a", 9_000))),
        ("as a block", |text| format!("a: |-\n  {}\n", text.replacen("xxx", "x\n\n  x", 10_000))),
        ("as a block, CRLF", |text| format!("a: |-\r\n    {text}\r\n\r\nb: 1\r\n")),
    ];
    for (how, write) in written {
        let blocks = if how == "as a block" { 10_000 } else { 0 };
        let read = yaml::load("f.yaml", write(x(65_536 - blocks)).as_bytes());
        assert!(read.is_ok(), "{how}: {}", read.unwrap_err());
        assert_eq!(code(write(x(65_537 - blocks)).as_bytes()), "ARCH-D123", "{how}");
    }
}

#[test]
fn keys_depth_and_values_stop_at_their_limits_exactly() {
    let map = |n: usize| (0..n).map(|i| format!("k{i}: 1\n")).collect::<String>();
    assert!(yaml::load("f", map(512).as_bytes()).is_ok());
    assert_eq!(code(map(513).as_bytes()), "ARCH-D124");
    let deep = |n: usize| format!("a: {}{}\n", "[".repeat(n), "]".repeat(n));
    assert!(yaml::load("f", deep(15).as_bytes()).is_ok());
    assert_eq!(code(deep(16).as_bytes()), "ARCH-D121");
    let many = |n: usize| format!("a: [{}]\n", vec!["1"; n].join(","));
    assert!(yaml::load("f", many(9_997).as_bytes()).is_ok());
    assert_eq!(code(many(9_998).as_bytes()), "ARCH-D122");
}

/// What this thread has had of a processor so far; time on the wall where the kernel does not tell.
fn had(since: Instant) -> Duration {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = stat.split(' ').next().and_then(|first| first.parse().ok());
    nanos.map_or_else(|| since.elapsed(), Duration::from_nanos)
}

/// The quickest of some runs, so that a busy machine fails nobody.
fn quickest(work: impl Fn()) -> Duration {
    let mut best = Duration::MAX;
    let start = Instant::now();
    for _ in 0..8 {
        let before = had(start);
        work();
        best = best.min(had(start).saturating_sub(before));
        if best < ENOUGH {
            break;
        }
    }
    best
}

/// Generous, for a build without optimisation.
const ENOUGH: Duration = Duration::from_millis(400);

#[test]
fn no_flood_takes_long() {
    let mut slow = Vec::new();
    for (name, text) in arch_campaign::floods() {
        let took = quickest(|| drop(yaml::load("f.yaml", text.as_bytes())));
        if took > ENOUGH {
            slow.push(format!("{name:?}: {took:?}"));
        }
    }
    assert!(slow.is_empty(), "\n{}", slow.join("\n"));
}

/// The code of a refusal and where it is.
type Refusal = (String, Option<(u32, u32)>);

fn refusal<T>(read: Result<T, Box<Problem>>) -> Result<T, Refusal> {
    read.map_err(|problem| {
        let at = problem.at.as_ref().map(|at| (at.span.line, at.span.column));
        (problem.code.to_string(), at)
    })
}

#[test]
fn a_flood_that_is_refused_early_has_the_code_and_the_place_that_the_parser_gives_it() {
    let mut early = 0;
    for (name, text) in arch_campaign::floods() {
        let bytes = text.as_bytes();
        early += usize::from(apart::counted(bytes, 10_000, 65_536).is_err());
        let parsed = refusal(apart::by_parser("f.yaml", bytes));
        assert_eq!(refusal(yaml::load("f.yaml", bytes)), parsed, "{name:?}");
    }
    assert!(early > 25, "{early} are refused before the parser reads them");
}

#[test]
fn too_much_is_told_before_what_else_is_wrong() {
    let many = format!("a: [no, {}]\n", "1, ".repeat(10_000));
    let long = format!("a: no\nb: {}\n", "x".repeat(65_537));
    for (text, too_much) in [(many, "ARCH-D122"), (long, "ARCH-D123")] {
        assert_eq!(code(text.as_bytes()), too_much);
        let parsed = apart::by_parser("f.yaml", text.as_bytes()).unwrap_err();
        assert_eq!(parsed.code.to_string(), "ARCH-D118");
    }
}

#[test]
fn a_flood_of_json_takes_no_longer() {
    for piece in
        ["{", "[", "{\"a\":", "{\"a\":[", "\"", "\\", "1", "1,", "{\"a\":1,", "null", "\u{e9}"]
    {
        let text = format!("{{\"payload\":{}", piece.repeat((SIZE - 11) / piece.len()));
        let took = quickest(|| drop(SignedDocument::parse("f.json", text.as_bytes())));
        assert!(took < ENOUGH, "{piece}: {took:?}");
        let problem = SignedDocument::parse("f.json", text.as_bytes()).unwrap_err();
        assert!(problem.at.is_some(), "{piece}: {problem}");
    }
}
