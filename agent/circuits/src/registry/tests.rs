//! What manifests and proofs are believed, and what not.

use serde_json::{Value, json};

use super::*;
use crate::{
    Fr,
    builder::{Builder, Rows, Wire},
    groth16::{dev_key, prove},
};

fn built_in() -> Value {
    serde_json::from_str(BUILT_IN).unwrap()
}

fn changed(pointer: &str, value: Value) -> Result<Registry, BadManifest> {
    let mut manifest = built_in();
    *manifest.pointer_mut(pointer).unwrap() = value;
    Registry::parse(&manifest.to_string())
}

fn example() -> ProofFile {
    ProofFile::read(include_bytes!("../../../../circuits/example/step.json")).unwrap()
}

const DEV: Terms = Terms { trust: Trust::Manifest, dev_keys: true };

const STRICT: Terms = Terms { trust: Trust::Manifest, dev_keys: false };

#[test]
fn the_manifest_of_this_program_lists_each_of_its_circuits_as_it_is() {
    let registry = Registry::built_in().unwrap();
    for circuit in Circuit::ALL {
        let entry = registry.find(circuit.id(), None).unwrap();
        registry.check_rows(entry).unwrap();
        assert_eq!((entry.status, entry.about.as_str()), (Status::Active, circuit.about()));
    }
}

#[test]
fn the_example_is_evidence_on_the_terms_that_its_key_allows() {
    let registry = Registry::built_in().unwrap();
    let good = example();
    assert!(registry.evidence(&good, &DEV).is_ok());
    assert_eq!(registry.evidence(&good, &STRICT), Err(NoEvidence::DevKey));
    let pinned = Terms { trust: Trust::Pinned(good.vk_sha256()), ..DEV };
    assert!(registry.evidence(&good, &pinned).is_ok());
    let other = Terms { trust: Trust::Pinned([0; 32]), ..DEV };
    assert_eq!(registry.evidence(&good, &other), Err(NoEvidence::NotPinned));
}

#[test]
fn the_example_is_refused_after_any_change() {
    let registry = Registry::built_in().unwrap();
    let text = include_str!("../../../../circuits/example/step.json");
    let json: Value = serde_json::from_str(text).unwrap();
    let digits: Vec<usize> = text
        .char_indices()
        .filter(|(_, c)| c.is_ascii_hexdigit())
        .map(|(place, _)| place)
        .collect();
    // Every digit of every number, and of the circuit's name and version.
    for place in digits {
        let mut bytes = text.as_bytes().to_vec();
        bytes[place] = if bytes[place] == b'1' { b'2' } else { b'1' };
        let read = ProofFile::read(&bytes);
        let believed = read.is_ok_and(|proof| registry.evidence(&proof, &DEV).is_ok());
        assert!(!believed, "byte {place}");
    }
    for (pointer, value) in [
        ("/schema", json!("arch.proof/v2")),
        ("/version", json!(0)),
        ("/version", json!("1")),
        ("/publics", json!([])),
        ("/publics/0", json!(5)),
        ("/publics/4", json["publics"][3].clone()),
        ("/proof", json!("")),
        ("/proof", json!("00".repeat(128))),
        ("/vkSha256", json!("00".repeat(32))),
        ("/circuit", json!("arch-tile-fma-v1-k256")),
        ("/circuit", json!("arch-fold-v3")),
    ] {
        let mut other = json.clone();
        *other.pointer_mut(pointer).unwrap() = value;
        let read = ProofFile::read(other.to_string().as_bytes());
        assert!(!read.is_ok_and(|proof| registry.evidence(&proof, &DEV).is_ok()), "{pointer}");
    }
    let mut more = json;
    more["more"] = json!(1);
    assert!(ProofFile::read(more.to_string().as_bytes()).is_err());
}

#[test]
fn what_is_stated_keeps_its_name_whatever_the_bytes_of_the_proof() {
    let good = example();
    let key = Registry::built_in().unwrap();
    let key = key.key(key.find(good.circuit(), None).unwrap()).unwrap().to_bytes();
    let key = VerifyingKey::read(&key, 5).unwrap();
    let id = |version, publics: &[Fr]| {
        ProofFile::new(good.circuit(), version, &key, publics, good.proof().clone()).statement_id()
    };
    assert_eq!(id(1, good.publics()), good.statement_id());
    assert_ne!(id(2, good.publics()), good.statement_id());
    assert_ne!(id(1, &good.publics()[..4]), good.statement_id());
}

#[test]
fn a_manifest_that_says_what_is_not_so_is_refused() {
    let circuit = &built_in()["circuits"][0];
    let twice = |version: u32| {
        let mut manifest = built_in();
        let mut again = circuit.clone();
        again["version"] = json!(version);
        again.as_object_mut().unwrap().remove("key");
        manifest["circuits"].as_array_mut().unwrap().push(again);
        Registry::parse(&manifest.to_string())
    };
    assert!(matches!(twice(1), Err(BadManifest::Twice(..))));
    assert!(matches!(twice(2), Err(BadManifest::Twice(..))), "two that are active");
    let unknown = changed("/circuits/0/id", json!("arch-tile-fma-v9"));
    assert!(matches!(unknown, Err(BadManifest::Unknown(_))));
    for (pointer, value) in [
        ("/circuits/0/laid/publics/0", json!("other")),
        ("/circuits/0/laid/hash", json!("md5")),
        ("/circuits/0/laid/steps/depth", json!(256)),
        ("/circuits/0/laid/steps", Value::Null),
        ("/circuits/0/key", Value::Null),
        ("/circuits/0/laid", Value::Null),
        ("/circuits/0/key/vk", json!("zz")),
        ("/circuits/0/key/vkSha256", json!("00".repeat(32))),
        ("/circuits/0/key/vk", circuit["key"]["vk"].as_str().unwrap().to_uppercase().into()),
    ] {
        assert!(matches!(changed(pointer, value), Err(BadManifest::Differs { .. })), "{pointer}");
    }
    let other = changed("/circuits/0/key/vk", built_in()["circuits"][3]["key"]["vk"].clone());
    assert!(matches!(other, Err(BadManifest::Key { .. })));
    for (pointer, value) in [
        ("/schema", json!("arch.circuits/v2")),
        ("/circuits/0/status", json!("trusted")),
        ("/circuits/0/key/kind", json!("secret")),
        ("/circuits", json!({})),
    ] {
        assert!(matches!(changed(pointer, value), Err(BadManifest::Form(_))), "{pointer}");
    }
    assert!(matches!(Registry::parse(&" ".repeat(LONGEST + 1)), Err(BadManifest::Form(_))));
}

#[test]
fn a_dev_key_stays_one_whatever_a_manifest_calls_it() {
    let relabelled = BUILT_IN.replace("\"dev\"", "\"ceremony\"");
    assert!(matches!(Registry::parse(&relabelled), Err(BadManifest::Differs { .. })));
    let mut manifest = built_in();
    let key = &mut manifest["circuits"][0]["key"];
    key["kind"] = "ceremony".into();
    key["transcript"] = json!({
        "contributors": ["alice", "bob", "carol", "beacon"],
        "digests": ["00", "01", "02", "03"],
        "zkeySha256": "00".repeat(32),
    });
    let told = Registry::parse(&manifest.to_string());
    assert!(matches!(told, Err(BadManifest::Differs { .. })), "with an invented ceremony too");
}

#[test]
fn a_key_is_listed_once_and_a_revoked_one_does_not_come_back() {
    let again = |change: &dyn Fn(&mut Value)| {
        let mut manifest = built_in();
        let mut copy = manifest["circuits"][0].clone();
        copy["version"] = 2.into();
        change(&mut manifest["circuits"][0]);
        manifest["circuits"].as_array_mut().unwrap().push(copy);
        Registry::parse(&manifest.to_string())
    };
    let told = again(&|first| first["status"] = "revoked".into());
    assert!(matches!(told, Err(BadManifest::SameKey(_))));
    let told = again(&|first| first["status"] = "verify-only".into());
    assert!(matches!(told, Err(BadManifest::SameKey(_))));
    let deep = changed("/circuits/1/key", built_in()["circuits"][0]["key"].clone());
    assert!(matches!(deep, Err(BadManifest::SameKey(_))), "for another circuit");
}

#[test]
fn rows_that_are_not_the_circuits_are_noticed() {
    let registry = changed("/circuits/3/laid/r1csSha256", json!("00".repeat(32))).unwrap();
    let entry = registry.find("arch-fold-v3", None).unwrap();
    let told = registry.check_rows(entry).unwrap_err().to_string();
    assert_eq!(told, "circuit `arch-fold-v3` has other rows than the manifest says");
    let registry = changed("/circuits/3/laid/rows", json!(5)).unwrap();
    assert!(registry.check_rows(registry.find("arch-fold-v3", None).unwrap()).is_err());
}

#[test]
fn a_version_that_came_before_is_only_checked_with_and_a_revoked_one_is_evidence_of_nothing() {
    let registry = Registry::built_in().unwrap();
    let old = registry.find("arch-tile-fma-v1", None).unwrap();
    let mut new = old.clone();
    new.version = 2;
    new.key = None;
    let rotated: entry::Manifest = serde_json::from_str(&registry.rotated(new)).unwrap();
    let versions: Vec<_> = rotated
        .circuits
        .iter()
        .filter(|entry| entry.id == old.id)
        .map(|entry| (entry.version, entry.status))
        .collect();
    assert_eq!(versions, [(1, Status::VerifyOnly), (2, Status::Active)]);
    let verify_only = changed("/circuits/0/status", json!("verify-only")).unwrap();
    assert!(verify_only.evidence(&example(), &DEV).is_ok(), "within the window of the old key");
    let revoked = changed("/circuits/0/status", json!("revoked")).unwrap();
    let told = revoked.evidence(&example(), &DEV);
    assert!(matches!(told, Err(NoEvidence::Revoked { .. })), "{told:?}");
}

/// The older design's one row: `witness + taskId + seed + outputLen = resultDigest`.
#[test]
fn the_older_design_proves_any_digest_and_is_evidence_of_nothing() {
    let mut rows = Rows::new();
    let publics: [_; 4] = std::array::from_fn(|_| rows.public(Fr::from(0)));
    let witness = rows.cell(Fr::from(0));
    let [task, seed, length, digest] = &publics;
    let sum = witness.plus(task).plus(seed).plus(length);
    rows.require_equal(&sum, digest);
    let system = rows.finish();
    let forged = [7_u64, 99, 1 << 20, 0xdead_beef].map(Fr::from);
    let free = forged[3] - forged[0] - forged[1] - forged[2];
    let numbers: Vec<Fr> = [Fr::from(1)].into_iter().chain(forged).chain([free]).collect();
    let key = dev_key(&system).unwrap();
    let proof = prove(&system, &key, &numbers, &[1; 32]).unwrap();
    assert!(key.verifying().verify(&forged, &proof), "without any task having run");

    let file = ProofFile::new("shardy_task_proof_v2", 2, key.verifying(), &forged, proof);
    let told = Registry::built_in().unwrap().evidence(&file, &DEV).map(drop);
    assert!(matches!(told, Err(NoEvidence::Revoked { .. })), "{told:?}");
}
