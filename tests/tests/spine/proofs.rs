//! A receipt convinces somebody who has nothing but it; a changed byte convinces nobody.

use std::{fs, path::Path, process::Command};

use arch_tests::{HELLO, Stranger, World, module, program};

fn archctl(args: &[&str]) -> std::process::Output {
    Command::new(program("archctl")).args(args).output().unwrap()
}

/// A world whose ledger has a few jobs in it.
fn used() -> (World, String) {
    let world = World::new();
    let mut agent = world.agent();
    for _ in 0..3 {
        let job = world.drop_job(&world.job("hello", &module(HELLO)));
        let _ = agent.wait_end(job);
    }
    assert!(agent.stop().success());
    let ledger = world.path("state/ledger").display().to_string();
    (world, ledger)
}

#[test]
fn the_ledger_verifies_and_says_so_in_json() {
    let (_world, ledger) = used();
    let out = archctl(&["ledger", "verify", "--json", &ledger]);
    assert_eq!(out.status.code(), Some(0), "{out:?}");
    let said: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(said["ok"], true);
    assert!(said["schema"].is_string() && said["root"].is_string());
    assert!(said["size"].as_u64().unwrap() >= 10);
}

#[test]
fn any_changed_byte_of_any_file_is_found() {
    let (_world, ledger) = used();
    let files = files_below(Path::new(&ledger));
    assert!(files.len() >= 3, "{files:?}");
    for file in files {
        let good = fs::read(&file).unwrap();
        // Every byte is tried in arch-ledger's own tests; here the program, at a few places of each.
        let places = [0, good.len() / 3, good.len() / 2, good.len().saturating_sub(1)];
        for place in places.into_iter().filter(|place| *place < good.len()) {
            let mut bad = good.clone();
            bad[place] ^= 0x20;
            fs::write(&file, bad).unwrap();
            let out = archctl(&["ledger", "verify", "--json", &ledger]);
            assert_eq!(out.status.code(), Some(1), "byte {place} of {}: {out:?}", file.display());
            let said: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
            assert_eq!(said["ok"], false);
        }
        fs::write(&file, good).unwrap();
    }
    assert_eq!(archctl(&["ledger", "verify", &ledger]).status.code(), Some(0));
}

#[test]
fn a_receipt_of_the_agents_own_convinces_with_the_file_and_the_keys_alone() {
    let (world, ledger) = used();
    let keys = archctl(&["ledger", "show", &ledger, "--keys"]);
    let size = Stranger::verified(&world).records().count();
    let receipt = archctl(&["ledger", "prove", "--ledger", &ledger, &(size - 1).to_string()]);
    assert_eq!(receipt.status.code(), Some(0), "{receipt:?}");
    // Another machine: nothing of the node is there.
    let far = tempfile::tempdir().unwrap();
    let (file, vkeys) = (far.path().join("receipt"), far.path().join("keys"));
    fs::write(&vkeys, &keys.stdout).unwrap();
    drop(world);
    let verify = || {
        let mut command = Command::new(program("archctl"));
        command.args(["ledger", "verify", "--json", "--receipt"]).arg(&file);
        command.arg("--key").arg(&vkeys).current_dir(far.path()).output().unwrap()
    };
    fs::write(&file, &receipt.stdout).unwrap();
    let out = verify();
    let said: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(out.status.code(), Some(0), "{out:?}");
    assert_eq!((&said["ok"], &said["index"]), (&true.into(), &(size - 1).into()), "{said}");

    let good = receipt.stdout;
    assert!(good.len() > 500);
    // A step that is no divisor of the line length: head, entry, path and both signatures are hit.
    for place in (0..good.len()).step_by(37) {
        let mut bad = good.clone();
        bad[place] ^= 0x01;
        fs::write(&file, bad).unwrap();
        let out = verify();
        assert_eq!(out.status.code(), Some(1), "byte {place}: {out:?}");
        let said: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
        assert!(said["ok"] == false && said["schema"].is_string(), "byte {place}: {said}");
    }
}

#[test]
fn the_harness_passes_over_an_unfinished_tail_and_over_no_damage() {
    let (world, ledger) = used();
    let journal = Path::new(&ledger).join("journal");
    let good = fs::read(&journal).unwrap();
    let count = || Stranger::read(&world).records().count();
    let whole = count();
    fs::write(&journal, [&good[..], &[7, 0, 0, 0, 1]].concat()).unwrap();
    assert_eq!(count(), whole, "what was never committed is no entry");
    let mut bad = good.clone();
    // In the first entry; the half of the file may be room for further ones.
    bad[100] ^= 1;
    fs::write(&journal, bad).unwrap();
    assert!(std::panic::catch_unwind(count).is_err(), "committed entries are lost");
}

fn files_below(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = vec![];
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files_below(&path)) } else { found.push(path) }
    }
    found
}
