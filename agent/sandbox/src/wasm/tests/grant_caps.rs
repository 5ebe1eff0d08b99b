//! What a guest may use up through its grants, and of the host's memory, and how its run ends then.

use std::fs;

use arch_wire::executor::Outcome;

use super::grants::{folder, inside};
use super::modules::both;
use super::script::{CREATE, OK, OUT, READ, Script, WRITE};
use super::{Access, World};

#[test]
fn caps_on_grants_end_the_run() {
    let (_keep, path) = folder();
    fs::write(path.join("big"), vec![0; 2000]).unwrap();
    let base = inside(&path);
    let mut script = Script::new();
    script.open(&format!("{base}/big"), 0, READ, 100, OK);
    let world = World::new().share(&path, Access::Read).limit(|l| l.read_bytes = 1999);
    assert_eq!(world.run(&script.wat()).outcome, Outcome::ReadCap);

    let world = || World::new().share(&path, Access::Write);
    let mut script = Script::new();
    script.open(&format!("{base}/new"), CREATE, WRITE, 100, OK).write(100, "12345", OK);
    let result = world().limit(|l| l.write_bytes = 4).run(&script.wat());
    assert_eq!(result.outcome, Outcome::WriteCap);
    let mut script = Script::new();
    script.path("path_create_directory", &format!("{base}/d"), OK);
    script.path("path_create_directory", &format!("{base}/e"), OK);
    let result = world().limit(|l| l.write_entries = 1).run(&script.wat());
    assert_eq!(result.outcome, Outcome::WriteCap);
    assert!(path.join("d").exists() && !path.join("e").exists());
    // a hole costs what it makes the file grow by
    let mut script = Script::new();
    script.open(&format!("{base}/hole"), CREATE, WRITE, 100, OK);
    script.on(100, "fd_filestat_set_size", &[1 << 40], OK);
    assert_eq!(world().run(&script.wat()).outcome, Outcome::WriteCap);
}

#[test]
fn what_the_host_holds_open_counts_towards_the_guests_memory() {
    let (_keep, path) = folder();
    fs::write(path.join("big"), vec![0; 600_000]).unwrap();
    let base = inside(&path);
    let world = || {
        let world = World::new().share(&path, Access::Read);
        world.limit(|l| (l.memory_bytes, l.read_bytes) = (1 << 20, 1 << 30))
    };
    let open = |script: &mut Script, slot| {
        script.open(&format!("{base}/big"), 0, READ, slot, OK);
    };
    // One after the other is fine; both at one time, beside two pages of memory, are too much.
    let mut script = Script::new();
    for slot in [100, 104, 108] {
        open(&mut script, slot);
        script.on(slot, "fd_close", &[], OK);
    }
    both(&world(), &mut script);
    let mut script = Script::new();
    open(&mut script, 100);
    open(&mut script, 104);
    let result = world().run(&script.wat());
    assert_eq!(result.outcome, Outcome::MemoryCap);
    // And memory does not grow into it.
    let mut script = Script::new();
    open(&mut script, 100);
    script.raw("(if (i32.eq (memory.grow (i32.const 8)) (i32.const -1)) (then unreachable))");
    assert_eq!(world().run(&script.wat()).outcome, Outcome::MemoryCap);
}

#[test]
fn listings_that_are_kept_open_end_at_the_memory_cap() {
    let (_keep, path) = folder();
    for n in 0..300 {
        fs::write(path.join(format!("a-name-of-some-length-{n}")), "").unwrap();
    }
    let base = inside(&path);
    let world = World::new().share(&path, Access::Read).limit(|l| l.memory_bytes = 1 << 20);
    let mut script = Script::new();
    for slot in (100..196).step_by(4) {
        script.open(&base, 2, READ, slot, OK).on(slot, "fd_readdir", &[40_000, 100, 0, OUT], OK);
    }
    assert_eq!(world.run(&script.wat()).outcome, Outcome::MemoryCap);
    let mut script = Script::new();
    for slot in (100..196).step_by(4) {
        script.open(&base, 2, READ, slot, OK).on(slot, "fd_readdir", &[40_000, 100, 0, OUT], OK);
        script.on(slot, "fd_close", &[], OK);
    }
    both(&world, &mut script);
}
