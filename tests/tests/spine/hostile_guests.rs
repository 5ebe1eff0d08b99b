//! Each hostile guest ends in its typed outcome, and the agent keeps serving.

use std::{fs, os::unix::fs::symlink};

use arch_tests::{Agent, World, hostile, module};

use crate::HELLO;

/// Runs one guest of `tests/guests/hostile`; gives the outcome it had and the one it should have.
fn outcome(world: &World, agent: &mut Agent, name: &str) -> (String, String) {
    let (wasm, expected) = hostile(name);
    let data = world.path("data");
    let grants = format!(
        "  capabilities: {{ fs: [\"read:{0}\", \"write:{0}/write\"] }}\n  args: [\"{0}\"]",
        data.display()
    );
    let job = world.job(name, &wasm).timeout("5s").memory("32Mi").fuel(3_000_000_000).spec(&grants);
    let digest = world.drop_job(&job);
    let ended = agent.wait_end(digest);
    (ended.outcome.unwrap_or(ended.row.state), expected)
}

#[test]
fn every_hostile_guest_ends_in_its_typed_outcome() {
    let world = World::new();
    fs::create_dir(world.path("data/write")).unwrap();
    fs::write(world.path("secret"), "not for guests").unwrap();
    symlink(world.path("secret"), world.path("data/link")).unwrap();
    let mut agent = world.agent();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/guests/hostile");
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".wat").map(str::to_owned))
        .collect();
    names.sort();
    assert!(names.len() >= 10, "{names:?}");
    let mut wrong = vec![];
    for name in &names {
        let (was, expected) = outcome(&world, &mut agent, name);
        if was.to_lowercase() != expected.to_lowercase() {
            wrong.push(format!("{name}: expected {expected}, was {was}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}\n{}", agent.log());
    let job = world.drop_job(&world.job("hello", &module(HELLO)));
    assert_eq!(agent.wait_end(job).row.state, "completed");
    let left: Vec<_> = fs::read_dir(world.path("data/write")).unwrap().collect();
    assert!(!world.path("data/secret").exists() && left.len() <= 1, "{left:?}");
}

#[test]
fn a_module_that_is_none_is_refused_and_not_a_crash() {
    let world = World::new();
    let mut agent = world.agent();
    for bytes in [&b"\0asm\x01\0\0\0garbage"[..], b"", b"(module)", b"\x7fELF"] {
        let job = world.drop_job(&world.job("broken", bytes));
        let ended = agent.wait_end(job);
        assert_ne!(ended.row.state, "completed", "{ended:?}");
    }
    let job = world.drop_job(&world.job("hello", &module(HELLO)));
    assert_eq!(agent.wait_end(job).row.state, "completed");
}

#[test]
fn a_forged_cache_entry_is_not_loaded() {
    let world = World::new();
    let mut agent = world.agent();
    let wasm = module(HELLO);
    let first = world.drop_job(&world.job("hello", &wasm));
    assert_eq!(agent.wait_end(first).row.state, "completed");
    let mut forged = 0;
    for entry in walk(&world.path("state/cache")) {
        let mut bytes = fs::read(&entry).unwrap();
        if bytes.len() < 1_000 {
            continue; // the key
        }
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&entry, bytes).unwrap();
        forged += 1;
    }
    assert!(forged > 0, "nothing was cached");
    let second = world.drop_job(&world.job("hello", &wasm));
    assert_eq!(agent.wait_end(second).row.state, "completed", "it is compiled anew");
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = vec![];
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(walk(&path));
        } else {
            found.push(path);
        }
    }
    found
}
