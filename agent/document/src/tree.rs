//! A document as a tree that knows where each key and value stands in its file.

use std::collections::BTreeMap;

use arch_identity::canonical::{Decimal, Json};
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
            let step = step.replace("~1", "/").replace("~0", "~");
            let next = match &found.node.value {
                Value::Map(fields) => fields.get(&step).map(|f| (Some(f.key), &f.node)),
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

/// Where a signature's own text stands is no part of what is signed.
pub(crate) fn without_signatures(root: &Node) -> Json {
    let mut body = root.json();
    if let Json::Object(fields) = &mut body {
        fields.remove("signatures");
        if let Some(Json::Object(spec)) = fields.get_mut("spec") {
            spec.remove("signature");
        }
    }
    body
}
