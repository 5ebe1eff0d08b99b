//! JSON Schemas for editors, and pieces of them for types of other crates.
//!
//! `cargo xtask docs` writes them into `manifests/schema` and `policies/schema`. They help while
//! writing; what decides is the loader and the typed document.

use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings, json_schema};
use serde_json::{Value, json};

use crate::{Job, Kind, Metadata, Revocation, Root};

/// The schema of kind Job.
#[must_use]
pub fn schema_for_job() -> Value {
    schema_of::<Job>(Kind::Job)
}

/// The schema of kind Root.
#[must_use]
pub fn schema_for_root() -> Value {
    schema_of::<Root>(Kind::Root)
}

/// The schema of kind Revocation.
#[must_use]
pub fn schema_for_revocation() -> Value {
    schema_of::<Revocation>(Kind::Revocation)
}

/// The schema of a kind's document, with the places for signatures added.
#[must_use]
pub fn schema_of<T: JsonSchema>(kind: Kind) -> Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = generator.into_root_schema_for::<T>().to_value();
    let signature = signature();
    let list = json!({"type": "array", "items": signature, "maxItems": 32,
        "description": "Who signed; written by `archctl … sign`."});
    set(&mut schema, "/properties", "kind", json!({"const": kind.name()}));
    set(&mut schema, "/properties", "signatures", list);
    if let Some(name) = schema.pointer("/properties/spec/$ref").and_then(Value::as_str) {
        let spec = format!("{}/properties", name.trim_start_matches('#'));
        set(&mut schema, &spec, "signature", signature);
    }
    narrow_metadata(&mut schema, kind);
    without_null(&mut schema);
    schema
}

/// What the kind asks of its metadata, which has one Rust type for all kinds.
fn narrow_metadata(schema: &mut Value, kind: Kind) {
    let needed = std::iter::once(&"name").chain(Metadata::needed(kind));
    set(schema, "/$defs/Metadata", "required", needed.copied().collect());
    set(schema, "/$defs/Nonce", "minLength", json!(22));
    set(schema, "/$defs/Nonce", "maxLength", json!(128));
    let fields = schema.pointer_mut("/$defs/Metadata/properties").and_then(Value::as_object_mut);
    if let Some(fields) = fields.filter(|_| Metadata::is_for_everyone(kind)) {
        fields.remove("audience");
    }
}

/// An absent field is left out, never null; schemars lets every `Option` be null.
fn without_null(schema: &mut Value) {
    let is_null = |value: &Value| *value == json!("null") || *value == json!({"type": "null"});
    match schema {
        Value::Array(items) => items.iter_mut().for_each(without_null),
        Value::Object(members) => {
            members.retain(|name, value| name != "default" || !value.is_null());
            for name in ["type", "anyOf"] {
                let Some(Value::Array(choices)) = members.get_mut(name) else { continue };
                choices.retain(|choice| !is_null(choice));
                let [one] = choices.as_slice() else { continue };
                let one = one.clone();
                members.remove(name);
                match one {
                    Value::Object(inner) => members.extend(inner),
                    word => drop(members.insert(name.to_owned(), word)),
                }
            }
            members.values_mut().for_each(without_null);
        }
        _ => {}
    }
}

fn set(schema: &mut Value, object: &str, key: &str, value: Value) {
    if let Some(fields) = schema.pointer_mut(object).and_then(Value::as_object_mut) {
        fields.insert(key.to_owned(), value);
    }
}

fn signature() -> Value {
    json!({
        "type": "object",
        "properties": {
            "by": {"type": "string", "pattern": DID},
            "alg": {"enum": ["ed25519", "ml-dsa-44"]},
            "sig": {"type": "string", "pattern": "^[A-Za-z0-9+/]+={0,2}$"},
        },
        "required": ["by", "alg", "sig"],
        "additionalProperties": false,
    })
}

const DID: &str = "^did:key:z[1-9A-HJ-NP-Za-km-z]+$";

/// For fields of type `Timestamp`.
pub fn timestamp(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$",
        "description": "A second of UTC, such as \"2026-11-23T00:00:00Z\".",
    })
}

/// For fields of type `Digest`.
pub fn digest(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "pattern": "^sha256:[0-9a-f]{64}$",
        "description": "A SHA-256 digest.",
    })
}

/// For fields of type `Vec<Digest>`.
pub fn digests(generator: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "array", "items": digest(generator)})
}

/// For fields of type `PublicKey`.
pub fn did(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "pattern": DID, "description": "A did:key."})
}

/// For fields of type `Vec<PublicKey>`.
pub fn dids(generator: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "array", "items": did(generator)})
}

/// For fields of type `KeyKind`.
pub fn key_kind(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"enum": ["ed25519", "ml-dsa-44", "hybrid"]})
}

/// For fields of type `arch_matrix::Format`, without the one that no node runs yet.
pub fn matrix_format(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "pattern": MATRIX_FORMAT,
        "not": {"pattern": SCALE_TWICE},
        "description": "How numbers are held and added up: integers of 8 or 16 bits, or floats \
            times a power of two, such as \"q7\" (8 bits) and \"q12/i16\", or each factor by \
            its own, such as \"q9*q5\".",
    })
}

const MATRIX_FORMAT: &str = "^(i8|i16|q(0|-?([1-9]|[1-5][0-9]|6[0-4]))\
    (\\*q(0|-?([1-9]|[1-5][0-9]|6[0-4])))?(/i16)?)$";
/// One scale for both factors is written once.
const SCALE_TWICE: &str = "^q(.+)\\*q\\1(/i16)?$";

/// For fields of type `arch_matrix::Splits`.
pub fn matrix_splits(_: &mut SchemaGenerator) -> Schema {
    let parts = |of: &str| {
        json!({"type": "integer", "minimum": 2, "maximum": arch_matrix::MAX_PARTS,
            "description": format!("Parts of the {of}.")})
    };
    json_schema!({
        "type": "object",
        "description": "Into how many parts each side is cut; at least a third of `shards`.",
        "properties": {
            "rows": parts("rows"), "columns": parts("columns"), "depth": parts("depth"),
        },
        "required": ["rows", "columns", "depth"],
        "additionalProperties": false,
    })
}

/// A product for runtime `matrix`, an image for the others.
pub fn program_by_runtime(schema: &mut Schema) {
    let matrix = json!({"properties": {"runtime": {"const": "matrix"}}, "required": ["runtime"]});
    let product = json!({"required": ["matrix"], "not": {"required": ["image"]}});
    let program = json!({"required": ["image"], "not": {"required": ["matrix"]}});
    for (word, rule) in [("if", matrix), ("then", product), ("else", program)] {
        schema.insert(word.to_owned(), rule);
    }
}

#[cfg(test)]
mod tests {
    use std::{fmt::Debug, str::FromStr};

    use proptest::{prelude::*, string::string_regex};

    use super::*;
    use crate::{
        Address, Grant, Nonce, OwnerPattern,
        quantity::{ByteSize, Cpu, Duration, GpuCount},
    };

    fn whole_schemas() -> [(Kind, Value); 3] {
        [
            (Kind::Job, schema_for_job()),
            (Kind::Root, schema_for_root()),
            (Kind::Revocation, schema_for_revocation()),
        ]
    }

    #[test]
    fn no_field_may_be_null_and_none_has_two_meanings() {
        for (kind, schema) in whole_schemas() {
            assert!(!schema.to_string().contains("null"), "{kind}");
        }
        let job = schema_for_job();
        let fields = &job["$defs"]["Metadata"]["properties"];
        assert_eq!(fields["nonce"]["$ref"], json!("#/$defs/Nonce"));
        assert_eq!(fields["version"]["type"], json!("integer"));
        assert_eq!(fields["version"]["minimum"], json!(1));
    }

    #[test]
    fn what_a_kind_needs_is_required_and_what_it_has_not_is_not_offered() {
        for (kind, schema) in whole_schemas() {
            let metadata = &schema["$defs"]["Metadata"];
            let required: Vec<&str> =
                metadata["required"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
            assert_eq!(required[0], "name");
            assert_eq!(&required[1..], Metadata::needed(kind), "{kind}");
            let properties = metadata["properties"].as_object().unwrap();
            assert!(required.iter().all(|field| properties.contains_key(*field)), "{kind}");
            assert_eq!(properties.contains_key("audience"), kind == Kind::Job, "{kind}");
        }
    }

    /// Texts that the pattern of `T` takes, with small numbers. A pattern that took more than the
    /// parser would praise in an editor what the agent refuses.
    fn taken_by<T: JsonSchema>() -> impl Strategy<Value = String> {
        let schema = T::json_schema(&mut SchemaGenerator::default()).to_value();
        let pattern = schema["pattern"].as_str().unwrap().to_owned();
        let pattern = pattern.strip_prefix('^').unwrap().strip_suffix('$').unwrap();
        string_regex(&pattern.replace("[1-9][0-9]*", "[1-7]")).unwrap()
    }

    fn reads<T: FromStr<Err: Debug>>(text: &str) -> Result<(), TestCaseError> {
        let read = text.parse::<T>();
        prop_assert!(read.is_ok(), "`{}`: {:?}", text, read.err());
        Ok(())
    }

    proptest! {
        #[test]
        fn what_the_patterns_take_the_parsers_read(
            time in taken_by::<Duration>(), size in taken_by::<ByteSize>(),
            cpu in taken_by::<Cpu>(), grant in taken_by::<Grant>(),
            owner in taken_by::<OwnerPattern>(), nonce in taken_by::<Nonce>(),
        ) {
            reads::<Duration>(&time)?;
            reads::<ByteSize>(&size)?;
            reads::<Cpu>(&cpu)?;
            // Paths and nonces have a length, which no pattern tells.
            if grant.len() <= 1_024 {
                reads::<Grant>(&grant)?;
            }
            reads::<OwnerPattern>(&owner)?;
            if (22..=128).contains(&nonce.len()) {
                reads::<Nonce>(&nonce)?;
            }
        }

        #[test]
        fn a_pattern_with_little_room_is_read_too(
            count in taken_by::<GpuCount>(), pinned in "[!-?A-~]{1,20}",
        ) {
            prop_assume!(count.parse::<u32>().unwrap() <= 1_024);
            reads::<GpuCount>(&count)?;
            reads::<Address>(&pinned)?;
        }
    }

    proptest! {
        #[test]
        fn every_format_that_the_pattern_takes_is_one(
            text in string_regex(MATRIX_FORMAT.trim_matches(['^', '$'])).unwrap(),
        ) {
            let powers = text.trim_end_matches("/i16").split_once('*');
            match powers.is_some_and(|(a, b)| a == b) {
                true => prop_assert!(text.parse::<arch_matrix::Format>().is_err()),
                false => reads::<arch_matrix::Format>(&text)?,
            }
        }
    }

    #[test]
    fn the_runtime_says_whether_a_job_has_an_image_or_a_product() {
        let schema = schema_for_job();
        let spec = &schema["$defs"]["JobSpec"];
        assert_eq!(spec["if"]["properties"]["runtime"]["const"], json!("matrix"));
        assert_eq!(spec["then"]["required"], json!(["matrix"]));
        assert_eq!(spec["else"]["required"], json!(["image"]));
        assert_eq!(spec["required"], json!(["runtime", "resources"]));
        let matrix = &schema["$defs"]["MatrixSpec"];
        assert_eq!(matrix["properties"]["splits"]["additionalProperties"], json!(false));
        assert_eq!(matrix["additionalProperties"], json!(false));
    }

    #[test]
    fn schemas_are_closed_and_know_where_signatures_stand() {
        for schema in [schema_for_job(), schema_for_root(), schema_for_revocation()] {
            assert_eq!(schema["additionalProperties"], json!(false));
            assert_eq!(schema["properties"]["signatures"]["maxItems"], json!(32));
            let spec = schema["properties"]["spec"]["$ref"].as_str().unwrap();
            let spec = schema.pointer(spec.trim_start_matches('#')).unwrap();
            assert_eq!(spec["properties"]["signature"]["type"], json!("object"));
        }
    }
}
