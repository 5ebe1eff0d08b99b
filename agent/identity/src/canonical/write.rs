//! The writer of RFC 8785.

use super::{Json, MAX_DEPTH, MAX_INTEGER, NotCanonical};

/// Writes the canonical bytes of a value.
///
/// # Errors
/// [`NotCanonical`] for an integer beyond ±(2^53−1) or a value nested too deep.
pub fn write(value: &Json) -> Result<Vec<u8>, NotCanonical> {
    let mut out = Vec::new();
    value_into(&mut out, value, 0)?;
    Ok(out)
}

fn value_into(out: &mut Vec<u8>, value: &Json, depth: usize) -> Result<(), NotCanonical> {
    let below = depth.saturating_add(1);
    if depth > MAX_DEPTH {
        return Err(NotCanonical::Depth);
    }
    match value {
        Json::Bool(true) => out.extend_from_slice(b"true"),
        Json::Bool(false) => out.extend_from_slice(b"false"),
        Json::Integer(n) if n.unsigned_abs() > MAX_INTEGER.unsigned_abs() => {
            return Err(NotCanonical::Number(n.to_string()));
        }
        Json::Integer(n) => out.extend_from_slice(n.to_string().as_bytes()),
        Json::Decimal(d) => out.extend_from_slice(d.to_string().as_bytes()),
        Json::Text(text) => text_into(out, text),
        Json::List(items) => {
            out.push(b'[');
            for (i, item) in items.iter().enumerate() {
                comma(out, i);
                value_into(out, item, below)?;
            }
            out.push(b']');
        }
        Json::Object(fields) => {
            // RFC 8785 §3.2.3: by UTF-16 code units, which is not the order of the UTF-8 bytes.
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            out.push(b'{');
            for (i, (name, field)) in fields.into_iter().enumerate() {
                comma(out, i);
                text_into(out, name);
                out.push(b':');
                value_into(out, field, below)?;
            }
            out.push(b'}');
        }
    }
    Ok(())
}

fn comma(out: &mut Vec<u8>, position: usize) {
    if position > 0 {
        out.push(b',');
    }
}

/// RFC 8785 §3.2.2.2: the short escapes, `\u00xx` for other controls, everything else as it is.
pub fn text_into(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    for byte in text.bytes() {
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            0x08 => out.extend_from_slice(b"\\b"),
            0x09 => out.extend_from_slice(b"\\t"),
            0x0a => out.extend_from_slice(b"\\n"),
            0x0c => out.extend_from_slice(b"\\f"),
            0x0d => out.extend_from_slice(b"\\r"),
            control @ 0..0x20 => out.extend_from_slice(format!("\\u{control:04x}").as_bytes()),
            plain => out.push(plain),
        }
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::canonical::{Decimal, bytes};

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
