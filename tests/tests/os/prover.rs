//! The prover in its unit.

use std::path::Path;

use arch_tests::{
    booted::{Booted, Seed},
    checkout,
};
use serde_json::{Value, json};

use super::installed::{PROVER, boot, change, choose, journal, show, start};

/// Where the guest has who asks.
const ASKER: &str = "/usr/bin/arch-asker";

/// As the agent would ask.
const AS_AGENT: [&str; 5] = ["runuser", "-u", "archagent", "--", ASKER];

const SOCKET: &str = "/run/archagent/prover.sock";

/// A guest with the units, somebody who asks, and requests: for a proof, and whether one holds.
fn guest() -> Option<Booted> {
    let shipped = std::fs::read_to_string(checkout().join("circuits/example/step.json")).unwrap();
    let fold = std::fs::read(checkout().join("tests/vectors/prover/fold.json")).unwrap();
    let seed = Seed::installed()
        .bind(Path::new(env!("CARGO_BIN_EXE_asker")), ASKER)
        .file("/srv/shipped.json", verify(&shipped, true))
        .file("/srv/strict.json", verify(&shipped, false))
        .file("/srv/fold.json", fold);
    boot(seed)
}

/// The request whether a proof holds.
fn verify(proof: &str, dev_keys: bool) -> String {
    json!({ "verify": { "request": 1, "proof": proof, "terms": { "devKeys": dev_keys } } })
        .to_string()
}

/// What the prover says when it is asked over one line.
fn asked(guest: &Booted, files: &[&str]) -> Vec<Value> {
    let line = [&AS_AGENT[..], &[SOCKET], files].concat();
    let said = guest.good(&line);
    said.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn the_prover_checks_for_the_agent_and_makes_no_proof_before_keys_are_named() {
    let Some(guest) = guest() else { return };
    let said = asked(&guest, &["/srv/shipped.json", "/srv/strict.json", "/srv/fold.json"]);
    let [ready, shipped, strict, refused] = said.as_slice() else { panic!("{said:?}") };
    assert!(ready["ready"]["manifest"].is_string(), "{ready}");
    assert_eq!(shipped["checked"]["holds"], true, "{shipped}");
    assert_eq!(strict["checked"]["holds"], false, "{strict}");
    assert_eq!(refused["refused"]["code"], "ARCH-V006", "{refused}");
    // It ended with the line, and that was no failure.
    guest.until(3, &["systemctl", "is-active", PROVER]);
    let ended = show(&guest, PROVER, &["Result", "ExecMainStatus", "User"]);
    assert_eq!(ended, ["success", "0", "archprover"]);
    // Nobody else is let in.
    let stranger =
        guest.run(&["runuser", "-u", "nobody", "--", ASKER, SOCKET, "/srv/shipped.json"]);
    assert!(stranger.stderr.contains("Permission denied"), "{}", stranger.stderr);
}

#[test]
fn with_dev_keys_the_prover_makes_its_key_a_proof_of_its_own_and_nothing_else() {
    let Some(guest) = guest() else { return };
    choose(&guest, "choice-dev-keys", "arch-prover.service.d/40-keys.conf");
    let said = asked(&guest, &["/srv/fold.json"]);
    let stages = said.iter().filter(|word| word["progress"].is_object()).count();
    assert!(stages >= 5, "{said:?}");
    let proof = said.last().unwrap()["proved"]["proof"].as_str().unwrap_or_else(|| {
        let journal = journal(&guest, PROVER);
        panic!("{said:?} {journal}")
    });
    guest.write("/srv/proved.json", &verify(proof, true));
    let said = asked(&guest, &["/srv/proved.json"]);
    assert_eq!(said.last().unwrap()["checked"]["holds"], true, "{said:?}");
    // Somebody who judges it without the prover says so too.
    guest.write("/srv/proof.json", proof);
    guest.until(0, &["archctl", "proof", "verify", "/srv/proof.json", "--allow-dev-keys"]);
    let kept = guest.good(&["stat", "--format=%U %n", "/var/cache/arch-prover"]);
    assert_eq!(kept.trim(), "archprover /var/cache/arch-prover");
    let keys = guest.good(&["sh", "-c", "ls /var/cache/arch-prover"]);
    assert!(keys.trim().ends_with(".pk") && keys.lines().count() == 1, "{keys}");
}

#[test]
fn the_prover_closes_itself_off_inside_its_unit() {
    let Some(guest) = guest() else { return };
    let instead = "[Service]\nType=oneshot\nExecStart=\n\
        ExecStart=/usr/bin/arch-prover --print-confinement\nStandardOutput=truncate:/out/report\n";
    change(&guest, PROVER, instead);
    let started = start(&guest, PROVER);
    assert_eq!(started, Some(0), "{}", journal(&guest, PROVER));
    let report: Value = serde_json::from_str(&guest.good(&["cat", "/out/report"])).unwrap();
    assert_eq!(
        (&report["kernel"]["NoNewPrivs"], &report["kernel"]["Seccomp"]),
        (&"1".into(), &"2".into())
    );
}
