//! Writes `circuits/`: the manifest with dev keys, and a proof to look at. `cargo run --release -p
//! arch-circuits --example registry -- circuits` after a circuit has become another one.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a step of the build, run by hand and by a test"
)]

use std::{collections::BTreeMap, path::PathBuf};

use arch_circuits::{
    Assignment, Circuit,
    groth16::{dev_key, prove},
    iden3,
    registry::{Entry, KeyKind, ProofFile},
    solidity,
    tile::{TileShape, TileStep, context},
};
use serde_json::json;

/// The older design's circuit: listed so that nobody can bring it back.
const OLDER: &str = "its one row, witness + taskId + seed + outputLen = resultDigest, lets anybody choose \
                     the digest: a proof under it says nothing";

/// The files, by name.
pub(crate) fn files() -> BTreeMap<&'static str, String> {
    let keys = Circuit::ALL.map(|circuit| (circuit, dev_key(circuit.system()).expect("a key")));
    let mut circuits: Vec<_> = keys
        .iter()
        .map(|(circuit, key)| json!(Entry::of(*circuit, 1, KeyKind::Dev, key, None)))
        .collect();
    circuits.push(json!({
        "id": "shardy_task_proof_v2", "version": 2, "status": "revoked", "about": OLDER,
    }));
    let manifest = json!({ "schema": "arch.circuits/v1", "circuits": circuits });

    let [(circuit, key), ..] = &keys;
    let step = example();
    let statement = step.statement(context(b"an example: no job, no dispute"));
    let assignment = Assignment::of_tile(&statement, &step).expect("a shape of a circuit");
    let proof = prove(circuit.system(), key, assignment.numbers(), &[7; 32]).expect("a proof");
    let file =
        ProofFile::new(circuit.id(), 1, key.verifying(), &statement.publics(), proof.clone());
    let line = |text: String| format!("{text}\n");
    let pretty = |json| line(serde_json::to_string_pretty(&json).expect("JSON"));
    BTreeMap::from([
        ("manifest.json", pretty(manifest)),
        ("example/step.json", line(file.to_json())),
        ("example/snarkjs/proof.json", pretty(iden3::proof_to_json(&proof))),
        ("example/snarkjs/public.json", pretty(iden3::publics_to_json(&statement.publics()))),
        (
            "example/snarkjs/verification_key.json",
            pretty(iden3::verifying_key_to_json(key.verifying())),
        ),
        ("example/calldata.txt", line(solidity::calldata_text(&proof, &statement.publics()))),
    ])
}

/// Any numbers, by a rule.
fn example() -> TileStep {
    let numbers = |count: i64, factor: i64| (0..count).map(|i| i * factor % 256 - 128).collect();
    let before = (0..256).map(|i| i * 5_000_000 - 640_000_000).collect();
    TileStep::compute(TileShape::I8_128, numbers(2048, 37), numbers(2048, 91), before)
        .expect("a step")
}

#[allow(dead_code, reason = "a test takes the files alone")]
fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).expect("the folder to write to"));
    for (name, text) in files() {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(&path, text).expect("written");
        println!("{}", path.display());
    }
}
