//! The default policy and the examples say something, and what their comments promise.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests may be blunt"
)]

mod world;

use std::path::{Path, PathBuf};

use arch_document::{SignedDocument, Verified};
use arch_policy::{
    Policy, schema_for_policy,
    spec::{CircuitPin, CircuitRules},
};
use world::World;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies")
}

fn templates() -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = std::fs::read_dir(folder().join("examples"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .chain([folder().join("default.yaml")])
        .collect();
    all.sort();
    all
}

#[test]
fn every_template_becomes_active_once_its_signers_signed_it() {
    let world = World::new();
    assert!(templates().len() >= 3);
    for path in templates() {
        let text = std::fs::read_to_string(&path).unwrap();
        let policy: Verified<Policy> = world.signed(&path.display().to_string(), &text, &[0, 2]);
        assert_eq!(policy.get().metadata.version, Some(1), "{}", path.display());
        assert!(policy.document().signatures().len() == 2);
    }
}

#[test]
fn the_default_policy_allows_no_network_and_no_files() {
    let text = std::fs::read(folder().join("default.yaml")).unwrap();
    let policy: Policy = SignedDocument::parse("default.yaml", &text).unwrap().read().unwrap();
    assert!(policy.spec.allow.is_empty() && !policy.spec.images.allow_tags);
    assert!(policy.spec.isolation.shared.is_empty() && policy.spec.resources.max.gpu.count() == 0);
    assert_eq!(policy.spec.circuits, CircuitRules::default());
    assert!(!policy.spec.circuits.allow_dev_keys && policy.spec.circuits.pins.is_empty());
}

#[test]
fn the_example_about_proofs_pins_the_keys_that_come_with_this_version_and_knows_what_they_are() {
    let text = std::fs::read(folder().join("examples/proofs.yaml")).unwrap();
    let policy: Policy = SignedDocument::parse("proofs.yaml", &text).unwrap().read().unwrap();
    let rules = policy.spec.circuits;
    let manifest = std::fs::read(folder().join("../circuits/manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
    let circuits = manifest["circuits"].as_array().unwrap();
    assert!(!rules.pins.is_empty() && rules.allow_dev_keys);
    for CircuitPin { circuit, version, vk_sha256 } in rules.pins {
        let is_it = |entry: &&serde_json::Value| {
            entry["id"] == circuit.as_str() && entry["version"] == version
        };
        let entry = circuits.iter().find(is_it).unwrap();
        assert_eq!(entry["key"]["vkSha256"], vk_sha256.hex(), "{circuit}");
        assert_eq!(entry["key"]["kind"], "dev", "{circuit}: `allowDevKeys` is for nothing else");
    }
}

#[test]
fn the_schema_for_editors_knows_every_field_and_closes_every_object() {
    let schema = schema_for_policy();
    assert_eq!(schema["properties"]["kind"]["const"], "Policy");
    assert_eq!(schema["$defs"]["When"]["minProperties"], 1);
    assert!(!schema.to_string().contains("null"), "a field is left out, never null");
    let text = schema.to_string();
    for field in [
        "allowTags",
        "powerBudgetW",
        "allowUnpinned",
        "writeEntries",
        "signer",
        "weight",
        "allowDevKeys",
        "vkSha256",
        "endowment",
    ] {
        assert!(text.contains(field), "{field}");
    }
    assert!(text.matches("\"additionalProperties\":false").count() >= 15, "{text}");
}
