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
        let text = whole.trim_end_matches(' ');
        let line = Self { text, indent: 0, start, number }.behind(0)?;
        (!line.is_over()).then_some(line)
    }

    /// What follows the first `length` bytes and the blanks behind them.
    pub(super) fn behind(self, length: usize) -> Option<Self> {
        let rest = self.text.get(length..)?;
        let text = rest.trim_start_matches(' ');
        let gone = self.text.len().saturating_sub(text.len());
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
        let (name, rest) = self.text.split_once(':')?;
        let is_key = letters::is_key(name) && name.starts_with(|c: char| c.is_ascii_alphabetic());
        let apart = rest.is_empty() || rest.starts_with(' ');
        let behind = self.behind(name.len().saturating_add(1))?;
        (is_key && apart).then_some((name, behind))
    }

    /// The value that takes the whole line.
    pub(super) fn value(self, nodes: &mut Nodes, depth: usize) -> Option<Node> {
        let (node, after) = match self.text.as_bytes().first()? {
            b'"' | b'\'' | b'[' | b'{' => self.piece(nodes, depth)?,
            _ => {
                let comment = self.text.find(" #").unwrap_or(self.text.len());
                self.plain(comment, b",", nodes)?
            }
        };
        let apart = after.text.is_empty() || after.start > node.span.end;
        (apart && after.is_over()).then_some(node)
    }

    /// A value within brackets, and what follows it.
    fn piece(self, nodes: &mut Nodes, depth: usize) -> Option<(Node, Self)> {
        match self.text.as_bytes().first()? {
            b'"' => self.quoted(r#"""#, nodes),
            b'\'' => self.quoted("'", nodes),
            b'[' => self.list(nodes, depth.saturating_add(1)),
            b'{' => self.map(nodes, depth.saturating_add(1)),
            _ => self.plain(self.text.find([',', ']', '}'])?, b"", nodes),
        }
    }

    /// Text in quotes, without a quote or an escape in it.
    fn quoted(self, quote: &str, nodes: &mut Nodes) -> Option<(Node, Self)> {
        nodes.count()?;
        let (text, rest) = self.text.strip_prefix(quote)?.split_once(quote)?;
        // In single quotes a backslash is one, and a doubled quote stands for one.
        let strange = text.contains('\\') || rest.starts_with(quote) || text.len() > SCALAR;
        let length = text.len().saturating_add(2);
        let node = Node { span: self.span(length), value: Value::Text(text.to_owned()) };
        Some((node, self.behind(length)?)).filter(|_| !strange)
    }

    /// The first `length` bytes as text without quotes, but for the blanks at their end.
    fn plain(self, length: usize, also: &[u8], nodes: &mut Nodes) -> Option<(Node, Self)> {
        nodes.count()?;
        let text = self.text.get(..length)?.trim_end_matches(' ');
        let value = plain::resolve(text).ok().filter(|_| is_plain(text, also))?;
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

/// Whether text without quotes holds nothing that could be a sign of YAML, `also` being none here.
fn is_plain(text: &str, also: &[u8]) -> bool {
    let bytes = text.as_bytes();
    let harmless = |byte: u8| byte.is_ascii_alphanumeric() || b" ._/-+@=~%()<>$;".contains(&byte);
    let begins = |byte: u8| byte.is_ascii_alphanumeric() || b"._/".contains(&byte);
    let all = bytes.iter().zip(bytes.iter().skip(1).map(Some).chain([None])).all(|pair| {
        match pair {
            // `a: b` is a map, and `a:` one of nothing.
            (b':', next) => next.is_some_and(|next| next.is_ascii_alphanumeric() || *next == b'/'),
            (byte, _) => harmless(*byte) || also.contains(byte),
        }
    });
    let sign = bytes.strip_prefix(b"-").unwrap_or(bytes);
    all && sign.first().is_some_and(|byte| begins(*byte))
}
