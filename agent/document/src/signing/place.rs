//! Where in a YAML text a signature goes.

use arch_problem::Span;

use crate::tree::{Node, Value};

/// Puts `new` in the place of a span.
pub(super) fn replace(text: &str, old: Span, new: &str) -> String {
    let before = text.get(..old.start).unwrap_or_default();
    let after = text.get(old.end..).unwrap_or_default();
    format!("{before}{new}{after}")
}

/// Adds an entry to `signatures`, or the list itself at the end of the file. `None` if the list, or
/// the document, is not written in block form.
pub(super) fn append(text: &str, root: &Node, fields: &[String]) -> Option<String> {
    let ending = if text.contains("\r\n") { "\r\n" } else { "\n" };
    match root.field("signatures") {
        Some(field) => {
            let Value::List(items) = &field.node.value else { return None };
            let indent = before(text, field.node.span)?;
            let in_block = text.get(field.node.span.start..)?.starts_with("- ");
            let last = items.last().filter(|_| in_block)?;
            let at = end_of_line(text, last.end());
            Some(insert(text, at, &entry(indent, fields, ending), ending))
        }
        None => {
            let indent = before(text, root.span)?;
            let in_block = !text.get(root.span.start..)?.starts_with('{');
            let list = format!("{indent}signatures:{ending}");
            let list = list + &entry(&format!("{indent}  "), fields, ending);
            in_block.then(|| insert(text, text.len(), &list, ending))
        }
    }
}

/// The blanks in front of a span that starts its line.
fn before(text: &str, span: Span) -> Option<&str> {
    let line = text.get(..span.start)?.rsplit('\n').next()?;
    line.bytes().all(|b| b == b' ').then_some(line)
}

fn end_of_line(text: &str, from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    rest.find('\n').map_or(text.len(), |at| from.saturating_add(at).saturating_add(1))
}

/// `- by: …` and the other fields below it.
fn entry(indent: &str, fields: &[String], ending: &str) -> String {
    let mark = |i: usize| if i == 0 { "- " } else { "  " };
    fields.iter().enumerate().map(|(i, f)| format!("{indent}{}{f}{ending}", mark(i))).collect()
}

/// Puts whole lines into the text, after a line break of their own if one is missing.
fn insert(text: &str, at: usize, lines: &str, ending: &str) -> String {
    let (before, after) = text.split_at_checked(at).unwrap_or((text, ""));
    let gap = if before.is_empty() || before.ends_with('\n') { "" } else { ending };
    format!("{before}{gap}{lines}{after}")
}
