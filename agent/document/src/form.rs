//! Texts with a form: read and written through `FromStr` and `Display`, with a schema for editors.

/// Gives a type with `FromStr` and `Display` its serde form (text) and its JSON Schema.
macro_rules! text_form {
    ($type:ty, $name:literal, $pattern:literal, $what:literal) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "string", "pattern": $pattern, "description": $what,
                })
            }
        }
    };
}

pub(crate) use text_form;

/// Whether `text` is 1 to `most` characters of ASCII letters, digits and `also`.
pub(crate) fn is_word(text: &str, most: usize, also: &[u8]) -> bool {
    (1..=most).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || also.contains(&b))
}
