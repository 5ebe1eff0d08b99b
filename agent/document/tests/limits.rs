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

use arch_document::{MAX_BYTES, SignedDocument, yaml};

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

/// Each fills a file of 256 KiB with one thing after another.
fn floods() -> Vec<(&'static str, String)> {
    let pieces = [
        "[",
        "{",
        "[[",
        "{a: ",
        "[a, ",
        "- ",
        "-\n",
        "? ",
        ": ",
        "a: ",
        "a:\n",
        "\"",
        "'",
        "\"a\": ",
        "'a' ",
        "&a ",
        "&a\n",
        "*a ",
        "*a\n",
        "!a ",
        "!!str ",
        "!<",
        "#",
        "# \n",
        "|\n",
        ">\n",
        "a: |\n",
        "a: |+\n\n",
        "---\n",
        "--- ",
        "...\n",
        "%YAML 1.1\n",
        "% ",
        "\n",
        " ",
        "\r\n",
        " \n",
        "a",
        "a ",
        "a\n",
        "é",
        "0",
        "1,",
        "\\",
        "\"\\",
        "]",
        "}",
        ",",
        "[]",
        "{}",
        "[],",
        "a: [",
        "a: {b: ",
        "[\n",
        "{\n",
        "- [",
        "- {",
        "<<: ",
        "@",
        "`",
        "=",
        "~",
        "a:b",
        "a: b: ",
        "?\n",
        ":\n",
        "\"a\n",
        "a: \"\\u0041",
        "[a: ",
        "[?",
        "{?",
        "{:",
    ];
    let mut floods: Vec<_> =
        pieces.iter().map(|piece| (*piece, piece.repeat(SIZE / piece.len()))).collect();
    for (name, head, piece) in [
        ("flow list", "a: [", "x, "),
        ("flow map", "a: {", "x: 1, "),
        ("nested pairs", "a: [", "[x: 1], "),
        ("long plain", "a: ", "x y "),
        ("long quoted", "a: \"", "\\n"),
        ("block text", "a: |\n", "  x\n"),
        ("block blank lines", "a: |\n", "\n"),
        ("comments", "a: 1\n", "# c\n"),
        ("comments in flow", "a: [1,\n", "# c\n"),
        ("list in block", "a:\n", "- x\n"),
        ("list of lists", "a:\n", "- - x\n"),
        ("anchors", "a: [", "&a 1, "),
        ("aliases", "a: &a 1\nb: [", "*a, "),
        ("explicit keys", "", "? a\n: b\n"),
        ("indents", "a:\n", "                                                    \n"),
        ("combining marks", "a: \"e", "\u{301}"),
        ("combining marks out of order", "a: \"e", "\u{301}\u{323}"),
        ("hangul", "a: \"", "\u{1100}\u{1161}"),
    ] {
        floods.push((name, format!("{head}{}", piece.repeat((SIZE - head.len()) / piece.len()))));
    }
    let steps = (0..700).map(|i| format!("{}a:\n", " ".repeat(i))).collect();
    floods.push(("steps", steps));
    floods
}

#[test]
fn no_flood_takes_long() {
    let mut slow = Vec::new();
    for (name, text) in floods() {
        let took = quickest(|| drop(yaml::load("f.yaml", text.as_bytes())));
        if took > ENOUGH {
            slow.push(format!("{name:?}: {took:?}"));
        }
    }
    assert!(slow.is_empty(), "\n{}", slow.join("\n"));
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
