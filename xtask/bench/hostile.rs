//! Bad documents, the same in every run: the loader's vectors, a signed job bent everywhere, and
//! files of 256 KiB full of one thing.

use std::{fs, path::Path};

/// The most that is read.
const SIZE: usize = 262_144;

/// The vectors that break a rule of the loader, one file a rule.
pub(crate) fn vectors() -> Result<Vec<Vec<u8>>, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/document");
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| error.to_string())? {
        paths.push(entry.map_err(|error| error.to_string())?.path());
    }
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "yaml"));
    paths.sort();
    paths.iter().map(|path| fs::read(path).map_err(|error| error.to_string())).collect()
}

/// The text with one bit flipped, at each byte another one; and cut off behind each byte.
pub(crate) fn bent(text: &str) -> Vec<Vec<u8>> {
    let bytes = text.as_bytes();
    let flipped = |at: usize| {
        let mut bytes = bytes.to_vec();
        if let Some(byte) = bytes.get_mut(at) {
            *byte ^= 1 << (at % 8);
        }
        bytes
    };
    let cut = |at: usize| bytes.get(..at).unwrap_or_default().to_vec();
    (0..bytes.len()).flat_map(|at| [flipped(at), cut(at)]).collect()
}

/// What a file is filled with from its beginning to 256 KiB.
const FILLS: [&str; 62] = [
    "[",
    "{",
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
    "...\n",
    "%YAML 1.1\n",
    "\n",
    " ",
    "\r\n",
    " \n",
    "\t",
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
    "[],",
    "a: [",
    "a: {b: ",
    "[\n",
    "- [",
    "<<: ",
    "@",
    "=",
    "~",
    "a:b",
    "?\n",
    ":\n",
    "\"a\n",
    "a: \"\\u0041",
    "[a: ",
    "{?",
    ".",
];

/// What a file begins with, and what it is filled with from there.
const HEADS: [(&str, &str); 24] = [
    ("a: [", "x, "),
    ("a: {", "x: 1, "),
    ("a: [", "[x: 1], "),
    ("a: [", "[], "),
    ("a: ", "x y "),
    ("a: ", "x"),
    ("a: \"", "x"),
    ("a: '", "x"),
    ("a: \"", "\\n"),
    ("a: |\n", "  x\n"),
    ("a: |\n", "\n"),
    ("a: 1\n", "# c\n"),
    ("a: [1,\n", "# c\n"),
    ("a:\n", "- x\n"),
    ("a:\n", "  - x\n"),
    ("a:\n", "- - x\n"),
    ("a:\n", "  - {b: c}\n"),
    ("a: &a 1\nb: [", "*a, "),
    ("a: [", "&a 1, "),
    ("", "? a\n: b\n"),
    ("a:\n", "                                                    \n"),
    ("a: \"e", "\u{301}\u{323}"),
    ("a: \"", "\u{1100}\u{1161}"),
    ("{\"payload\":", "[1,"),
];

/// Files as long as any that is read.
pub(crate) fn floods(signed: &str) -> impl Iterator<Item = Vec<u8>> {
    let fills = FILLS.into_iter().map(|fill| ("", fill)).chain(HEADS);
    let filled = fills.map(|(head, fill)| {
        let room = SIZE.saturating_sub(head.len());
        head.to_owned() + &fill.repeat(room.checked_div(fill.len()).unwrap_or(0))
    });
    filled.chain([keys(), steps(), laughs(), many_signatures(signed)]).map(String::into_bytes)
}

/// Keys, each another one, in maps as large as they may be.
fn keys() -> String {
    let map = |n: usize| {
        let fields = (0..500).map(|key| format!("  key-{n}-{key}: {key}\n"));
        format!("map-{n}:\n{}", fields.collect::<String>())
    };
    let mut text: String = (0..40).map(map).collect();
    text.truncate(SIZE);
    text
}

/// Each line deeper than the one before.
fn steps() -> String {
    (0..700).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect()
}

/// Aliases of aliases.
fn laughs() -> String {
    let level = |n: usize| {
        format!("l{n}: &l{n} [{}]\n", vec![format!("*l{}", n.saturating_sub(1)); 9].join(","))
    };
    let text = format!("l0: &l0 [lol]\n{}", (1..12).map(level).collect::<String>());
    text.repeat(SIZE.checked_div(text.len()).unwrap_or(0))
}

/// The signed job with its signatures over and over.
fn many_signatures(signed: &str) -> String {
    let (head, entries) = signed.split_once("signatures:\n").unwrap_or((signed, ""));
    let room = SIZE.saturating_sub(head.len()).saturating_sub(12);
    let times = room.checked_div(entries.len()).unwrap_or(0);
    format!("{head}signatures:\n{}", entries.repeat(times))
}
