//! From YAML events to the tree; whatever YAML has beyond JSON is refused on sight.

use std::collections::{BTreeMap, btree_map::Entry};

use arch_problem::{Code, Span, codes};
use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, StrInput, StructureStyle};

use super::{DEPTH, FIELDS, NODES, scalar::Scalar};
use crate::{
    flaw::Flaw,
    tree::{Field, Node, Value},
};

/// Reads the one document of `text`, a map.
pub(super) fn document(text: &str) -> Result<Node, Box<Flaw>> {
    let options = granit_parser::options! {
        strict_indentation: true,
        disallow_directives: true,
        emit_anchor_events: true,
        emit_unresolved_aliases: true,
        emit_comments: false,
        flow_nesting_limit: DEPTH,
        block_nesting_limit: DEPTH,
    };
    let events = Parser::new_from_str_with_options(text, options);
    let mut builder = Builder { text, events, nodes: 0, flow: 0 };
    let root = builder.first()?;
    builder.last()?;
    match root.value {
        Value::Map(_) => Ok(root),
        _ => Err(Flaw::new(root.span, codes::NOT_A_MAP, "a document is a map")),
    }
}

struct Builder<'a> {
    text: &'a str,
    events: Parser<'a, StrInput<'a>>,
    nodes: usize,
    /// How many flow collections are open.
    flow: usize,
}

impl<'a> Builder<'a> {
    fn next(&mut self) -> Result<(Event<'a>, granit_parser::Span), Box<Flaw>> {
        match self.events.next_event() {
            Some(Ok(next)) => Ok(next),
            Some(Err(error)) => Err(self.syntax(&error)),
            None => {
                let end = self.text.len();
                let span = Span { start: end, end, line: 1, column: 1 };
                Err(Flaw::new(span, codes::YAML_SYNTAX, "the text ends too early"))
            }
        }
    }

    /// Everything up to and with the document's root.
    fn first(&mut self) -> Result<Node, Box<Flaw>> {
        loop {
            match self.next()? {
                (Event::StreamStart | Event::DocumentStart(..), _) => {}
                (Event::StreamEnd, span) => return Err(empty(place(&span))),
                (event, span) => {
                    let is_empty = matches!(&event, Event::Scalar(_, ScalarStyle::Plain, 0, None))
                        && span.is_empty();
                    if is_empty {
                        return Err(empty(place(&span)));
                    }
                    return self.node(event, &span, 1);
                }
            }
        }
    }

    /// Nothing may follow the document.
    fn last(&mut self) -> Result<(), Box<Flaw>> {
        loop {
            match self.next()? {
                (Event::StreamEnd, _) => return Ok(()),
                (Event::DocumentEnd, _) => {}
                (_, span) => {
                    let text = "a second document starts here";
                    return Err(Flaw::new(place(&span), codes::SECOND_DOCUMENT, text));
                }
            }
        }
    }

    fn node(
        &mut self,
        event: Event<'a>,
        span: &granit_parser::Span,
        depth: usize,
    ) -> Result<Node, Box<Flaw>> {
        self.admit(&event, span)?;
        match event {
            Event::Scalar(text, style, ..) => self.scalar(&text, style, span).value(),
            Event::SequenceStart(style, ..) => {
                let start = self.collection(span, style, depth)?;
                self.within(style, |builder| builder.list(start, style, depth))
            }
            Event::MappingStart(style, ..) => {
                let start = self.collection(span, style, depth)?;
                self.braced(start, style)?;
                self.within(style, |builder| builder.map(start, style, depth))
            }
            _ => Err(Flaw::new(place(span), codes::YAML_SYNTAX, "a value is missing here")),
        }
    }

    /// Counts the node, and refuses what stands in front of its content.
    fn admit(&mut self, event: &Event<'a>, span: &granit_parser::Span) -> Result<(), Box<Flaw>> {
        self.nodes = self.nodes.saturating_add(1);
        if self.nodes > NODES {
            return Err(Flaw::new(place(span), codes::TOO_MANY_NODES, too_many()));
        }
        if matches!(event, Event::Alias(_) | Event::UnresolvedAlias(_)) {
            return Err(Flaw::new(place(span), codes::ALIAS, "there is an alias here"));
        }
        if event.anchor_id().is_some_and(|id| id > 0) {
            // The anchor's own event follows its node's.
            let at = match self.next() {
                Ok((Event::Anchor(..), at)) => place(&at),
                _ => place(span),
            };
            return Err(Flaw::new(at, codes::ANCHOR, "there is an anchor here"));
        }
        if event.tag().is_some() {
            let at = span.tag_span().map_or(place(span), |at| place(&at));
            return Err(Flaw::new(at, codes::TAG, "there is a tag here"));
        }
        Ok(())
    }

    fn scalar<'b>(
        &self,
        text: &'b str,
        style: ScalarStyle,
        span: &granit_parser::Span,
    ) -> Scalar<'b>
    where
        'a: 'b,
    {
        let at = place(span);
        let raw = self.text.get(at.start..at.end).unwrap_or_default();
        let ends_file = at.end >= self.text.len() && !self.text.ends_with('\n');
        Scalar { text, style, raw, span: at, ends_file, in_flow: self.flow > 0 }
    }

    /// Where a collection starts. A block has no end of its own; its first line stands for it.
    fn collection(
        &self,
        span: &granit_parser::Span,
        style: StructureStyle,
        depth: usize,
    ) -> Result<Span, Box<Flaw>> {
        let mut at = place(span);
        if depth > DEPTH {
            return Err(Flaw::new(at, codes::TOO_DEEP, too_deep()));
        }
        // Only blocks: thousands of flow collections may stand on one long line.
        if style == StructureStyle::Block {
            let rest = self.text.get(at.start..).unwrap_or_default();
            let line = rest.lines().next().unwrap_or_default();
            at.end = at.start.saturating_add(line.trim_end().len());
        }
        Ok(at)
    }

    /// `[a: 1]` is a list of a map for YAML, and an error for some readers.
    fn braced(&self, start: Span, style: StructureStyle) -> Result<(), Box<Flaw>> {
        let rest = self.text.get(start.start..).unwrap_or_default();
        if style == StructureStyle::Block || rest.starts_with('{') {
            return Ok(());
        }
        let flaw = Flaw::new(start, codes::YAML_SYNTAX, "a pair without braces stands in a list");
        Err(flaw.help("write `{key: value}`"))
    }

    fn within(
        &mut self,
        style: StructureStyle,
        read: impl FnOnce(&mut Self) -> Result<Node, Box<Flaw>>,
    ) -> Result<Node, Box<Flaw>> {
        let outside = self.flow;
        self.flow = outside.saturating_add(usize::from(style == StructureStyle::Flow));
        let node = read(self);
        self.flow = outside;
        node
    }

    fn list(
        &mut self,
        mut at: Span,
        style: StructureStyle,
        depth: usize,
    ) -> Result<Node, Box<Flaw>> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, end) => {
                    at.end = closing(at.end, style, &end);
                    return Ok(Node { span: at, value: Value::List(items) });
                }
                (event, span) => items.push(self.node(event, &span, depth.saturating_add(1))?),
            }
        }
    }

    fn map(
        &mut self,
        mut at: Span,
        style: StructureStyle,
        depth: usize,
    ) -> Result<Node, Box<Flaw>> {
        let mut fields = BTreeMap::new();
        loop {
            let (event, span) = self.next()?;
            if event == Event::MappingEnd {
                at.end = closing(at.end, style, &span);
                return Ok(Node { span: at, value: Value::Map(fields) });
            }
            let (name, key) = self.key(&event, &span)?;
            if fields.len() >= FIELDS {
                let text = format!("the map has more than {FIELDS} keys");
                return Err(Flaw::new(key, codes::TOO_MANY_FIELDS, text));
            }
            match fields.entry(name) {
                Entry::Occupied(first) => return Err(twice(first.key(), first.get(), key)),
                Entry::Vacant(slot) => {
                    let (event, span) = self.next()?;
                    let node = self.node(event, &span, depth.saturating_add(1))?;
                    slot.insert(Field { key, node });
                }
            }
        }
    }

    fn key(
        &mut self,
        event: &Event<'a>,
        span: &granit_parser::Span,
    ) -> Result<(String, Span), Box<Flaw>> {
        self.admit(event, span)?;
        match event {
            Event::Scalar(text, style, ..) => {
                let key = self.scalar(text, *style, span);
                let name = key.key()?;
                self.colon_beside(key.span)?;
                Ok((name, key.span))
            }
            _ => Err(Flaw::new(place(span), codes::KEY_NOT_TEXT, "a key is a list or a map")),
        }
    }

    /// Between braces YAML lets a key's colon stand on a later line; PyYAML, ruamel.yaml and yaml.v3 refuse it.
    fn colon_beside(&self, key: Span) -> Result<(), Box<Flaw>> {
        let rest = self.text.get(key.end..).unwrap_or_default().trim_start_matches(' ');
        if self.flow == 0 || !rest.starts_with(['\n', '\r', '#']) {
            return Ok(());
        }
        let flaw = Flaw::new(key, codes::YAML_SYNTAX, "no colon follows this key on its line");
        Err(flaw.help("write `key: value`, the colon right behind the key"))
    }

    fn syntax(&self, error: &ScanError) -> Box<Flaw> {
        let marker = error.marker();
        let (code, text) = match error.kind() {
            ErrorKind::RecursionLimitExceeded => (codes::TOO_DEEP, too_deep()),
            ErrorKind::DirectiveDisallowed => {
                (codes::DIRECTIVE, "there is a directive here".into())
            }
            ErrorKind::UnknownAnchor => (codes::ALIAS, "there is an alias here".into()),
            // Quoted text ends on its line here, whatever the parser went on to look for.
            ErrorKind::UnclosedQuotedScalar
            | ErrorKind::InvalidQuotedScalarIndent
            | ErrorKind::DocumentIndicatorInQuotedScalar => (codes::YAML_SYNTAX, UNCLOSED.into()),
            kind => (codes::YAML_SYNTAX, kind.to_string().replace(['`', '\''], "\"")),
        };
        let start = marker.byte_offset().unwrap_or(0).min(self.text.len());
        let next = self.text.get(start..).and_then(|rest| rest.chars().next());
        let end = start.saturating_add(next.map_or(0, char::len_utf8));
        let at = granit_parser::Span::empty(*marker);
        Flaw::new(Span { start, end, ..place(&at) }, code, text)
    }
}

/// There is nothing up to `end`.
pub(super) fn empty(end: Span) -> Box<Flaw> {
    Flaw::new(end, codes::EMPTY_DOCUMENT, "the document is empty")
}

/// What is said of quotes that do not close.
pub(super) const UNCLOSED: &str = "the quotes are not closed where the text ends";

pub(super) fn too_many() -> String {
    format!("there are more than {NODES} values")
}

fn too_deep() -> String {
    format!("lists and maps are nested deeper than {DEPTH}")
}

fn twice(name: &str, first: &Field, second: Span) -> Box<Flaw> {
    let code: Code = codes::DUPLICATE_KEY;
    let mut flaw = Flaw::new(second, code, format!("the key `{name}` stands twice"));
    flaw.other = Some((first.key, "first one here"));
    flaw
}

/// Where a flow collection's bracket closes; a block keeps its first line.
fn closing(line: usize, style: StructureStyle, end: &granit_parser::Span) -> usize {
    match style {
        StructureStyle::Flow => end.end.byte_offset().unwrap_or(line),
        StructureStyle::Block => line,
    }
}

/// The parser counts columns from 0, in characters.
fn place(span: &granit_parser::Span) -> Span {
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let start = span.start.byte_offset().unwrap_or(0);
    Span {
        start,
        end: span.end.byte_offset().unwrap_or(start).max(start),
        line: number(span.start.line()),
        column: number(span.start.col()).saturating_add(1),
    }
}
