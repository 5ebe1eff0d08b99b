//! Each hostile guest ends in its typed outcome, and the agent keeps serving.

use std::{fs, os::unix::fs::symlink};

use arch_tests::{Agent, HELLO, World, hostile, module};
use arch_wire::control::JobDetail;

/// The guests that look for folders, and how each ends when it is given one to write to.
const IN_A_WRITE_GRANT: [(&str, &str); 5] = [
    ("big-write", "WriteCap"),
    ("many-files", "WriteCap"),
    ("path-escape-dotdot", "Completed"),
    ("path-escape-symlink", "Completed"),
    ("rename-escape", "Completed"),
];

/// A world with traps laid: links that lead out of both granted folders, and files beside them.
fn world() -> World {
    let world = World::new();
    let policy = world.policy_text(1).replace("limits: {", "limits: { writes: \"1Mi\",");
    assert!(policy.contains("writes"), "{policy}");
    world.write_policy(&policy);
    fs::create_dir(world.path("data/write")).unwrap();
    fs::create_dir(world.path("outside")).unwrap();
    fs::write(world.path("outside/passwd"), "not for guests").unwrap();
    fs::write(world.path("secret"), "not for guests").unwrap();
    fs::write(world.path("data/good"), "for guests").unwrap();
    for folder in ["data", "data/write"] {
        symlink(world.path("secret"), world.path(folder).join("link")).unwrap();
        symlink(world.path("outside"), world.path(folder).join("link-out")).unwrap();
    }
    world
}

/// Runs one guest of `tests/guests/hostile` that is shown `folder`.
fn ended(world: &World, agent: &mut Agent, name: &str, folder: &str) -> JobDetail {
    let (wasm, _) = hostile(name);
    let data = world.path("data");
    let grants = format!(
        "  capabilities: {{ fs: [\"read:{0}\", \"write:{0}/write\"] }}\n  args: [\"{1}\"]",
        data.display(),
        world.path(folder).display()
    );
    let job =
        world.job(name, &wasm).timeout("60s").memory("32Mi").fuel(3_000_000_000).spec(&grants);
    let digest = world.drop_job(&job);
    agent.wait_end(digest)
}

/// What ended otherwise than it should, a line each.
fn wrong(ended: &JobDetail, name: &str, expected: &str) -> Option<String> {
    let was = ended.outcome.as_ref().unwrap_or(&ended.row.state);
    let same = was.to_lowercase() == expected.to_lowercase();
    (!same).then(|| format!("{name}: expected {expected}, was {was}"))
}

fn denied(ended: &JobDetail) -> u64 {
    ended.used.as_ref().map_or(0, |used| used.denied)
}

/// Whether it tries to write to the folder that it is shown, which may only be read.
fn writes(name: &str) -> bool {
    ["big-write", "many-files"].contains(&name)
}

/// Nothing outside the granted folders was made, changed or moved.
fn assert_nothing_got_out(world: &World) {
    let names = |folder: &str| {
        let entries = fs::read_dir(world.path(folder)).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    assert_eq!(names("outside"), ["passwd"]);
    assert_eq!(names("data"), ["good", "link", "link-out", "write"]);
    for file in ["outside/passwd", "secret"] {
        assert_eq!(fs::read_to_string(world.path(file)).unwrap(), "not for guests");
    }
    assert_eq!(fs::read_to_string(world.path("data/good")).unwrap(), "for guests");
}

#[test]
fn every_hostile_guest_ends_in_its_typed_outcome() {
    let world = world();
    let mut agent = world.agent();
    let folder = arch_tests::checkout().join("tests/guests/hostile");
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".wat").map(str::to_owned))
        .collect();
    names.sort();
    assert!(names.len() >= 10, "{names:?}");
    let mut all_wrong = vec![];
    for name in &names {
        let ended = ended(&world, &mut agent, name, "data");
        all_wrong.extend(wrong(&ended, name, &hostile(name).1));
        // What it reached for is evidence, and stays.
        let reached = name.contains("escape") || writes(name);
        assert_eq!(reached, denied(&ended) > 0, "{name}: {ended:?}");
    }
    assert!(all_wrong.is_empty(), "{all_wrong:#?}\n{}", agent.log());
    assert!(agent.log().contains("escape: "), "the log names what was reached for");
    let job = world.drop_job(&world.job("hello", &module(HELLO)));
    assert_eq!(agent.wait_end(job).row.state, "completed");
    assert_nothing_got_out(&world);
    assert_eq!(fs::read_dir(world.path("data/write")).unwrap().count(), 2, "the two links");
}

#[test]
fn a_write_grant_is_filled_up_to_its_cap_and_never_left() {
    let world = world();
    let mut agent = world.agent();
    for (name, expected) in IN_A_WRITE_GRANT {
        let ended = ended(&world, &mut agent, name, "data/write");
        let wrong = wrong(&ended, name, expected);
        assert!(wrong.is_none(), "{wrong:?}\n{ended:?}\n{}", agent.log());
        assert_eq!(name.contains("escape"), denied(&ended) > 0, "{name}: {ended:?}");
        assert_nothing_got_out(&world);
    }
    let write = world.path("data/write");
    // The guests did write where they may.
    assert_eq!(fs::metadata(write.join("big")).unwrap().len(), 1 << 20);
    assert!(write.join("aaaaaaaa").exists() && write.join("kept").exists());
    let job = world.drop_job(&world.job("hello", &module(HELLO)));
    assert_eq!(agent.wait_end(job).row.state, "completed");
}

#[test]
fn no_policy_can_show_a_guest_the_agents_own_files() {
    let world = World::new();
    let state = world.path("state").canonicalize().unwrap().display().to_string();
    let rule = format!("    - {{ id: own, fs: [\"read:/\", \"read:{state}\"] }}\n    - {{ id: net");
    let policy = world.policy_text(1).replace("    - { id: net", &rule);
    assert!(policy.contains("id: own"), "{policy}");
    world.write_policy(&policy);
    let mut agent = world.agent();
    for path in ["/", &state, &format!("{state}/node.key")] {
        let grant = format!("  capabilities: {{ fs: [\"read:{path}\"] }}");
        let job = world.drop_job(&world.job("hello", &module(HELLO)).spec(&grant));
        let ended = agent.wait_end(job);
        assert_eq!(ended.row.code.as_deref(), Some("ARCH-N206"), "{path}: {ended:?}");
    }
    let job = world.drop_job(&world.job("hello", &module(HELLO)));
    assert_eq!(agent.wait_end(job).row.state, "completed");
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
