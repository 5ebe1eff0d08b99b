//! Auditors: a ledger, its receipts, and every way to spoil them.

use std::path::Path;

use arch_identity::{Digest, KeyKind, KeyPair, Timestamp};
use arch_ledger::{EndState, LogKeys, Record, Usage};

use crate::world::World;

fn noon() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

/// A ledger with one job from its acceptance to its end.
fn ledger() -> (World, Digest) {
    let world = World::empty();
    let (job, now) = (Digest::of(b"job"), noon());
    let mut ledger = world.ledger("ledger", now);
    for record in records(job) {
        ledger.append(now, &[record]).unwrap();
    }
    (world, job)
}

/// What a ledger says of a job that completed.
pub(crate) fn records(document: Digest) -> [Record; 3] {
    let accepted = Record::Accepted {
        document,
        name: "hello".into(),
        owner: "user:ada".into(),
        module: Some(document),
        inputs: Default::default(),
        policy: document,
        rules: vec![],
        grants: vec![],
    };
    let started = Record::Started { document, attempt: 1, environment: document };
    let finished = Record::Finished {
        document,
        attempt: 1,
        state: EndState::Completed,
        outcome: "completed".into(),
        code: None,
        outputs: Default::default(),
        logs: None,
        reads: None,
        fuel: 1,
        usage: Usage::default(),
    };
    [accepted, started, finished]
}

/// All files below a folder.
pub(crate) fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

#[test]
fn a_whole_ledger_is_ok_in_exactly_these_words() {
    let (world, _job) = ledger();
    let json = world.done(&["ledger", "verify", "ledger", "--json"]).json();
    let object = json.as_object().unwrap();
    let fields: Vec<&str> = object.keys().map(String::as_str).collect();
    assert_eq!(fields, ["ok", "root", "schema", "size"]);
    assert_eq!(json["schema"], "arch.ledger-verify/v1");
    assert_eq!((&json["ok"], &json["size"]), (&true.into(), &4.into()));
    assert!(json["root"].as_str().unwrap().starts_with("sha256:"));
}

#[test]
fn a_changed_byte_in_any_file_is_no() {
    let (world, _job) = ledger();
    for file in files(&world.path("ledger")) {
        let good = std::fs::read(&file).unwrap();
        let mut bad = good.clone();
        let middle = bad.len() / 2;
        bad[middle] ^= 1;
        std::fs::write(&file, &bad).unwrap();
        let told = world.run(&["ledger", "verify", "ledger", "--json"]);
        assert_eq!(told.code, 1, "{}: {told:?}", file.display());
        assert_eq!(told.json()["ok"], false);
        std::fs::write(&file, &good).unwrap();
    }
    world.done(&["ledger", "verify", "ledger"]);
}

#[test]
fn a_ledger_that_is_not_there_is_could_not_tell() {
    let told = World::empty().run(&["ledger", "verify", "nowhere", "--json"]);
    assert_eq!(told.code, 3, "{told:?}");
}

#[test]
fn a_receipt_proves_its_entry_far_from_the_ledger() {
    let (world, job) = ledger();
    let receipt = world.done(&["ledger", "prove", "--job", &job.to_string(), "--ledger", "ledger"]);
    assert!(receipt.data.starts_with("c2sp.org/tlog-proof@v1\nextra "), "{}", receipt.data);
    let keys = world.done(&["ledger", "show", "ledger", "--keys"]);
    world.write("receipt.txt", &receipt.data);
    world.write("keys.txt", &keys.data);
    std::fs::remove_dir_all(world.path("ledger")).unwrap();
    let verify = ["ledger", "verify", "--receipt", "receipt.txt", "--key", "keys.txt"];
    let told = world.done(&verify);
    assert!(told.data.starts_with("ok: entry 3 of 4 in `example.org/node`"), "{}", told.data);
    assert!(told.data.contains("\"kind\":\"finished\""), "{}", told.data);

    let changed = receipt.data.replacen("index 3", "index 2", 1);
    world.write("receipt.txt", &changed);
    assert_eq!(world.run(&verify).code, 1);
}

#[test]
fn a_bare_receipt_needs_the_exact_bytes_of_its_entry() {
    let (world, _job) = ledger();
    let receipt = world.done(&["ledger", "prove", "2", "--bare", "--ledger", "ledger"]);
    assert!(receipt.data.starts_with("c2sp.org/tlog-proof@v1\nindex 2\n"));
    world.write("receipt.txt", &receipt.data);
    let keys = world.done(&["ledger", "show", "ledger", "--keys"]).data;
    world.write("keys.txt", &keys);
    for (entry, code) in [("2", 0), ("1", 1)] {
        let bytes = world.done(&["ledger", "show", "ledger", "--entry", entry, "--raw"]);
        world.write("entry.json", &bytes.data);
        let told = world.run(&[
            "ledger",
            "verify",
            "--receipt",
            "receipt.txt",
            "--entry",
            "entry.json",
            "--key",
            "keys.txt",
        ]);
        assert_eq!(told.code, code, "{told:?}");
    }
}

#[test]
fn the_ledger_of_another_log_is_no() {
    let (world, _job) = ledger();
    let stranger =
        LogKeys::new("example.org/node", KeyPair::from_seed(KeyKind::Hybrid, &[8; 32])).unwrap();
    let key = stranger.verifiers()[0].to_string();
    assert_eq!(world.run(&["ledger", "verify", "ledger", "--key", &key]).code, 1);
}

#[test]
fn entries_are_shown_by_index_by_job_and_from_the_end() {
    let (world, job) = ledger();
    let of_job =
        world.done(&["ledger", "show", "ledger", "--job", &job.hex()[..8], "--json"]).json();
    assert_eq!(of_job["entries"].as_array().unwrap().len(), 3);
    let last = world.done(&["ledger", "show", "ledger", "--last", "1"]);
    assert!(last.data.contains("finished") && last.data.lines().count() == 1, "{}", last.data);
    assert_eq!(world.run(&["ledger", "show", "ledger", "--entry", "99"]).code, 3);
    assert_eq!(world.run(&["ledger", "prove", "99", "--ledger", "ledger"]).code, 1);
}

#[test]
fn an_export_has_what_stock_tools_read() {
    let (world, _job) = ledger();
    world.done(&["ledger", "export", "ledger", "--out", "copy"]);
    for file in ["checkpoint", "vkeys", "entries.jsonl", "tile/0/000.p/4", "tile/entries/000.p/4"] {
        assert!(world.path("copy").join(file).is_file(), "{file}");
    }
    assert_eq!(world.read("copy/entries.jsonl").lines().count(), 4);
    assert_eq!(world.run(&["ledger", "export", "ledger", "--out", "copy"]).code, 1);
}

#[test]
fn a_plan_knows_from_the_ledger_what_was_accepted_before() {
    let world = World::with_config();
    world.signed_job("job.yaml", "", "issuer.key");
    let plan = ["job", "plan", "job.yaml", "--config", "config", "--state", ".", "--json"];
    let digest: Digest =
        world.done(&plan[..5]).data.lines().next().unwrap()["plan for ".len()..].parse().unwrap();
    let mut ledger = world.ledger("ledger", noon());
    assert_eq!(world.run(&plan).code, 0);
    let [accepted, ..] = records(digest);
    ledger.append(noon(), &[accepted]).unwrap();
    let told = world.run(&plan);
    assert_eq!(told.code, 1, "{told:?}");
    let checks = told.json()["checks"].as_array().unwrap().clone();
    assert!(checks.iter().any(|c| c["check"] == "replay" && c["verdict"] == "no"), "{checks:?}");
}

/// A checkpoint that somebody kept, and the ledger that went on, or began anew under the same keys.
fn kept_checkpoint(honest: bool) -> World {
    let (world, _job) = ledger();
    std::fs::copy(world.path("ledger/checkpoint"), world.path("kept")).unwrap();
    let keys = world.done(&["ledger", "show", "ledger", "--keys"]).data;
    world.write("keys.txt", &keys);
    if !honest {
        std::fs::remove_dir_all(world.path("ledger")).unwrap();
    }
    let later = noon().plus(3_600);
    let mut ledger = world.ledger("ledger", later);
    for record in records(Digest::of(b"another job")) {
        ledger.append(later, &[record]).unwrap();
    }
    if !honest {
        for record in records(Digest::of(b"a third")) {
            ledger.append(later, &[record]).unwrap();
        }
    }
    world
}

const EXTENDS: [&str; 6] = ["ledger", "verify", "ledger", "--consistent-with", "kept", "--json"];

#[test]
fn a_ledger_that_only_appended_is_proved_to_extend_a_kept_checkpoint() {
    let world = kept_checkpoint(true);
    let told = world.done(&EXTENDS).json();
    assert_eq!((&told["consistentWith"], &told["size"]), (&4.into(), &7.into()));
    let proof = world.done(&["ledger", "prove", "--since", "kept", "--ledger", "ledger"]);
    assert!(proof.data.starts_with("old 4\n"), "{}", proof.data);
    let from = world.done(&["ledger", "prove", "--from", "4", "--ledger", "ledger"]);
    assert_eq!(from.data, proof.data);
    let json = world.done(&["ledger", "prove", "--from", "4", "--ledger", "ledger", "--json"]);
    assert_eq!((&json.json()["old"], &json.json()["size"]), (&4.into(), &7.into()));
    assert_eq!(world.run(&["ledger", "prove", "--from", "8", "--ledger", "ledger"]).code, 1);

    // Far from the ledger.
    std::fs::remove_dir_all(world.path("ledger")).unwrap();
    world.write("proof.txt", &proof.data);
    let check = [
        "ledger",
        "verify",
        "--proof",
        "proof.txt",
        "--consistent-with",
        "kept",
        "--key",
        "keys.txt",
    ];
    let told = world.done(&check);
    assert!(told.data.starts_with("ok: `example.org/node` only appended from 4 to 7"), "{told:?}");
    world.write("proof.txt", &proof.data.replacen("old 4", "old 3", 1));
    assert_eq!(world.run(&check).code, 1);
}

#[test]
fn a_ledger_begun_anew_is_whole_and_yet_refused_beside_a_kept_checkpoint() {
    let world = kept_checkpoint(false);
    world.done(&["ledger", "verify", "ledger"]);
    let told = world.run(&EXTENDS);
    assert_eq!(told.code, 1, "{told:?}");
    assert_eq!(told.json()["code"], "ARCH-L005");
    let told = world.run(&["ledger", "prove", "--since", "kept", "--ledger", "ledger"]);
    assert_eq!((told.code, told.data.as_str()), (1, ""), "{told:?}");
}

#[test]
fn a_ledger_that_is_shorter_than_a_kept_checkpoint_is_refused() {
    let (world, _job) = ledger();
    std::fs::copy(world.path("ledger/checkpoint"), world.path("kept")).unwrap();
    std::fs::remove_dir_all(world.path("ledger")).unwrap();
    drop(world.ledger("ledger", noon()));
    let told = world.run(&EXTENDS);
    assert_eq!((told.code, told.json()["code"].as_str()), (1, Some("ARCH-L004")), "{told:?}");
}
