//! Files full of one thing, nearly all as long as any that is read: for the tests of the loader, and for the
//! bench that says how long each keeps a node busy.

/// The most that is read.
const SIZE: usize = 262_144;

/// What a file is filled with from its beginning to 256 KiB.
const FILLS: [&str; 74] = [
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
    "[[",
    "'a' ",
    "--- ",
    "% ",
    "[]",
    "{}",
    "{\n",
    "- {",
    "`",
    "a: b: ",
    "[?",
    "{:",
];

/// What a file begins with, and what it is filled with from there.
const HEADS: [(&str, &str); 25] = [
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
    ("a: \"e", "\u{301}"),
];

/// Each with the piece that it is filled with.
pub fn floods() -> impl Iterator<Item = (&'static str, String)> {
    let fills = FILLS.into_iter().map(|fill| ("", fill)).chain(HEADS);
    let filled = fills.map(|(head, fill)| (fill, filled(head, fill)));
    let others = [("keys", keys()), ("steps", steps()), ("laughs", laughs()), ("almost", almost())];
    filled.chain(others)
}

/// The head, and the piece as often as there is room.
#[must_use]
pub fn filled(head: &str, piece: &str) -> String {
    let room = SIZE.saturating_sub(head.len());
    head.to_owned() + &piece.repeat(room.checked_div(piece.len()).unwrap_or(0))
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
    filled("", &text)
}

/// Nearly as many values as are read, in letters that only a YAML parser reads, and then an alias.
fn almost() -> String {
    format!("a: é\nb:\n{}c: *a\n", "  - {b: c}\n".repeat(3_330))
}
