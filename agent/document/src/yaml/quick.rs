//! The same tree, quicker, for the plain way in which nearly all documents are written.
//!
//! ```text
//! text ──lines──> maps and lists by indentation ──line──> scalars, `[…]` and `{…}` on one line
//!    └─ anything else: gives up ──> the parser reads the text from its beginning
//! ```
//!
//! It refuses nothing but a text that says nothing: at the first thing that it does not know for
//! certain it gives up without a word, and whether the text is good, and what is wrong with it
//! where, the parser says. What it takes, the parser takes as well, with the same values at the same
//! places; the tests hold the two beside each other. Time is linear in the text, recursion ends at [`DEEP`].

mod line;

use std::collections::{BTreeMap, btree_map::Entry};

use arch_problem::Span;

use super::{DEPTH, FIELDS, NODES, plain, scan};
use crate::tree::{Field, Node, Value};
use line::Line;

/// Deeper than any document needs, and far from the loader's own limit.
const DEEP: usize = DEPTH / 2;

/// What the quick reader knows for certain.
pub(super) enum Plain {
    /// The document.
    Document(Node),
    /// There are blank lines and comments alone, up to this end.
    Nothing(Span),
}

/// The document, if all of it is written plainly.
pub(super) fn read(text: &str) -> Option<Plain> {
    // ASCII alone: a column is a byte, every text is in normal form, and nothing is invisible.
    if !scan::is_plain(text) {
        return None;
    }
    let mut reader = Reader { rest: text, start: 0, number: 0, line: None, nodes: Nodes(0) };
    reader.advance();
    let Some(first) = reader.line else { return end(text).map(Plain::Nothing) };
    let root = reader.map(first, 1).filter(|_| first.indent == 0)?;
    reader.line.is_none().then_some(Plain::Document(root))
}

/// One past the last character.
fn end(text: &str) -> Option<Span> {
    let last = text.rsplit('\n').next().unwrap_or_default();
    let line = u32::try_from(text.bytes().filter(|byte| *byte == b'\n').count()).ok()?;
    Some(Span {
        start: text.len(),
        end: text.len(),
        line: line.saturating_add(1),
        column: u32::try_from(last.len()).ok()?.saturating_add(1),
    })
}

/// The lines that say something, one after another.
struct Reader<'a> {
    /// What follows the line at hand.
    rest: &'a str,
    /// Where that begins.
    start: usize,
    /// How many lines were begun.
    number: u32,
    /// The line at hand; `None` after the last.
    line: Option<Line<'a>>,
    nodes: Nodes,
}

/// Counts keys and values as the loader does.
struct Nodes(usize);

impl Nodes {
    fn count(&mut self) -> Option<()> {
        self.0 = self.0.saturating_add(1);
        (self.0 <= NODES).then_some(())
    }
}

impl<'a> Reader<'a> {
    /// Goes to the next line that is neither blank nor a comment.
    fn advance(&mut self) {
        self.line = None;
        while self.line.is_none() {
            self.skip_empty_lines();
            if self.rest.is_empty() {
                return;
            }
            let length = scan::line_length(self.rest);
            let (whole, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
            self.number = self.number.saturating_add(1);
            self.line = Line::new(whole, self.start, self.number);
            self.start = self.start.saturating_add(whole.len()).saturating_add(1);
            self.rest = rest.get(1..).unwrap_or_default();
        }
    }

    /// Blank lines and comments, of which there may be thousands.
    fn skip_empty_lines(&mut self) {
        let (mut empty, mut lines, mut comment) = (0, 0_u32, false);
        for (length, byte) in (1_usize..).zip(self.rest.bytes()) {
            match byte {
                b'\n' => (empty, lines, comment) = (length, lines.saturating_add(1), false),
                b'#' => comment = true,
                b' ' => {}
                _ if comment => {}
                _ => break,
            }
        }
        self.rest = self.rest.get(empty..).unwrap_or_default();
        self.start = self.start.saturating_add(empty);
        self.number = self.number.saturating_add(lines);
    }

    /// The map that begins at the line at hand: entries of the same indentation.
    fn map(&mut self, first: Line<'a>, depth: usize) -> Option<Node> {
        self.nodes.count()?;
        let mut fields = BTreeMap::new();
        let mut here = Some(first);
        while let Some(line) = here.filter(|line| line.indent >= first.indent) {
            let (name, rest) = line.key().filter(|_| line.indent == first.indent)?;
            let key = line.span(name.len());
            let node = self.field(rest, first.indent, depth)?;
            add(&mut fields, name, Field { key, node }, &mut self.nodes)?;
            here = self.line;
        }
        Some(Node { span: first.span(first.text.len()), value: Value::Map(fields) })
    }

    /// What stands behind `key:`, on the same line or below it, deeper than the key.
    fn field(&mut self, rest: Line<'a>, indent: usize, depth: usize) -> Option<Node> {
        if !rest.is_over() {
            return self.one_line(rest, depth);
        }
        self.advance();
        let first = self.line.filter(|line| line.indent > indent && depth < DEEP)?;
        let below = depth.saturating_add(1);
        if first.text.starts_with("- ") { self.list(first, below) } else { self.map(first, below) }
    }

    /// The list that begins at the line at hand: items of the same indentation.
    fn list(&mut self, first: Line<'a>, depth: usize) -> Option<Node> {
        self.nodes.count()?;
        let mut items = Vec::new();
        while let Some(line) = self.line.filter(|line| line.indent >= first.indent) {
            let is_item = line.indent == first.indent && line.text.starts_with("- ");
            let item = line.behind(1).filter(|_| is_item)?;
            items.push(match item.key() {
                Some(_) if depth < DEEP => self.map(item, depth.saturating_add(1))?,
                Some(_) => return None,
                None => self.one_line(item, depth)?,
            });
        }
        Some(Node { span: first.span(first.text.len()), value: Value::List(items) })
    }

    fn one_line(&mut self, line: Line<'a>, depth: usize) -> Option<Node> {
        let node = line.value(&mut self.nodes, depth)?;
        self.advance();
        Some(node)
    }
}

/// Adds an entry of a map; its name is text without quotes for every reader.
fn add(
    fields: &mut BTreeMap<String, Field>,
    name: &str,
    field: Field,
    nodes: &mut Nodes,
) -> Option<()> {
    nodes.count()?;
    let Ok(Value::Text(name)) = plain::resolve(name) else { return None };
    match fields.entry(name) {
        Entry::Vacant(slot) => slot.insert(field),
        Entry::Occupied(_) => return None,
    };
    (fields.len() <= FIELDS).then_some(())
}
