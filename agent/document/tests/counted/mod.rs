//! What is counted before a text is read, beside what the parser then finds in it.

use arch_campaign::Case;
use arch_document::yaml::{Node, Tree, Value, apart};
use arch_problem::{Span, codes};

/// Holds the count beside an accepted text. Returns whether it came to the end.
pub(crate) fn agrees(text: &[u8], tree: &Tree) -> bool {
    let text = std::str::from_utf8(text).unwrap();
    let mut found = Found { text, starts: Vec::new(), texts: Vec::new() };
    found.all(tree.root());
    // What begins first is counted first: a list or map before its first entry.
    found.starts.sort_by_key(|start| (start.at.start, start.ends));
    let longest = found.texts.iter().map(|(_, length)| *length).max().unwrap_or(0);
    let counted = all_of_it(text, found.starts.len(), longest);
    too_many(&found, longest, counted);
    too_long(&found, longest);
    counted
}

/// With limits that it just keeps, an accepted text is never refused.
fn all_of_it(text: &str, values: usize, longest: usize) -> bool {
    match apart::counted(text.as_bytes(), values, longest) {
        Ok(None) => false,
        Ok(Some(counted)) => {
            assert_eq!(counted, values, "in {text:?}");
            true
        }
        Err(problem) => panic!("{problem}, though it is taken: {text:?}"),
    }
}

/// With a lower one, it is refused at the value that is too much and nowhere else.
fn too_many(found: &Found<'_>, longest: usize, counted: bool) {
    let (text, values) = (found.text, found.starts.len());
    let few = [0, 1, 2, 3, values / 4, values / 2, values.saturating_sub(2), values - 1];
    for most in few.into_iter().filter(|most| *most < values) {
        let start = &found.starts[most];
        match apart::counted(text.as_bytes(), most, longest) {
            Ok(None) if !counted || start.vague => {}
            Ok(other) => panic!("{other:?} of {values}, {most} allowed: {text:?}"),
            Err(problem) => {
                let at = problem.at.as_ref().unwrap().span;
                assert_eq!(problem.code, codes::TOO_MANY_NODES, "{text:?}");
                let shown = (at.start, at.line, at.column);
                assert_eq!(shown, (start.at.start, start.at.line, start.at.column), "{text:?}");
                assert!(!start.ends || at.end == start.at.end, "{at:?} in {text:?}");
            }
        }
    }
}

/// With a lower one, it is refused at a text that is too long, and nowhere else.
fn too_long(found: &Found<'_>, longest: usize) {
    let (text, values) = (found.text, found.starts.len());
    for bytes in [0, 1, 2, longest / 2, longest.saturating_sub(1)] {
        if let Err(problem) = apart::counted(text.as_bytes(), values, bytes) {
            let at = problem.at.as_ref().unwrap().span;
            assert_eq!(problem.code, codes::SCALAR_TOO_LONG, "{text:?}");
            let long = |(start, length): &(usize, usize)| *start == at.start && *length > bytes;
            assert!(found.texts.iter().any(long), "{problem} {text:?}");
        }
    }
}

/// Where everything starts, and how long each text is.
struct Found<'a> {
    text: &'a str,
    starts: Vec<Start>,
    texts: Vec<(usize, usize)>,
}

struct Start {
    at: Span,
    /// Whether its end is known where it is counted.
    ends: bool,
    /// Whether its place is known to the parser alone.
    vague: bool,
}

impl Found<'_> {
    fn all(&mut self, node: &Node) {
        let (at, text) = (node.span, node.text());
        let block = text.is_some() && self.is_block(at);
        let vague = block && text == Some("");
        match &node.value {
            Value::List(items) => {
                let block = |item: &Node| item.text().is_some() && self.is_block(item.span);
                let vague =
                    items.first().is_some_and(|item| item.span.line > at.line || block(item));
                self.starts.push(Start { at, ends: false, vague });
                items.iter().for_each(|item| self.all(item));
            }
            Value::Map(fields) => {
                self.starts.push(Start { at, ends: false, vague });
                for (name, field) in fields {
                    self.starts.push(Start { at: field.key, ends: true, vague });
                    self.texts.push((field.key.start, name.len()));
                    self.all(&field.node);
                }
            }
            _ => {
                self.starts.push(Start { at, ends: !block, vague });
                let length = text.map_or(at.end - at.start, str::len);
                self.texts.push((at.start, length));
            }
        }
    }

    /// Whether a text is one of lines below a `|`.
    fn is_block(&self, at: Span) -> bool {
        let above = self.text[..at.start].trim_end_matches(' ').trim_end().lines().next_back();
        let header = above.unwrap_or_default().trim_end().trim_end_matches(['+', '-']);
        self.text[at.start..].starts_with('|') || header.ends_with('|')
    }
}

/// A document in all the ways of writing that are taken, and a few that are not.
pub(crate) fn drawn(case: &mut Case) -> Vec<u8> {
    let mut text = String::new();
    if case.once_in(8) {
        text.push_str("---\n");
    }
    block(case, &mut text, 0, 0, true);
    if case.once_in(8) { text.replace('\n', "\r\n") } else { text }.into_bytes()
}

const SCALARS: [&str; 24] = [
    "a",
    "b c",
    "1",
    "-3",
    "0.5",
    "true",
    "a#b",
    "a-b",
    "a:b",
    "\"x\"",
    "\"x: # [\"",
    "'it''s'",
    "'{ \" }'",
    "\"\\u0041\\n\\\"\"",
    "\"\\U0001f600\"",
    "\"\"",
    "''",
    "é",
    "a é # c",
    "x]",
    "- y",
    "\"\\x41\\\\\"",
    "a, b",
    "http://x/y",
];

fn scalar(case: &mut Case, in_flow: bool) -> String {
    let text = *case.pick(&SCALARS);
    let odd = text.contains(['#', ']', ',']) && !text.starts_with(['"', '\'']) || text == "- y";
    if odd && (in_flow || !case.once_in(3)) { "z".to_owned() } else { text.to_owned() }
}

fn key(case: &mut Case, n: usize) -> String {
    match case.index(8) {
        0 => format!("\"k{n}\""),
        1 => format!("'k{n}'"),
        2 => format!("k-{n}.x/y"),
        _ => format!("k{n}"),
    }
}

fn end(case: &mut Case, text: &mut String, column: usize) {
    text.push_str(case.pick::<&str>(&["\n", "\n", "\n", " \n", " # c: [\n", "   # \"\n"]));
    if case.once_in(8) {
        let more = case.pick(&["\n", "  \n", "# c\n", "    # - d\n"]);
        text.push_str(more);
    }
    if case.once_in(200) {
        text.push_str(&" ".repeat(column + 1));
        text.push_str("more\n");
    }
}

/// A list or map whose entries stand at `column`; the text is at it already for the first of them
/// if it stands behind a dash.
fn block(case: &mut Case, text: &mut String, column: usize, depth: usize, is_map: bool) {
    for n in 0..=case.index(4) {
        if n > 0 || text.is_empty() || text.ends_with('\n') {
            text.push_str(&" ".repeat(column));
        }
        if is_map {
            text.push_str(&key(case, n));
            text.push_str(case.pick::<&str>(&[":", ":", ":", ":", " :"]));
            below(case, text, column, depth);
        } else {
            text.push('-');
            behind(case, text, column, depth);
        }
    }
}

/// A value behind a key.
fn below(case: &mut Case, text: &mut String, column: usize, depth: usize) {
    match case.index(if depth < 5 { 8 } else { 5 }) {
        0 | 1 => value(case, text, column),
        2 => lines(case, text, column),
        3 => {
            text.push(' ');
            flow(case, text, column, depth);
            end(case, text, column);
        }
        4 => {
            end(case, text, column);
            text.push_str(&" ".repeat(column + 1 + case.index(3)));
            text.push_str(&scalar(case, false));
            end(case, text, column);
        }
        5 | 6 => {
            end(case, text, column);
            let deeper = column + 1 + case.index(3);
            block(case, text, deeper, depth + 1, true);
        }
        _ => {
            end(case, text, column);
            let deeper = column + case.index(3);
            block(case, text, deeper, depth + 1, false);
        }
    }
}

/// A value behind a dash.
fn behind(case: &mut Case, text: &mut String, column: usize, depth: usize) {
    let blanks = 1 + case.index(3);
    match case.index(if depth < 5 { 6 } else { 3 }) {
        0 | 1 => value(case, text, column),
        2 => lines(case, text, column),
        3 => below(case, text, column + 1, depth),
        n => {
            text.push_str(&" ".repeat(blanks));
            block(case, text, column + 1 + blanks, depth + 1, n == 4);
        }
    }
}

fn value(case: &mut Case, text: &mut String, column: usize) {
    text.push_str(&" ".repeat(1 + case.index(2)));
    text.push_str(&scalar(case, false));
    end(case, text, column);
}

fn lines(case: &mut Case, text: &mut String, column: usize) {
    text.push_str(
        case.pick::<&str>(&[" |\n", " |\n", " |-\n", " |+\n", " |  \n", " >\n", " |2\n"]),
    );
    let blanks = column + 1 + case.index(3);
    for _ in 0..case.index(5) {
        let more = if case.once_in(6) { 1 } else { 0 };
        let said = case.pick(&["x", "k: 1", "- y", "# no comment", "\"", "[", "---", "é"]);
        text.push_str(&format!("{}{said}\n", " ".repeat(blanks + more)));
        if case.once_in(6) {
            text.push('\n');
        }
    }
}

fn flow(case: &mut Case, text: &mut String, column: usize, depth: usize) {
    let is_map = case.index(2) == 0;
    text.push(if is_map { '{' } else { '[' });
    let count = case.index(4);
    for n in 0..count {
        gap(case, text, column);
        if is_map {
            text.push_str(&key(case, n));
            text.push_str(case.pick::<&str>(&[": ", ": ", ": ", ":", " : "]));
        }
        if depth < 8 && case.once_in(4) {
            flow(case, text, column, depth + 1);
        } else {
            text.push_str(&scalar(case, true));
        }
        gap(case, text, column);
        if n + 1 < count || case.once_in(8) {
            text.push(',');
        }
    }
    gap(case, text, column);
    text.push(if is_map { '}' } else { ']' });
}

fn gap(case: &mut Case, text: &mut String, column: usize) {
    match case.index(10) {
        0 => text.push_str(&format!("\n{}", " ".repeat(column + 1))),
        1 => text.push_str(&format!(" # c, ]\n{}", " ".repeat(column + 2))),
        2..5 => text.push(' '),
        _ => {}
    }
}
