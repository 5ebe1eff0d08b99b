//! One did:key, or the two of a hybrid identity.

use std::fmt;

use arch_identity::PublicKey;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// One or two public keys; written as text, or as a list of two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys(Vec<PublicKey>);

impl Keys {
    /// Puts the keys of one identity together.
    #[must_use]
    pub fn new(keys: Vec<PublicKey>) -> Self {
        Self(keys)
    }

    /// The keys in the order in which they were written.
    #[must_use]
    pub fn all(&self) -> &[PublicKey] {
        &self.0
    }
}

impl Serialize for Keys {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_slice() {
            [one] => one.serialize(serializer),
            several => several.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOrTwo)
    }
}

struct OneOrTwo;

impl<'de> de::Visitor<'de> for OneOrTwo {
    type Value = Keys;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a `did:key:z…`, or a list of two for a hybrid")
    }

    fn visit_str<E: de::Error>(self, did: &str) -> Result<Keys, E> {
        PublicKey::from_did(did).map(|key| Keys(vec![key])).map_err(E::custom)
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut list: A) -> Result<Keys, A::Error> {
        let mut keys = Vec::new();
        while let Some(key) = list.next_element()? {
            if keys.len() == 2 {
                return Err(de::Error::custom("a hybrid has two keys, one of each algorithm"));
            }
            keys.push(key);
        }
        Ok(Keys(keys))
    }
}

impl JsonSchema for Keys {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Keys".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let did = json_schema!({"type": "string", "pattern": "^did:key:z[1-9A-HJ-NP-Za-km-z]+$"});
        json_schema!({
            "oneOf": [did, {"type": "array", "items": did, "minItems": 2, "maxItems": 2}],
            "description": "The did:key; for a hybrid the list of both.",
        })
    }
}
