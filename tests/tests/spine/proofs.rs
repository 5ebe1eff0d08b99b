//! A receipt convinces somebody who has nothing but it; a changed byte convinces nobody.

use std::{fs, path::Path, process::Command};

use arch_tests::{World, module, program};

use crate::HELLO;

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

fn files_below(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = vec![];
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files_below(&path)) } else { found.push(path) }
    }
    found
}
