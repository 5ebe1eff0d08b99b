//! Keys: dev keys with permission, and none but the manifest's.

use std::fs;

use arch_circuits::registry::{BUILT_IN, hex};
use arch_identity::Digest;
use arch_wire::prover::{FromProver, Stage, ToProver};

use crate::asker::{Prover, check, fold};

/// The name of the fold's key.
fn file_name() -> String {
    let manifest: serde_json::Value = serde_json::from_str(BUILT_IN).unwrap();
    let circuits = manifest["circuits"].as_array().unwrap();
    let fold = circuits.iter().find(|circuit| circuit["id"] == "arch-fold-v3").unwrap();
    format!("{}.pk", fold["key"]["pkSha256"].as_str().unwrap())
}

#[test]
fn a_dev_key_is_made_once_where_that_is_allowed() {
    let home = tempfile::tempdir().unwrap();
    let keys = home.path().join("keys");
    let mut prover = Prover::with_keys(&keys, &["--allow-dev-keys"]);
    let asked = fold(1, &[8, 9]);
    prover.line.say(&ToProver::Prove(asked.clone()));
    let (stages, last) = prover.line.end_of(1);
    let FromProver::Proved { proof, .. } = last else { panic!("{last:?}") };
    check(&proof, &asked);
    assert!(stages.contains(&Stage::MakingKey));
    let names: Vec<_> = fs::read_dir(&keys).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names, [file_name().as_str()]);
    prover.line.say(&ToProver::Prove(fold(2, &[8, 9])));
    assert!(!prover.line.end_of(2).0.contains(&Stage::MakingKey));
}

#[test]
fn without_permission_no_dev_key_is_made_or_used() {
    let folder = tempfile::tempdir().unwrap();
    let mut prover = Prover::with_keys(folder.path(), &[]);
    let refusal = prover.line.refused(fold(1, &[1]));
    assert_eq!((refusal.code.as_str(), refusal.retry), ("ARCH-V006", false));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    // Nor one that is there.
    let mut prover = Prover::with_keys(&crate::asker::keys(), &[]);
    assert_eq!(prover.line.refused(fold(1, &[1])).code, "ARCH-V006");
}

#[test]
fn a_key_of_other_bytes_than_its_name_says_is_not_used_and_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(file_name());
    fs::write(&path, b"not this key").unwrap();
    let mut prover = Prover::with_keys(folder.path(), &["--allow-dev-keys"]);
    let refusal = prover.line.refused(fold(1, &[1]));
    assert_eq!((refusal.code.as_str(), refusal.retry), ("ARCH-V005", false));
    assert!(refusal.message.contains("pinned"), "{}", refusal.message);
    assert_eq!(fs::read(&path).unwrap(), b"not this key");
}

/// The manifest with a key for the fold that is none of the dev keys: two of its points change places.
fn with_another_key() -> String {
    let mut manifest: serde_json::Value = serde_json::from_str(BUILT_IN).unwrap();
    let circuits = manifest["circuits"].as_array_mut().unwrap();
    let fold = circuits.iter_mut().find(|circuit| circuit["id"] == "arch-fold-v3").unwrap();
    let mut vk = hex::read(fold["key"]["vk"].as_str().unwrap()).unwrap();
    let (start, point) = (32 + 3 * 64 + 8, 32);
    let (first, second) = vk[start..].split_at_mut(point);
    first.swap_with_slice(&mut second[..point]);
    fold["key"]["vk"] = hex::write(&vk).into();
    fold["key"]["vkSha256"] = hex::write(Digest::of(&vk).as_bytes()).into();
    fold["key"]["kind"] = "ceremony".into();
    fold["key"]["transcript"] = serde_json::json!({
        "contributors": ["one", "two", "three", "beacon"],
        "digests": ["00", "01", "02", "03"],
        "zkeySha256": "00".repeat(32),
    });
    manifest.to_string()
}

#[test]
fn a_key_of_a_ceremony_is_never_made() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = folder.path().join("manifest.json");
    fs::write(&manifest, with_another_key()).unwrap();
    let keys = folder.path().join("keys");
    let manifest = manifest.display().to_string();
    let mut prover =
        Prover::with_keys(&keys, &["--allow-dev-keys", "--manifest", manifest.as_str()]);
    let refusal = prover.line.refused(fold(1, &[1]));
    assert_eq!((refusal.code.as_str(), refusal.retry), ("ARCH-V005", false));
    assert_eq!(fs::read_dir(&keys).unwrap().count(), 0);
}

#[test]
fn a_circuit_that_is_only_checked_any_more_gets_no_new_proofs() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = folder.path().join("manifest.json");
    let text = BUILT_IN.replace("\"status\": \"active\"", "\"status\": \"verify-only\"");
    assert_ne!(text, BUILT_IN);
    fs::write(&manifest, text).unwrap();
    let manifest = manifest.display().to_string();
    let mut prover = Prover::start(&["--manifest", manifest.as_str()]);
    let refusal = prover.line.refused(fold(1, &[1]));
    assert_eq!((refusal.code.as_str(), refusal.retry), ("ARCH-V003", false));
    assert!(refusal.message.contains("not active"), "{}", refusal.message);
}
