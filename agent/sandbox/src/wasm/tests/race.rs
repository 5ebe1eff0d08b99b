//! A name that somebody swaps between a file and a link while the guest opens it, again and again.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use arch_wire::executor::Outcome;

use super::script::{BUFFER, BUFFER_SIZE, OUT, READ, Script, TRUNCATE, WRITE};
use super::{Access, World};

/// Swaps `folder/way` between a folder with a good `file` and a link to `outside` until told;
/// counts how often the link stood there.
fn swap(folder: &Path, stop: &AtomicBool, swaps: &AtomicU64) {
    let (way, good, link) = (folder.join("way"), folder.join("good"), folder.join("link"));
    while !stop.load(Ordering::Relaxed) {
        let _ = symlink("../outside", &link);
        let _ = fs::rename(&way, &good);
        if fs::rename(&link, &way).is_ok() {
            swaps.fetch_add(1, Ordering::Relaxed);
        }
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
    let (stop, swaps) = (AtomicBool::new(false), AtomicU64::new(0));
    let result = std::thread::scope(|scope| {
        scope.spawn(|| swap(&granted, &stop, &swaps));
        while swaps.load(Ordering::Relaxed) == 0 {
            std::thread::yield_now();
        }
        let before = swaps.load(Ordering::Relaxed);
        let result = World::new().share(&granted, access).run(&wat(&granted));
        let meanwhile = swaps.load(Ordering::Relaxed).saturating_sub(before);
        stop.store(true, Ordering::Relaxed);
        assert!(meanwhile > 10, "{meanwhile} swaps while the guest ran");
        result
    });
    (result, fs::read_to_string(path.join("outside/file")).unwrap())
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
    let (result, _) = while_swapping(Access::Read, |path| attempts(path, 0, READ, &then));
    assert_eq!(result.outcome, Outcome::Completed);
    assert!(result.stdout.len() >= 4, "the file was never opened");
    assert!(result.stdout.chunks(4).all(|word| word == b"good"));
    assert!(result.denied.count > 0, "the link was never met");
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
    let (result, outside) =
        while_swapping(Access::Write, |path| attempts(path, TRUNCATE, WRITE, &then));
    assert_eq!(result.outcome, Outcome::Completed);
    assert!(!result.stdout.is_empty(), "the file was never opened");
    assert!(result.denied.count > 0, "the link was never met");
    assert_eq!(outside, "evil");
}
