//! The writer of RFC 8785.

use std::cmp::Ordering;

use super::{Decimal, Json, MAX_DEPTH, MAX_INTEGER, NotCanonical};

/// Writes the canonical bytes of a value.
///
/// # Errors
/// [`NotCanonical`] for an integer beyond ±(2^53−1) or a value nested too deep.
pub fn write(value: &Json) -> Result<Vec<u8>, NotCanonical> {
    let mut writer = Writer::default();
    value_into(&mut writer, value, 0)?;
    Ok(writer.into_bytes())
}

/// Canonical bytes in the making, for values of another shape than [`Json`]. Lists, and objects by
/// [`Writer::order`], are up to the caller.
#[derive(Debug, Default)]
pub struct Writer {
    out: Vec<u8>,
}

impl Writer {
    /// A writer with room for that many bytes, for a start.
    #[must_use]
    pub fn with_room(bytes: usize) -> Self {
        Self { out: Vec::with_capacity(bytes) }
    }

    /// A bracket, a brace, a comma or a colon.
    pub fn sign(&mut self, sign: char) {
        self.out.extend_from_slice(sign.encode_utf8(&mut [0; 4]).as_bytes());
    }

    /// A comma before every element but the first.
    pub fn comma(&mut self, position: usize) {
        if position > 0 {
            self.out.push(b',');
        }
    }

    /// `true` or `false`.
    pub fn truth(&mut self, truth: bool) {
        self.out.extend_from_slice(if truth { b"true" } else { b"false" });
    }

    /// An integer.
    ///
    /// # Errors
    /// [`NotCanonical::Number`] beyond ±(2^53−1).
    pub fn integer(&mut self, n: i64) -> Result<(), NotCanonical> {
        if n.unsigned_abs() > MAX_INTEGER.unsigned_abs() {
            return Err(NotCanonical::Number(n.to_string()));
        }
        self.out.extend_from_slice(n.to_string().as_bytes());
        Ok(())
    }

    /// A decimal fraction.
    pub fn decimal(&mut self, decimal: Decimal) {
        self.out.extend_from_slice(decimal.to_string().as_bytes());
    }

    /// Text, by [`text_into`].
    pub fn text(&mut self, text: &str) {
        text_into(&mut self.out, text);
    }

    /// RFC 8785 §3.2.3: by UTF-16 code units, which is not the order of the UTF-8 bytes.
    #[must_use]
    pub fn order(a: &str, b: &str) -> Ordering {
        a.encode_utf16().cmp(b.encode_utf16())
    }

    /// What was written.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.out
    }
}

/// Text: RFC 8785 §3.2.2.2, the short escapes, `\u00xx` for other controls, everything else as it is.
pub fn text_into(out: &mut Vec<u8>, text: &str) {
    let needs_escape = |byte: &u8| matches!(byte, 0..0x20 | b'"' | b'\\');
    out.push(b'"');
    let mut rest = text.as_bytes();
    while let Some((plain, byte, after)) = rest
        .iter()
        .position(needs_escape)
        .and_then(|at| Some((rest.get(..at)?, rest.get(at)?, rest.get(at.checked_add(1)?..)?)))
    {
        out.extend_from_slice(plain);
        escaped_into(out, *byte);
        rest = after;
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

fn escaped_into(out: &mut Vec<u8>, byte: u8) {
    let short: &[u8] = match byte {
        b'"' => b"\\\"",
        b'\\' => b"\\\\",
        0x08 => b"\\b",
        0x09 => b"\\t",
        0x0a => b"\\n",
        0x0c => b"\\f",
        0x0d => b"\\r",
        control => return out.extend_from_slice(format!("\\u{control:04x}").as_bytes()),
    };
    out.extend_from_slice(short);
}

fn value_into(out: &mut Writer, value: &Json, depth: usize) -> Result<(), NotCanonical> {
    let below = depth.saturating_add(1);
    if depth > MAX_DEPTH {
        return Err(NotCanonical::Depth);
    }
    match value {
        Json::Bool(truth) => out.truth(*truth),
        Json::Integer(n) => out.integer(*n)?,
        Json::Decimal(d) => out.decimal(*d),
        Json::Text(text) => out.text(text),
        Json::List(items) => {
            out.sign('[');
            for (i, item) in items.iter().enumerate() {
                out.comma(i);
                value_into(out, item, below)?;
            }
            out.sign(']');
        }
        Json::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by(|(a, _), (b, _)| Writer::order(a, b));
            out.sign('{');
            for (i, (name, field)) in fields.into_iter().enumerate() {
                out.comma(i);
                out.text(name);
                out.sign(':');
                value_into(out, field, below)?;
            }
            out.sign('}');
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::canonical::bytes;

    fn json() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(Json::Bool),
            (-MAX_INTEGER..=MAX_INTEGER).prop_map(Json::Integer),
            (-999_999_999_999_999_i64..=999_999_999_999_999)
                .prop_map(|m| Json::Decimal(Decimal::from_micros(m).unwrap())),
            any::<String>().prop_map(Json::Text),
        ];
        leaf.prop_recursive(4, 64, 8, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..8).prop_map(Json::List),
                prop::collection::btree_map(any::<String>(), inner, 0..8).prop_map(Json::Object),
            ]
        })
    }

    proptest! {
        #[test]
        fn an_independent_writer_agrees(value in json()) {
            let ours = write(&value).unwrap();
            let read: serde_json::Value = serde_json::from_slice(&ours).unwrap();
            prop_assert_eq!(&serde_json_canonicalizer::to_vec(&read).unwrap(), &ours);
            prop_assert_eq!(bytes(&read).unwrap(), ours);
        }
    }

    #[test]
    fn names_are_ordered_by_utf16_units() {
        let value = serde_json::json!({"\u{1f600}": 1, "\u{fb33}": 2, "a": 3, "1": 4});
        let text = String::from_utf8(bytes(&value).unwrap()).unwrap();
        assert_eq!(text, "{\"1\":4,\"a\":3,\"\u{1f600}\":1,\"\u{fb33}\":2}");
    }

    #[test]
    fn what_others_round_is_refused() {
        for value in [
            serde_json::json!(9_007_199_254_740_993_u64),
            serde_json::json!(u64::MAX),
            serde_json::json!(1e300),
            serde_json::json!(0.000_000_1),
            serde_json::json!([null]),
        ] {
            assert!(bytes(&value).is_err(), "{value}");
        }
    }

    #[test]
    fn a_tower_of_lists_is_refused_not_followed() {
        let tower = (0..1_000).fold(Json::List(vec![]), |inner, _| Json::List(vec![inner]));
        assert_eq!(write(&tower), Err(NotCanonical::Depth));
    }
}
