//! YAML texts that go as far as our loader lets them: every style of writing, and scalars that
//! parsers are known to quarrel over.

use proptest::prelude::*;

/// What stands at a place, as it is spelled.
#[derive(Debug, Clone)]
enum Piece {
    Scalar(String),
    /// A block text: its header and its lines.
    Block(&'static str, Vec<String>),
    List(Vec<Piece>, Style),
    Map(Vec<(String, Piece)>, Style),
}

#[derive(Debug, Clone, Copy)]
enum Style {
    Flow,
    Block { indent: usize },
}

/// A text, which may be one that the loader refuses.
pub(crate) fn texts() -> impl Strategy<Value = String> {
    let whole = (prop::collection::vec((key(), piece()), 1..6), "( # note)?", any::<bool>());
    let written = whole.prop_map(|(fields, comment, windows)| {
        let mut text = String::new();
        block(&Piece::Map(fields, Style::Block { indent: 2 }), 0, &mut text);
        text.push_str(comment.trim_start());
        text.push('\n');
        if windows { text.replace('\n', "\r\n") } else { text }
    });
    (written, prop::option::weighted(0.3, slip())).prop_map(|(text, slip)| match slip {
        Some((at, piece)) => {
            let at = at.index(text.len() + 1);
            let at = (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            format!("{}{piece}{}", &text[..at], &text[at..])
        }
        None => text,
    })
}

/// Something that slips in anywhere.
fn slip() -> impl Strategy<Value = (prop::sample::Index, &'static str)> {
    let pieces = prop::sample::select(vec![
        " ", "  ", "\n", "\n  ", "\t", " #", "#", ":", ": ", "-", "- ", ",", "\"", "'", "|", ">",
        "&a ", "*a", "!", "!!str ", "%", "@", "`", "[", "]", "{", "}", "? ", "<<: ", "~", "0", ".",
        "e", "_", "\\", "\r", "---\n", "...\n", "é", "\u{a0}", "\u{85}", "\u{2028}", "\u{feff}",
    ]);
    (any::<prop::sample::Index>(), pieces)
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => "[a-z][a-z0-9._/-]{0,6}",
        1 => "\"[a-z0-9.]{1,4}\"",
        1 => "'[A-Za-z0-9]{1,4}'",
        1 => prop::sample::select(vec!["y", "no", "on", "true", "1", "null", "~", "=", "<<", "1.5"])
            .prop_map(str::to_owned),
    ]
}

fn piece() -> impl Strategy<Value = Piece> {
    let lines = prop::collection::vec("[ -~]{0,12}|[a-z é#:]{0,8}", 1..4);
    let header = prop::sample::select(vec!["|", "|-", "|+", ">", ">-", "|2", ">2-"]);
    let leaf = prop_oneof![
        8 => scalar().prop_map(Piece::Scalar),
        1 => (header, lines).prop_map(|(header, lines)| Piece::Block(header, lines)),
    ];
    let style =
        prop_oneof![Just(Style::Flow), (1_usize..5).prop_map(|indent| Style::Block { indent })];
    leaf.prop_recursive(3, 24, 5, move |inner| {
        let fields = prop::collection::vec((key(), inner.clone()), 0..5);
        prop_oneof![
            (prop::collection::vec(inner, 0..5), style.clone())
                .prop_map(|(l, s)| Piece::List(l, s)),
            (fields, style.clone()).prop_map(|(fields, style)| Piece::Map(fields, style)),
        ]
    })
}

fn scalar() -> impl Strategy<Value = String> {
    let quarrels = prop::sample::select(vec![
        "yes",
        "No",
        "on",
        "off",
        "y",
        "n",
        "Y",
        "true",
        "True",
        "TRUE",
        "false",
        "null",
        "Null",
        "~",
        "0",
        "-0",
        "+1",
        "007",
        "0o17",
        "0x1F",
        "0b11",
        "1_000",
        "1e3",
        "1.0e3",
        "1E-2",
        "12e03",
        ".5",
        "5.",
        "-.5",
        "0.15",
        "1.10",
        "-1.25",
        "1.0",
        "0.000001",
        "0.0000001",
        "123456789012345.5",
        "9007199254740991",
        "9007199254740992",
        "-9007199254740991",
        ".inf",
        "-.INF",
        ".nan",
        "1:30",
        "1:30:00",
        "190:20:30.15",
        "2026-11-23",
        "2026-11-23T12:00:00Z",
        "2026-1-2",
        "12:30:45.6",
        "=",
        "<<",
        "-",
        "?",
        ":",
        "- a",
        "a: b",
        "a:b",
        "a #b",
        "a#b",
        "@a",
        "`a",
        "%a",
        "!a",
        "&a",
        "*a",
        "|",
        ">",
        "[a",
        "a]",
        "{a",
        "a, b",
        "\"a",
        "'a",
        "a'b",
        "a\"b",
        "--- a",
        "...",
        "é",
        "世",
        "😀",
        "e\u{301}",
        "http://x/y?z=1&a=b",
        "ghcr.io/a/b@sha256:00",
        "egress:443",
        "C:\\x",
        "0.1.2",
        "1-2",
        "1,2",
        "+",
        "+.inf",
        "0x",
        "0o8",
        "08",
        "1__0",
        "_1",
        "1_",
        "1.5_0",
        "nan",
        "inf",
    ]);
    let double = "[ -!#-\\[\\]-~é世]{0,10}".prop_map(|text| format!("\"{text}\""));
    let escape = prop::sample::select(vec![
        "\\n",
        "\\t",
        "\\\\",
        "\\\"",
        "\\/",
        "\\u00e9",
        "\\x41",
        "\\U0001F600",
        "\\0",
        "\\e",
        "\\N",
        "\\_",
        "\\L",
        "\\ ",
        "\\u0041",
        "\\b",
        "\\ud83d\\ude00",
    ]);
    prop_oneof![
        4 => quarrels.prop_map(str::to_owned),
        3 => "[a-zA-Z][a-zA-Z0-9 ._:/@#-]{0,12}",
        2 => double,
        2 => "[ -&(-~é]{0,10}".prop_map(|text| format!("'{text}'")),
        1 => ("[a-z]{0,3}", escape, "[a-z]{0,3}").prop_map(|(a, e, b)| format!("\"{a}{e}{b}\"")),
        1 => "[a-z]{1,4}".prop_map(|word| format!("'{word}''{word}'")),
        1 => ("[a-z ]{1,6}", "[a-z ]{1,6}").prop_map(|(a, b)| format!("\"{a}\n      {b}\"")),
        1 => ("[a-z]{1,6}", "[a-z]{1,6}").prop_map(|(a, b)| format!("{a}\n      {b}")),
        1 => any::<i64>().prop_map(|n| n.to_string()),
        1 => (any::<i32>(), 0_u32..1_000_000).prop_map(|(n, d)| format!("{n}.{d}")),
    ]
}

/// Writes a piece that begins on a line of its own, indented by `at`.
fn block(piece: &Piece, at: usize, text: &mut String) {
    let margin = " ".repeat(at);
    match piece {
        Piece::List(items, Style::Block { .. }) if !items.is_empty() => {
            for item in items {
                text.push_str(&format!("{margin}-"));
                value(item, at, text);
            }
        }
        Piece::Map(fields, Style::Block { .. }) if !fields.is_empty() => {
            for (key, field) in fields {
                text.push_str(&format!("{margin}{key}:"));
                value(field, at, text);
            }
        }
        other => text.push_str(&format!("{margin}{}\n", flow(other))),
    }
}

/// Writes what follows `key:` or `-`.
fn value(piece: &Piece, at: usize, text: &mut String) {
    let deeper = match piece {
        Piece::List(_, Style::Block { indent }) | Piece::Map(_, Style::Block { indent }) => *indent,
        _ => 2,
    };
    match piece {
        Piece::List(items, Style::Block { .. }) if !items.is_empty() => {
            text.push('\n');
            block(piece, at + deeper, text);
        }
        Piece::Map(fields, Style::Block { .. }) if !fields.is_empty() => {
            text.push('\n');
            block(piece, at + deeper, text);
        }
        Piece::Block(header, lines) => {
            text.push_str(&format!(" {header}\n"));
            for line in lines {
                text.push_str(&format!("{}{line}\n", " ".repeat(at + 2)));
            }
        }
        other => text.push_str(&format!(" {}\n", flow(other))),
    }
}

fn flow(piece: &Piece) -> String {
    match piece {
        Piece::Scalar(text) => text.clone(),
        Piece::Block(_, lines) => format!("\"{}\"", lines.concat().replace(['"', '\\'], "")),
        Piece::List(items, _) => {
            format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", "))
        }
        Piece::Map(fields, _) => {
            let fields = fields.iter().map(|(key, field)| format!("{key}: {}", flow(field)));
            format!("{{ {} }}", fields.collect::<Vec<_>>().join(", "))
        }
    }
}
