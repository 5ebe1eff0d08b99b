//! A typed document straight from canonical bytes, without a tree between.
//!
//! For bytes that a checked tree was written into, and for what nearly all documents hold. It gives
//! up at the first thing that does not fit or that it does not read (escapes, fractions), and never
//! says why: [`read`](super::read) over the tree does, and decides. What it takes, the tree gives as
//! well: `what_is_read_straight_is_what_the_tree_gives`. Bytes of that origin nest no deeper than
//! the loader allows, which bounds the recursion.

use std::fmt;

use serde::{
    Deserialize,
    de::{self, DeserializeSeed, Visitor, value::StrDeserializer},
};

/// Reads a `T`, if all of it is plain.
pub(crate) fn straight<'de, T: Deserialize<'de>>(canonical: &'de [u8]) -> Option<T> {
    let mut rest = Rest(std::str::from_utf8(canonical).ok()?);
    let value = T::deserialize(&mut rest).ok()?;
    rest.0.is_empty().then_some(value)
}

/// What is left of the bytes.
struct Rest<'de>(&'de str);

/// Not for this reader.
#[derive(Debug)]
struct GivesUp;

impl fmt::Display for GivesUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not plain")
    }
}

impl std::error::Error for GivesUp {}

impl de::Error for GivesUp {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

impl<'de> Rest<'de> {
    fn first(&self) -> Option<u8> {
        self.0.as_bytes().first().copied()
    }

    fn eat(&mut self, sign: &str) -> Result<(), GivesUp> {
        self.0 = self.0.strip_prefix(sign).ok_or(GivesUp)?;
        Ok(())
    }

    /// The first `length` bytes.
    fn take(&mut self, length: usize) -> Result<&'de str, GivesUp> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(GivesUp)?;
        self.0 = rest;
        Ok(taken)
    }

    /// A text without an escape.
    fn text(&mut self) -> Result<&'de str, GivesUp> {
        self.eat("\"")?;
        let length = self.0.bytes().position(|byte| matches!(byte, b'"' | b'\\'));
        let text = self.take(length.ok_or(GivesUp)?)?;
        self.eat("\"")?;
        Ok(text)
    }

    fn number(&mut self) -> Result<i64, GivesUp> {
        let digits = |byte: u8| !matches!(byte, b'0'..=b'9' | b'-' | b'.');
        let length = self.0.bytes().position(digits).unwrap_or(self.0.len());
        self.take(length)?.parse().map_err(|_| GivesUp)
    }
}

impl<'de> de::Deserializer<'de> for &mut Rest<'de> {
    type Error = GivesUp;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, GivesUp> {
        match self.first().ok_or(GivesUp)? {
            b'"' => visitor.visit_borrowed_str(self.text()?),
            b't' => self.eat("true").and_then(|()| visitor.visit_bool(true)),
            b'f' => self.eat("false").and_then(|()| visitor.visit_bool(false)),
            b'[' => {
                self.eat("[")?;
                let value = visitor.visit_seq(Within { rest: self, begun: false, end: b']' })?;
                self.eat("]")?;
                Ok(value)
            }
            b'{' => {
                self.eat("{")?;
                let value = visitor.visit_map(Within { rest: self, begun: false, end: b'}' })?;
                self.eat("}")?;
                Ok(value)
            }
            _ => {
                let n = self.number()?;
                match u64::try_from(n) {
                    Ok(n) => visitor.visit_u64(n),
                    Err(_) => visitor.visit_i64(n),
                }
            }
        }
    }

    /// Never a list, which serde would take for the fields in order.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, GivesUp> {
        if self.first() == Some(b'[') { Err(GivesUp) } else { self.deserialize_any(visitor) }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, GivesUp> {
        visitor.visit_enum(StrDeserializer::new(self.text()?))
    }

    as_it_stands!();
}

/// The elements of a list or an object up to `end`.
struct Within<'a, 'de> {
    rest: &'a mut Rest<'de>,
    begun: bool,
    end: u8,
}

impl Within<'_, '_> {
    /// Whether another element follows; its comma is eaten.
    fn another(&mut self) -> Result<bool, GivesUp> {
        if self.rest.first() == Some(self.end) {
            return Ok(false);
        }
        if std::mem::replace(&mut self.begun, true) {
            self.rest.eat(",")?;
        }
        Ok(true)
    }
}

impl<'de> de::SeqAccess<'de> for Within<'_, 'de> {
    type Error = GivesUp;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, GivesUp> {
        if self.another()? { seed.deserialize(&mut *self.rest).map(Some) } else { Ok(None) }
    }
}

impl<'de> de::MapAccess<'de> for Within<'_, 'de> {
    type Error = GivesUp;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, GivesUp> {
        if !self.another()? {
            return Ok(None);
        }
        let key = self.rest.text()?;
        self.rest.eat(":")?;
        seed.deserialize(StrDeserializer::new(key)).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, GivesUp> {
        seed.deserialize(&mut *self.rest)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Job, json, typed};

    const JOB: &str = r#"{"apiVersion":"arch.network/v1","kind":"Job","metadata":{"audience":["*"],"labels":{"a":"b"},"name":"a","nonce":"00112233445566778899aabbccddeeff","notAfter":"2026-11-24T00:00:00Z","owner":"user:a"},"spec":{"args":["x"],"capabilities":{"fs":["read:/a"],"net":["egress:443"]},"env":{"A":"b"},"image":"a@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","inputs":{},"isolation":"shared","matrix":{"a":{"input":"x","tensor":"t.w"},"b":{"input":"y"},"format":"q-3/i16","shards":6,"splits":{"columns":4,"depth":3,"rows":2}},"outputs":{"x":"archive:x"},"placement":{"constraints":[{"key":"a.b","op":"<=","value":1},{"key":"c","op":"==","value":true}]},"resources":{"cpu":"4","fuel":7,"memory":"8Gi","powerBudgetW":80,"timeout":"10m"},"runtime":"wasm","verify":{"freivalds":false,"overlap":true,"redundancy":2}}}"#;

    #[test]
    fn a_usual_job_is_read_straight() {
        let body = json::load("f", JOB.as_bytes()).unwrap();
        assert_eq!(straight::<Job>(JOB.as_bytes()), Some(typed::read(&body).unwrap()));
    }

    #[test]
    fn a_list_is_never_taken_for_the_fields_in_order() {
        for (fields, list) in [
            (r#"{"fs":["read:/a"],"net":["egress:443"]}"#, "[]"),
            (r#"{"fs":["read:/a"],"net":["egress:443"]}"#, r#"[["egress:443"],["read:/a"]]"#),
            (r#"{"freivalds":false,"overlap":true,"redundancy":2}"#, "[2]"),
            (r#"{"input":"y"}"#, r#"["y"]"#),
            (r#"{"columns":4,"depth":3,"rows":2}"#, "[2,4,3]"),
        ] {
            let text = JOB.replace(fields, list);
            assert_ne!(text, JOB);
            assert_eq!(straight::<Job>(text.as_bytes()), None);
            let tree = json::load("f", text.as_bytes()).unwrap();
            assert!(typed::read::<Job>(&tree).is_err());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn what_is_read_straight_is_what_the_tree_gives(
            at in any::<prop::sample::Index>(), to in any::<prop::sample::Index>(),
            with in prop::sample::select(vec![
                "", "1", "-1", "0.5", "true", "\"\"", "\"wasm\"", "[]", "{}", "[\"x\"]", "{\"a\":1}",
                "\"x\":1,", ",\"x\":1", "\"\\n\"", "[1,2]", "\"a\",", "oci", "99999999999", "\"verify\":{},",
                "\"matrix\":{},", "\"q\"", "\"f32s\"", "{\"input\":\"x\"}",
            ]),
        ) {
            // Mostly between two signs, so that whole values are exchanged.
            let signs: Vec<usize> = JOB
                .char_indices()
                .filter(|(_, c)| matches!(c, ',' | ':' | '[' | ']' | '{' | '}'))
                .flat_map(|(at, _)| [at, at.saturating_add(1)])
                .collect();
            let (from, to) = (*at.get(&signs), *to.get(&signs));
            let to = if to > from && to.saturating_sub(from) < 60 { to } else { from };
            let text = format!("{}{with}{}", &JOB[..from], &JOB[to..]);
            let by_tree = json::load("f", text.as_bytes()).ok().map(|tree| typed::read::<Job>(&tree));
            if let (Some(job), Some(by_tree)) = (straight::<Job>(text.as_bytes()), by_tree) {
                prop_assert_eq!(Ok(job), by_tree, "{}", text);
            }
        }
    }
}
