//! From a tree to a typed document; whatever does not fit is refused with its JSON pointer.
//!
//! A serde deserializer over [`Node`] that notes on the way out through which keys an error came.

/// What both readers take as it stands in the document: an absent option is an absent key, a newtype
/// is what it holds, and whatever else is asked for is held against what is there.
macro_rules! as_it_stands {
    () => {
        fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
            visitor.visit_some(self)
        }

        fn deserialize_newtype_struct<V: Visitor<'de>>(
            self,
            _: &'static str,
            visitor: V,
        ) -> Result<V::Value, Self::Error> {
            visitor.visit_newtype_struct(self)
        }

        serde::forward_to_deserialize_any! {
            bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
            unit_struct seq tuple tuple_struct map identifier ignored_any
        }
    };
}

mod straight;

use std::fmt;

use arch_identity::canonical::Decimal;
use arch_problem::{Code, codes};
use serde::{
    Deserialize,
    de::{
        self, DeserializeSeed, Unexpected, Visitor,
        value::{MapAccessDeserializer, StrDeserializer},
    },
};

use crate::{
    Fault,
    flaw::shortened,
    tree::{Field, Node, Value, escape},
};

pub(crate) use straight::straight;

/// Reads a `T` from the tree.
pub(crate) fn read<'a, T: Deserialize<'a>>(node: &'a Node) -> Result<T, Fault> {
    T::deserialize(At(node)).map_err(Misfit::into_fault)
}

/// A deserializer of its own, so that no public type lends out its errors.
struct At<'de>(&'de Node);

/// Why a value does not fit; the steps to it are in reverse order.
#[derive(Debug)]
struct Misfit {
    steps: Vec<String>,
    on_key: bool,
    code: Code,
    message: String,
    help: Option<String>,
}

impl Misfit {
    fn new(code: Code, message: String) -> Self {
        Self { steps: vec![], on_key: false, code, message, help: None }
    }

    fn below(mut self, step: &str) -> Self {
        self.steps.push(escape(step));
        self
    }

    fn into_fault(self) -> Fault {
        let pointer = self.steps.iter().rev().fold(String::new(), |path, step| path + "/" + step);
        let fault = Fault::new(pointer, self.code, self.message);
        let fault = if self.on_key { fault.on_key() } else { fault };
        match self.help {
            Some(help) => fault.help(help),
            None => fault,
        }
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Misfit {}

impl de::Error for Misfit {
    fn custom<T: fmt::Display>(text: T) -> Self {
        Self::new(codes::BAD_VALUE, text.to_string())
    }

    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        let is = match unexpected {
            Unexpected::Bool(b) => format!("the truth value `{b}`"),
            Unexpected::Unsigned(n) => format!("the number `{n}`"),
            Unexpected::Signed(n) => format!("the number `{n}`"),
            Unexpected::Float(n) => format!("the number `{n}`"),
            Unexpected::Str(_) => "text".to_owned(),
            Unexpected::Seq => "a list".to_owned(),
            Unexpected::Map => "a map".to_owned(),
            _ => "something else".to_owned(),
        };
        let expected = in_plain_words(&expected.to_string());
        let mut misfit =
            Self::new(codes::WRONG_TYPE, format!("{expected} belongs here, this is {is}"));
        let scalar = !matches!(unexpected, Unexpected::Seq | Unexpected::Map);
        if expected == "text" && scalar {
            misfit.help = Some("put the value in double quotes".to_owned());
        }
        misfit
    }

    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        let expected = in_plain_words(&expected.to_string());
        let is = match unexpected {
            Unexpected::Signed(n) => n.to_string(),
            Unexpected::Unsigned(n) => n.to_string(),
            Unexpected::Str(text) => shortened(text),
            _ => "this".to_owned(),
        };
        Self::new(codes::BAD_VALUE, format!("{expected} belongs here, `{is}` is none"))
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        let text = format!("`{}` is none of {}", shortened(variant), listed(expected));
        Self::new(codes::BAD_VALUE, text)
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        let text = format!("there is no field `{field}` here");
        let mut misfit = Self::new(codes::UNKNOWN_FIELD, text).below(field);
        misfit.on_key = true;
        misfit.help = Some(match nearest(field, expected) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("remove it; the fields here are {}", listed(expected)),
        });
        misfit
    }

    fn missing_field(field: &'static str) -> Self {
        let mut misfit = Self::new(codes::MISSING_FIELD, format!("the field `{field}` is missing"));
        misfit.on_key = true;
        misfit
    }
}

/// Serde names Rust types; people who write documents do not know them.
fn in_plain_words(expected: &str) -> String {
    match expected {
        "a string" => "text".to_owned(),
        "a boolean" => "`true` or `false`".to_owned(),
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number from 0".to_owned(),
        "i32" | "i64" => "a whole number".to_owned(),
        "a sequence" => "a list".to_owned(),
        other if other.starts_with("struct ") || other == "a map" => "a map".to_owned(),
        other if other.starts_with("enum ") => "one of the listed words".to_owned(),
        other => other.to_owned(),
    }
}

fn listed(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// The field that the writer may have meant: same letters in another case, or one slip away.
fn nearest<'a>(field: &str, fields: &[&'a str]) -> Option<&'a str> {
    let near = |known: &&&str| known.eq_ignore_ascii_case(field) || slips(field, known) <= 2;
    fields.iter().filter(near).min_by_key(|known| slips(field, known)).copied()
}

/// Edit distance by the usual table, one row at a time. Both words are short: keys have 128 bytes.
fn slips(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut corner = i;
        let mut left = i.saturating_add(1);
        let mut next = vec![left];
        for (y, above) in b.chars().zip(row.iter().skip(1)) {
            let swap = corner.saturating_add(usize::from(x != y));
            left = swap.min(left.saturating_add(1)).min(above.saturating_add(1));
            corner = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

impl<'de> de::Deserializer<'de> for At<'de> {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match &self.0.value {
            Value::Bool(b) => visitor.visit_bool(*b),
            Value::Integer(n) => match u64::try_from(*n) {
                Ok(n) => visitor.visit_u64(n),
                Err(_) => visitor.visit_i64(*n),
            },
            Value::Decimal(d) => visitor.visit_f64(exact_float(*d)),
            Value::Text(text) => visitor.visit_borrowed_str(text),
            Value::List(items) => visitor.visit_seq(Items { items: items.iter(), position: 0 }),
            Value::Map(fields) => visitor.visit_map(Fields { fields: fields.iter(), open: None }),
        }
    }

    /// Serde would take a list for the fields in order: a second spelling that nobody means.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        match &self.0.value {
            Value::List(_) => Err(de::Error::invalid_type(Unexpected::Seq, &visitor)),
            _ => self.deserialize_any(visitor),
        }
    }

    /// A choice is a word, or one with its content: a map of one field.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        match &self.0.value {
            Value::Text(text) => visitor.visit_enum(StrDeserializer::new(text)),
            Value::Map(fields) if fields.len() == 1 => {
                let fields = Fields { fields: fields.iter(), open: None };
                visitor.visit_enum(MapAccessDeserializer::new(fields))
            }
            _ => self.deserialize_any(visitor),
        }
    }

    as_it_stands!();
}

/// 15 digits survive a float there and back; serde has no decimals.
fn exact_float(decimal: Decimal) -> f64 {
    decimal.to_string().parse().unwrap_or(f64::NAN)
}

struct Items<'de> {
    items: std::slice::Iter<'de, Node>,
    position: usize,
}

impl<'de> de::SeqAccess<'de> for Items<'de> {
    type Error = Misfit;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Misfit> {
        let Some(node) = self.items.next() else { return Ok(None) };
        let position = self.position.to_string();
        self.position = self.position.saturating_add(1);
        seed.deserialize(At(node)).map(Some).map_err(|misfit| misfit.below(&position))
    }
}

struct Fields<'de> {
    fields: std::collections::btree_map::Iter<'de, String, Field>,
    open: Option<(&'de str, &'de Node)>,
}

impl<'de> de::MapAccess<'de> for Fields<'de> {
    type Error = Misfit;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Misfit> {
        let Some((key, field)) = self.fields.next() else { return Ok(None) };
        self.open = Some((key, &field.node));
        seed.deserialize(StrDeserializer::new(key)).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Misfit> {
        match self.open.take() {
            Some((key, node)) => seed.deserialize(At(node)).map_err(|misfit| misfit.below(key)),
            None => Err(de::Error::custom("a value without a key")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "camelCase")]
    enum Choice {
        Plain,
        With(Content),
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Content {
        number: u32,
    }

    #[test]
    fn a_choice_is_a_word_or_a_map_of_one_field_and_its_faults_have_their_place() {
        let choice = |text: &str| {
            let tree = crate::json::load("f", format!("{{\"a\":{text}}}").as_bytes()).unwrap();
            read::<std::collections::BTreeMap<String, Choice>>(&tree)
        };
        let one = |text| choice(text).unwrap().remove("a").unwrap();
        assert_eq!(one("\"plain\""), Choice::Plain);
        assert_eq!(one("{\"with\":{\"number\":7}}"), Choice::With(Content { number: 7 }));
        for (text, place) in [
            ("{}", "/a"),
            ("{\"plain\":1,\"with\":{\"number\":7}}", "/a"),
            ("\"with\"", "/a"),
            ("{\"with\":{\"number\":-1}}", "/a/with/number"),
            ("{\"with\":{\"number\":1,\"x\":1}}", "/a/with/x"),
            ("{\"with\":[7]}", "/a/with"),
        ] {
            assert_eq!(choice(text).unwrap_err().pointer, place, "{text}");
        }
    }

    #[test]
    fn the_field_that_was_meant_is_named() {
        assert_eq!(nearest("runtme", &["image", "runtime"]), Some("runtime"));
        assert_eq!(nearest("notafter", &["notBefore", "notAfter"]), Some("notAfter"));
        assert_eq!(nearest("zebra", &["image", "runtime"]), None);
    }
}
