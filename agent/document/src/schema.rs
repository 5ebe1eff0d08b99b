//! JSON Schemas for editors, and pieces of them for types of other crates.
//!
//! `cargo xtask docs` writes them into `manifests/schema` and `policies/schema`. They help while
//! writing; what decides is the loader and the typed document.

use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings, json_schema};
use serde_json::{Value, json};

use crate::{Job, Kind, Revocation, Root};

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
    schema
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

/// For fields of type `KeyKind`.
pub fn key_kind(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"enum": ["ed25519", "ml-dsa-44", "hybrid"]})
}

#[cfg(test)]
mod tests {
    use super::*;

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
