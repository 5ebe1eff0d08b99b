//! A document as a tree that knows where each key and value stands in its file.

use std::{borrow::Cow, collections::BTreeMap};

use arch_identity::canonical::{Decimal, Json, NotCanonical, Writer};
use arch_problem::Span;

/// A value and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Where it stands, quotes and brackets included.
    pub span: Span,
    /// What it is.
    pub value: Value,
}

/// What a value is; there is no null.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `true` or `false`.
    Bool(bool),
    /// An integer within ±(2^53-1).
    Integer(i64),
    /// A decimal fraction.
    Decimal(Decimal),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// A map; its keys are distinct.
    Map(BTreeMap<String, Field>),
}

/// One entry of a map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Where the key stands.
    pub key: Span,
    /// The value.
    pub node: Node,
}

/// What a JSON pointer leads to; the nearest ancestor when the value is absent.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    /// Where the value's key stands; `None` for the root and for list entries.
    pub key: Option<Span>,
    /// The value.
    pub node: &'a Node,
    /// Whether it is the value itself and not an ancestor.
    pub exact: bool,
}

impl Node {
    /// The map's entry of that key; `None` when absent or no map.
    #[must_use]
    pub fn field(&self, key: &str) -> Option<&Field> {
        match &self.value {
            Value::Map(fields) => fields.get(key),
            _ => None,
        }
    }

    /// The text, if it is text.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Walks a JSON pointer (RFC 6901) as far as it goes.
    #[must_use]
    pub fn find(&self, pointer: &str) -> Found<'_> {
        let mut found = Found { key: None, node: self, exact: true };
        for step in pointer.split('/').skip(1) {
            let step = unescaped(step);
            let next = match &found.node.value {
                Value::Map(fields) => fields.get(&*step).map(|f| (Some(f.key), &f.node)),
                Value::List(items) => {
                    step.parse().ok().and_then(|i: usize| items.get(i)).map(|node| (None, node))
                }
                _ => None,
            };
            match next {
                Some((key, node)) => found = Found { key, node, exact: true },
                None => return Found { exact: false, ..found },
            }
        }
        found
    }

    /// The value without its places.
    #[must_use]
    pub fn json(&self) -> Json {
        match &self.value {
            Value::Bool(b) => Json::Bool(*b),
            Value::Integer(n) => Json::Integer(*n),
            Value::Decimal(d) => Json::Decimal(*d),
            Value::Text(text) => Json::Text(text.clone()),
            Value::List(items) => Json::List(items.iter().map(Self::json).collect()),
            Value::Map(fields) => {
                Json::Object(fields.iter().map(|(k, f)| (k.clone(), f.node.json())).collect())
            }
        }
    }

    /// One past the last byte of the value or of whatever stands in it.
    #[must_use]
    pub fn end(&self) -> usize {
        let below = match &self.value {
            Value::List(items) => items.last().map(Self::end),
            Value::Map(fields) => fields.values().map(|f| f.node.end()).max(),
            _ => None,
        };
        below.unwrap_or(0).max(self.span.end)
    }
}

/// A key as one step of a JSON pointer.
#[must_use]
pub fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// One step of a JSON pointer as the key that it means.
fn unescaped(step: &str) -> Cow<'_, str> {
    if step.contains('~') { step.replace("~1", "/").replace("~0", "~").into() } else { step.into() }
}

/// The canonical bytes of a document without its signatures: what is signed.
///
/// `length` is that of the file, which is about as long.
pub(crate) fn body(root: &Node, length: usize) -> Result<Vec<u8>, NotCanonical> {
    let mut out = Writer::with_room(length);
    fields(&mut out, root, "signatures", |out, key, node| match key {
        "spec" => fields(out, node, "signature", |out, _, node| value(out, node)),
        _ => value(out, node),
    })?;
    Ok(out.into_bytes())
}

/// Writes a map without one of its keys, and what is no map as it is. Keys are ASCII, whose order
/// is that of RFC 8785 §3.2.3.
fn fields(
    out: &mut Writer,
    node: &Node,
    without: &str,
    below: impl Fn(&mut Writer, &str, &Node) -> Result<(), NotCanonical>,
) -> Result<(), NotCanonical> {
    let Value::Map(map) = &node.value else { return value(out, node) };
    out.sign('{');
    for (i, (key, field)) in map.iter().filter(|(key, _)| *key != without).enumerate() {
        out.comma(i);
        out.text(key);
        out.sign(':');
        below(out, key, &field.node)?;
    }
    out.sign('}');
    Ok(())
}

fn value(out: &mut Writer, node: &Node) -> Result<(), NotCanonical> {
    match &node.value {
        Value::Bool(truth) => out.truth(*truth),
        Value::Integer(n) => out.integer(*n)?,
        Value::Decimal(decimal) => out.decimal(*decimal),
        Value::Text(text) => out.text(text),
        // No key is the empty text.
        Value::Map(_) => fields(out, node, "", |out, _, node| value(out, node))?,
        Value::List(items) => {
            out.sign('[');
            for (i, item) in items.iter().enumerate() {
                out.comma(i);
                value(out, item)?;
            }
            out.sign(']');
        }
    }
    Ok(())
}
