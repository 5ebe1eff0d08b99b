//! One line of a plain document: a key, a scalar, or brackets that close where they opened.

use std::collections::BTreeMap;

use arch_problem::Span;

use super::{DEEP, Nodes, add};
use crate::{
    letters,
    tree::{Field, Node, Value},
    yaml::{SCALAR, plain},
};

/// What is left of a line, from a character that is no blank, without blanks at its end.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    pub(super) text: &'a str,
    /// Columns before it.
    pub(super) indent: usize,
    /// Bytes of the file before it.
    start: usize,
    number: u32,
}

impl<'a> Line<'a> {
    /// The content of a line that begins at `start`; `None` if it has none.
    pub(super) fn new(whole: &'a str, start: usize, number: u32) -> Option<Self> {
        let line = Self { text: without_end(whole), indent: 0, start, number }.behind(0)?;
        (!line.is_over()).then_some(line)
    }

    /// What follows the first `length` bytes and the blanks behind them.
    pub(super) fn behind(self, length: usize) -> Option<Self> {
        let rest = self.text.get(length..)?;
        let blanks = rest.bytes().take_while(|byte| *byte == b' ').count();
        let text = rest.get(blanks..)?;
        let gone = length.saturating_add(blanks);
        let (indent, start) = (self.indent.saturating_add(gone), self.start.saturating_add(gone));
        Some(Self { text, indent, start, ..self })
    }

    /// Whether nothing follows, or a comment. Asked only where a blank or nothing stands before.
    pub(super) fn is_over(self) -> bool {
        self.text.is_empty() || self.text.starts_with('#')
    }

    /// The span of the first `length` bytes.
    pub(super) fn span(self, length: usize) -> Span {
        Span {
            start: self.start,
            end: self.start.saturating_add(length),
            line: self.number,
            column: u32::try_from(self.indent.saturating_add(1)).unwrap_or(u32::MAX),
        }
    }

    /// `key:`, and what stands behind it after a blank.
    pub(super) fn key(self) -> Option<(&'a str, Self)> {
        // A key has few bytes; a line may have thousands.
        let length = self.text.bytes().take(129).position(|byte| byte == b':')?;
        let name = self.text.get(..length)?;
        let is_key = letters::is_key(name) && name.starts_with(|c: char| c.is_ascii_alphabetic());
        let colon = length.saturating_add(1);
        let apart = matches!(self.text.as_bytes().get(colon), None | Some(b' '));
        (is_key && apart).then_some((name, self.behind(colon)?))
    }

    /// The value that takes the whole line.
    pub(super) fn value(self, nodes: &mut Nodes, depth: usize) -> Option<Node> {
        let (node, after) = match self.text.as_bytes().first()? {
            b'"' | b'\'' | b'[' | b'{' => self.piece(nodes, depth)?,
            _ => {
                // A `#` behind anything but a blank is not plain.
                let comment = self.text.bytes().position(|byte| byte == b'#');
                self.plain(comment.unwrap_or(self.text.len()), b",", nodes)?
            }
        };
        let apart = after.text.is_empty() || after.start > node.span.end;
        (apart && after.is_over()).then_some(node)
    }

    /// A value within brackets, and what follows it.
    fn piece(self, nodes: &mut Nodes, depth: usize) -> Option<(Node, Self)> {
        match self.text.as_bytes().first()? {
            quote @ (b'"' | b'\'') => self.quoted(*quote, nodes),
            b'[' => self.list(nodes, depth.saturating_add(1)),
            b'{' => self.map(nodes, depth.saturating_add(1)),
            _ => {
                let end = self.text.bytes().position(|byte| matches!(byte, b',' | b']' | b'}'))?;
                self.plain(end, b"", nodes)
            }
        }
    }

    /// Text in quotes, without a quote or an escape in it.
    fn quoted(self, quote: u8, nodes: &mut Nodes) -> Option<(Node, Self)> {
        nodes.count()?;
        let inner = self.text.get(1..)?;
        let length = inner.bytes().position(|byte| byte == quote || byte == b'\\')?;
        let text = inner.get(..length).filter(|text| text.len() <= SCALAR)?;
        let whole = length.saturating_add(2);
        // In single quotes a backslash is one, and a doubled quote stands for one.
        let escaped = inner.as_bytes().get(length) == Some(&b'\\');
        let doubled = self.text.as_bytes().get(whole) == Some(&quote);
        let node = Node { span: self.span(whole), value: Value::Text(text.to_owned()) };
        Some((node, self.behind(whole)?)).filter(|_| !escaped && !doubled)
    }

    /// The first `length` bytes as text without quotes, but for the blanks at their end.
    fn plain(self, length: usize, also: &[u8], nodes: &mut Nodes) -> Option<(Node, Self)> {
        nodes.count()?;
        let text = without_end(self.text.get(..length)?);
        if text.len() > SCALAR || !is_plain(text, also) {
            return None;
        }
        let value = plain::resolve(text).ok()?;
        Some((Node { span: self.span(text.len()), value }, self.behind(text.len())?))
    }

    /// `[a, b]`.
    fn list(self, nodes: &mut Nodes, depth: usize) -> Option<(Node, Self)> {
        nodes.count()?;
        let mut items = Vec::new();
        let mut rest = self.behind(1).filter(|_| depth <= DEEP)?;
        while !(items.is_empty() && rest.text.starts_with(']')) {
            let (node, after) = rest.piece(nodes, depth)?;
            items.push(node);
            match after.text.as_bytes().first()? {
                b',' => rest = after.behind(1)?,
                b']' => return self.closed(after, Value::List(items)),
                _ => return None,
            }
        }
        self.closed(rest, Value::List(items))
    }

    /// `{a: 1, b: 2}`.
    fn map(self, nodes: &mut Nodes, depth: usize) -> Option<(Node, Self)> {
        nodes.count()?;
        let mut fields = BTreeMap::new();
        let mut rest = self.behind(1).filter(|_| depth <= DEEP)?;
        while !(fields.is_empty() && rest.text.starts_with('}')) {
            let (name, value) = rest.key()?;
            let (node, after) = value.piece(nodes, depth)?;
            add(&mut fields, name, Field { key: rest.span(name.len()), node }, nodes)?;
            match after.text.as_bytes().first()? {
                b',' => rest = after.behind(1)?,
                b'}' => return self.closed(after, Value::Map(fields)),
                _ => return None,
            }
        }
        self.closed(rest, Value::Map(fields))
    }

    /// The brackets from here to the first byte of `end`.
    fn closed(self, end: Self, value: Value) -> Option<(Node, Self)> {
        let length = end.start.saturating_add(1).saturating_sub(self.start);
        Some((Node { span: self.span(length), value }, end.behind(1)?))
    }
}

/// The text without the blanks at its end.
fn without_end(text: &str) -> &str {
    let blanks = text.bytes().rev().take_while(|byte| *byte == b' ').count();
    text.get(..text.len().saturating_sub(blanks)).unwrap_or_default()
}

/// Whether text without quotes begins as text or a number does, and holds nothing that could be a
/// sign of YAML. What is in `also` is none at this place.
fn is_plain(text: &str, also: &[u8]) -> bool {
    let bytes = text.as_bytes();
    let begins = bytes.strip_prefix(b"-").unwrap_or(bytes).first();
    let mut after_colon = false;
    let harmless = bytes.iter().all(|byte| {
        let word = byte.is_ascii_alphanumeric() || *byte == b'/';
        // `a: b` is a map, and `a:` one of nothing.
        let fine = if after_colon {
            word
        } else {
            word || b" ._-+@=~%()<>$;:".contains(byte) || also.contains(byte)
        };
        after_colon = *byte == b':';
        fine
    });
    harmless
        && !after_colon
        && begins.is_some_and(|byte| byte.is_ascii_alphanumeric() || b"._/".contains(byte))
}
