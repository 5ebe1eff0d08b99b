//! A name that somebody swaps between a file and a link while the guest opens it, again and again.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use arch_wire::executor::Outcome;

use super::script::{BUFFER, BUFFER_SIZE, OUT, READ, Script, TRUNCATE, WRITE};
use super::{Access, World};

/// How many runs there may be before one has met the file as well as the link; on a busy machine
/// whoever swaps may not get a turn during a whole run.
const ROUNDS: u32 = 100;

/// Swaps `folder/way` between a folder with a good `file` and a link to `outside` until told.
fn swap(folder: &Path, stop: &AtomicBool) {
    let (way, good, link) = (folder.join("way"), folder.join("good"), folder.join("link"));
    while !stop.load(Ordering::Relaxed) {
        let _ = symlink("../outside", &link);
        let _ = fs::rename(&way, &good);
        let _ = fs::rename(&link, &way);
        let _ = fs::remove_file(&way);
        let _ = fs::rename(&good, &way);
    }
}

/// Opens `way/file` 3,000 times and does `then` with it whenever that succeeds.
fn attempts(path: &Path, how: i64, rights: i64, then: &str) -> String {
    let mut script = Script::new();
    let name = path.join("way/file").to_str().unwrap().trim_start_matches('/').to_owned();
    let (at, long) = script.text(&name);
    for import in ["path_open", "fd_read", "fd_write", "fd_close"] {
        script.import(import);
    }
    script.raw(&format!(
        "(loop $l (if (i32.eqz (call $path_open (i32.const 3) (i32.const 0) (i32.const {at}) \
         (i32.const {long}) (i32.const {how}) (i64.const {rights}) (i64.const 0) (i32.const 0) \
         (i32.const 100))) (then {then} (drop (call $fd_close (i32.load (i32.const 100)))))) \
         (i32.store (i32.const 120) (i32.add (i32.load (i32.const 120)) (i32.const 1))) \
         (br_if $l (i32.lt_u (i32.load (i32.const 120)) (i32.const 3000))))"
    ));
    script.wat()
}

fn while_swapping(access: Access, wat: impl FnOnce(&Path) -> String) -> (super::RunResult, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().canonicalize().unwrap();
    let granted = path.join("granted");
    for (inside, text) in [("granted/way", "good"), ("outside", "evil")] {
        fs::create_dir_all(path.join(inside)).unwrap();
        fs::write(path.join(inside).join("file"), text).unwrap();
    }
    let stop = AtomicBool::new(false);
    let result = std::thread::scope(|scope| {
        scope.spawn(|| swap(&granted, &stop));
        let result = World::new().share(&granted, access).run(&wat(&granted));
        stop.store(true, Ordering::Relaxed);
        result
    });
    (result, fs::read_to_string(path.join("outside/file")).unwrap())
}

/// Runs the guest until both the file was opened and the link was met; `holds` is asked each time.
fn until_both_are_met(
    access: Access,
    wat: impl Fn(&Path) -> String,
    holds: impl Fn(&super::RunResult, &str),
) {
    let (mut opened, mut denied) = (false, false);
    for _ in 0..ROUNDS {
        let (result, outside) = while_swapping(access, &wat);
        assert_eq!(result.outcome, Outcome::Completed);
        holds(&result, &outside);
        opened |= !result.stdout.is_empty();
        denied |= result.denied.count > 0;
        if opened && denied {
            return;
        }
    }
    panic!("in {ROUNDS} runs: the file was opened: {opened}, the link was met: {denied}");
}

#[test]
fn a_swapped_link_is_never_read_through() {
    let then = format!(
        "(i32.store (i32.const 0) (i32.const {BUFFER})) \
         (i32.store (i32.const 4) (i32.const {BUFFER_SIZE})) \
         (drop (call $fd_read (i32.load (i32.const 100)) (i32.const 0) (i32.const 1) \
         (i32.const {OUT}))) (i32.store (i32.const 4) (i32.load (i32.const {OUT}))) \
         (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const {OUT})))"
    );
    let wat = |path: &Path| attempts(path, 0, READ, &then);
    until_both_are_met(Access::Read, wat, |result, _| {
        assert!(result.stdout.chunks(4).all(|word| word == b"good"));
    });
}

#[test]
fn a_swapped_link_is_never_written_through() {
    // Writes into each file that it gets, and says so.
    let then = format!(
        "(i32.store (i32.const 0) (i32.const {BUFFER})) (i32.store (i32.const 4) (i32.const 1)) \
         (drop (call $fd_write (i32.load (i32.const 100)) (i32.const 0) (i32.const 1) \
         (i32.const {OUT}))) \
         (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const {OUT})))"
    );
    let wat = |path: &Path| attempts(path, TRUNCATE, WRITE, &then);
    until_both_are_met(Access::Write, wat, |_, outside| assert_eq!(outside, "evil"));
}
