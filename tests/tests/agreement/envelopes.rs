//! A stock DSSE tool and OpenSSL come to our judgement of our signatures.

use std::{io::Write as _, process::Stdio};

use arch_document::{SignedDocument, signing};
use arch_identity::{Algorithm, KeyKind, KeyPair};
use arch_tests::referee;
use serde_json::{Value, json};

const JOB: &str = include_str!("../../../manifests/examples/text-index.yaml");

/// The example, signed by these, as an envelope.
fn envelope(pairs: &[&KeyPair]) -> Value {
    let signed = pairs.iter().fold(JOB.to_owned(), |text, pair| {
        signing::sign("job.yaml", text.as_bytes(), pair).unwrap()
    });
    let document = SignedDocument::parse("job.yaml", signed.as_bytes()).unwrap();
    serde_json::from_str(&document.to_envelope()).unwrap()
}

fn keys(pairs: &[&KeyPair]) -> Value {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let key = |key: &arch_identity::PublicKey| {
        let name = if key.algorithm() == Algorithm::Ed25519 { "ed25519" } else { "ml-dsa-44" };
        (key.did(), json!({ name: hex(key.bytes()) }))
    };
    pairs.iter().flat_map(|pair| pair.public().iter().map(key).collect::<Vec<_>>()).collect()
}

/// What the tool says; `None` when it is not installed.
fn checked(envelope: &Value, keys: &Value, threshold: u64) -> Option<Value> {
    let modules = "securesystemslib.dsse, cryptography.hazmat.primitives.asymmetric.mldsa";
    let mut python = referee::python("tests/referees/check_envelope.py", modules)?;
    let mut child = python.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let case = json!({ "envelope": envelope, "keys": keys, "threshold": threshold });
    child.stdin.take().unwrap().write_all(case.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

fn flipped(envelope: &Value, pointer: &str) -> Value {
    let mut changed = envelope.clone();
    let text = changed.pointer_mut(pointer).unwrap();
    let mut letters: Vec<char> = text.as_str().unwrap().chars().collect();
    letters[10] = if letters[10] == 'A' { 'B' } else { 'A' };
    *text = letters.into_iter().collect::<String>().into();
    changed
}

#[test]
fn a_stock_dsse_tool_accepts_what_we_signed_and_nothing_else() {
    let [a, b, c] = [1, 2, 3].map(|seed| KeyPair::from_seed(KeyKind::Ed25519, &[seed; 32]));
    let (signed, known) = (envelope(&[&a, &b]), keys(&[&a, &b, &c]));
    let Some(said) = checked(&signed, &known, 2) else { return };
    assert_eq!(said["accepted"].as_array().map(Vec::len), Some(2), "{said}");
    let mut other_type = signed.clone();
    other_type["payloadType"] = "application/vnd.arch-network.policy.v1+json".into();
    for (what, bad, keys, threshold) in [
        ("three signatures were asked for", &signed, &known, 3),
        ("other keys", &signed, &keys(&[&c]), 1),
        ("another kind", &other_type, &known, 2),
        ("a changed payload", &flipped(&signed, "/payload"), &known, 2),
        ("a changed signature", &flipped(&signed, "/signatures/0/sig"), &known, 2),
    ] {
        let said = checked(bad, keys, threshold).unwrap();
        assert!(said["refused"].is_string(), "{what}: {said}");
    }
}

#[test]
fn openssl_accepts_both_halves_of_a_hybrid_signature_and_no_changed_one() {
    let pair = KeyPair::from_seed(KeyKind::Hybrid, &[4; 32]);
    let (signed, known) = (envelope(&[&pair]), keys(&[&pair]));
    let Some(said) = checked(&signed, &known, 1) else { return };
    assert_eq!(said["accepted"].as_array().map(Vec::len), Some(2), "{said}");
    for at in ["/payload", "/signatures/0/sig", "/signatures/1/sig"] {
        let said = checked(&flipped(&signed, at), &known, 1).unwrap();
        assert!(said["refused"].is_string(), "{at}: {said}");
    }
}
