//! Canonical JSON: one value, one sequence of bytes.
//!
//! RFC 8785 (JCS), restricted so that nothing is ever rounded: no null, integers within ±(2^53−1),
//! decimals of at most 15 digits of which at most 6 stand after the point. Two documents with one
//! canonical form would share one signature, so whatever does not fit is refused.

mod decimal;
mod write;

use std::collections::BTreeMap;

use arch_problem::{Code, codes};
use serde::Serialize;

pub use decimal::{Decimal, NotADecimal};
pub use write::{text_into, write};

/// The greatest integer that every JSON reader keeps exactly (RFC 7493 §2.2).
pub const MAX_INTEGER: i64 = 9_007_199_254_740_991;

/// How deep values may nest; bounds the recursion of reader and writer.
pub const MAX_DEPTH: usize = 64;

/// A value that has exactly one canonical form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Json {
    /// `true` or `false`.
    Bool(bool),
    /// An integer within ±(2^53−1).
    Integer(i64),
    /// A decimal fraction, exact.
    Decimal(Decimal),
    /// Text.
    Text(String),
    /// A list; order counts.
    List(Vec<Json>),
    /// Names and values; written in the order of UTF-16 code units (RFC 8785 §3.2.3).
    Object(BTreeMap<String, Json>),
}

/// Why a value has no canonical form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotCanonical {
    /// Null says nothing that leaving the field out does not say.
    #[error("null has no canonical form here; leave the field out")]
    Null,
    /// A number that some reader would round.
    #[error("the number {0} is outside ±(2^53−1) or not exact")]
    Number(String),
    /// Deeper than [`MAX_DEPTH`].
    #[error("nested deeper than {MAX_DEPTH}")]
    Depth,
    /// The type has no JSON form at all.
    #[error("no JSON form: {0}")]
    NoJson(String),
}

impl NotCanonical {
    /// The catalogue's code.
    #[must_use]
    pub fn code(&self) -> Code {
        codes::NOT_CANONICAL
    }
}

/// The canonical bytes of any serialisable value.
///
/// # Errors
/// [`NotCanonical`] if it holds null, a float or an integer beyond ±(2^53−1).
pub fn bytes<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, NotCanonical> {
    let value = serde_json::to_value(value).map_err(|e| NotCanonical::NoJson(e.to_string()))?;
    write(&from_value(value, 0)?)
}

fn from_value(value: serde_json::Value, depth: usize) -> Result<Json, NotCanonical> {
    use serde_json::Value;
    let below = depth.saturating_add(1);
    if depth > MAX_DEPTH {
        return Err(NotCanonical::Depth);
    }
    Ok(match value {
        Value::Null => return Err(NotCanonical::Null),
        Value::Bool(b) => Json::Bool(b),
        Value::Number(n) => match n.as_i64() {
            Some(integer) => Json::Integer(integer),
            None => Json::Decimal(Decimal::from_json(&n)?),
        },
        Value::String(text) => Json::Text(text),
        Value::Array(items) => {
            Json::List(items.into_iter().map(|v| from_value(v, below)).collect::<Result<_, _>>()?)
        }
        Value::Object(fields) => Json::Object(
            fields
                .into_iter()
                .map(|(name, v)| Ok((name, from_value(v, below)?)))
                .collect::<Result<_, _>>()?,
        ),
    })
}
