//! Two who contradict each other, between the units as they are shipped: the agent has the prover asked,
//! through its socket, and neither is let do more than its unit says.

use std::path::Path;

use arch_identity::Digest;
use arch_matrix::file::Dtype;
use arch_tests::{
    JobText, World,
    booted::{Booted, Seed},
    npy_file, numbers, terms,
};
use serde_json::Value;

use super::at_work::{drop_job, json};
use super::installed::{AGENT, EXECUTOR, PROVER, boot, change, choose, journal, show, started};

/// Whoever computes the first row says something else about one of its numbers.
const LIE: &str = "add-one-at-3-17 row";

/// A node whose executor lies, and whose policy has that settled by proofs; and a job that asks for nine
/// shards of a product.
fn lied_to() -> Option<(World, Booted, JobText)> {
    let world = World::new();
    let terms = terms("groth16", &[], &[]);
    world.write_policy(&format!("{}{terms}", world.policy_text(1)));
    let mut seed = Seed::installed()
        .configured(&world)
        .bind(Path::new(env!("CARGO_BIN_EXE_lying-executor")), "/usr/bin/arch-executor");
    let mut inputs = Vec::new();
    for (name, matrix) in [("a", numbers(96, 200, 5)), ("b", numbers(200, 90, 9))] {
        let bytes = npy_file::<i8>(Dtype::I8, &matrix);
        let path = format!("/etc/arch/{name}.npy");
        inputs.push(format!("{name}: \"file://{path}@{}\"", Digest::of(&bytes)));
        seed = seed.file(&path, bytes);
    }
    let guest = boot(seed)?;
    guest.write("/var/cache/arch-executor-wasm/trick", LIE);
    change(&guest, EXECUTOR, "[Service]\nStandardInput=socket\nStandardOutput=journal\n");
    let matrix = "a: { input: a }, b: { input: b }, format: i8, shards: 9";
    let job = JobText::product("product", matrix, World::now())
        .spec(&format!("  inputs: {{ {} }}", inputs.join(", ")))
        .spec("  outputs: { product: \"archive:\" }")
        .cpu("2");
    Some((world, guest, job))
}

/// The only dispute, as `archctl` replays it from ledger and archive.
fn dispute(guest: &Booted) -> Option<Value> {
    let told = json(guest, &["archctl", "dispute", "list", "--json"]);
    told["disputes"].as_array().unwrap().first().cloned()
}

#[test]
fn a_disputed_job_is_settled_by_a_proof_of_the_prover_in_its_unit() {
    let Some((world, guest, job)) = lied_to() else { return };
    choose(&guest, "choice-dev-keys", "arch-prover.service.d/40-keys.conf");
    started(&guest, AGENT);
    let job = drop_job(&guest, &world, &job);
    let ended = "archctl dispute list --json | grep -q '\"state\": *\"ended\"'";
    guest.until(0, &["sh", "-c", ended]);
    let shown = json(&guest, &["archctl", "job", "show", &job, "--json"]);
    assert_eq!(shown["row"]["state"], "disputed", "{shown}");
    let told = dispute(&guest).unwrap();
    let id = told["dispute"].as_str().unwrap().to_owned();
    assert_eq!((&told["job"], &told["resolver"]), (&job.into(), &"groth16".into()), "{told}");
    assert_eq!(told["atFault"], Value::from(vec!["respondent"]), "{told}");
    // All of it, once more, and the proof under the pinned key.
    let settled = format!("archctl dispute replay {id} --json | grep -q '\"ok\": *true'");
    guest.until(0, &["sh", "-c", &settled]);
    let replayed = json(&guest, &["archctl", "dispute", "replay", &id, "--json"]);
    let checks = replayed["checks"].as_array().unwrap();
    let proof = checks.iter().find(|check| check["what"] == "proof").expect("a proof");
    assert_eq!(proof["result"], "ok", "{replayed}");
    // The agent hung up, so the prover's unit has ended, and well.
    guest.until(3, &["systemctl", "is-active", PROVER]);
    let ended = show(&guest, PROVER, &["Result", "ExecMainStatus", "User"]);
    assert_eq!(ended, ["success", "0", "archprover"], "{}", journal(&guest, PROVER));
}

#[test]
fn a_dispute_waits_in_a_node_whose_prover_has_no_keys_and_goes_on_when_it_has() {
    let Some((world, guest, job)) = lied_to() else { return };
    started(&guest, AGENT);
    let _job = drop_job(&guest, &world, &job);
    // As shipped it makes no proofs, and there is no other way to settle this step.
    let waits = format!("journalctl --unit {AGENT} --output=cat | grep -q ARCH-V006");
    guest.until(0, &["sh", "-c", &waits]);
    assert_eq!(dispute(&guest).unwrap()["state"], "awaitsProof");
    choose(&guest, "choice-dev-keys", "arch-prover.service.d/40-keys.conf");
    let ended = "archctl dispute list --json | grep -q '\"state\": *\"ended\"'";
    guest.until(0, &["sh", "-c", ended]);
}
