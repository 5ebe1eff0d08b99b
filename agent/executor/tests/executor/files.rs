//! Inputs, outputs and grants, through all the walls of a real worker.

use std::fs;

use arch_identity::Digest;
use arch_wire::executor::Outcome;

use crate::agent::{Agent, Job};
use crate::guests::copy;

#[test]
fn an_input_is_read_and_an_output_comes_back() {
    let mut agent = Agent::start();
    let done = agent.run(Job::of(1, &copy("in/a", "out/copy")).input("a", b"some bytes"));
    assert_eq!(done.claim.outcome, Outcome::Completed);
    assert_eq!(done.blobs["copy"], b"some bytes");
    assert_eq!(done.stdout(), "some bytes");
    assert_eq!(done.claim.reads, None);
}

#[test]
fn a_read_grant_shows_its_folder_and_what_was_read_is_listed() {
    let mut agent = Agent::start();
    let path = agent.home.path().canonicalize().unwrap().join("granted");
    fs::create_dir(&path).unwrap();
    fs::write(path.join("a"), "granted bytes").unwrap();
    let path = path.to_str().unwrap().to_owned();
    let guest = copy(&format!("{path}/a"), "out/copy");
    let done = agent.run(Job::of(1, &guest).grant(&format!("read:{path}")));
    assert_eq!(done.claim.outcome, Outcome::Completed, "{}", agent.stderr());
    assert_eq!(done.blobs["copy"], b"granted bytes");
    let line = format!("{} 13 {path}/a\n", Digest::of(b"granted bytes"));
    assert_eq!(String::from_utf8_lossy(&done.blobs["reads"]), line);
    // The same guest without the grant.
    let refused = agent.outcome(Job::of(2, &guest));
    assert!(matches!(refused, Outcome::Trap { .. } | Outcome::Denied { .. }), "{refused:?}");
}

#[test]
fn a_write_grant_takes_a_file_and_a_read_grant_does_not() {
    let mut agent = Agent::start();
    let path = agent.home.path().canonicalize().unwrap().join("granted");
    fs::create_dir(&path).unwrap();
    let path = path.to_str().unwrap().to_owned();
    let guest = copy("in/a", &format!("{path}/b"));
    let job = |run| Job::of(run, &guest).input("a", b"written");
    let refused = agent.outcome(job(1).grant(&format!("read:{path}")));
    assert!(matches!(refused, Outcome::Trap { .. } | Outcome::Denied { .. }), "{refused:?}");
    assert!(!fs::exists(format!("{path}/b")).unwrap());
    let done = agent.run(job(2).grant(&format!("write:{path}")));
    assert_eq!(done.claim.outcome, Outcome::Completed, "{}", agent.stderr());
    assert_eq!(fs::read(format!("{path}/b")).unwrap(), b"written");
}

#[test]
fn a_write_beyond_the_largest_file_is_an_error_for_the_guest_and_not_its_end() {
    let mut agent = Agent::start();
    let path = agent.home.path().canonicalize().unwrap().join("granted");
    fs::create_dir(&path).unwrap();
    // A hole of 2 GiB that others made; a worker can write files of 1 GiB.
    fs::File::create(path.join("big")).unwrap().set_len(2 << 30).unwrap();
    let name = path.join("big").to_str().unwrap().trim_start_matches('/').to_owned();
    let guest = format!(
        r#"(module
  (import "wasi_snapshot_preview1" "path_open"
    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_pwrite"
    (func $write (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 1024) "{name}")
  (func (export "_start")
    (if (call $open (i32.const 3) (i32.const 0) (i32.const 1024) (i32.const {long})
          (i32.const 0) (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 0))
      (then unreachable))
    (i32.store (i32.const 20) (i32.const 8))
    (call $exit (call $write (i32.load (i32.const 0)) (i32.const 16) (i32.const 1)
      (i64.const 0x7ffffff0) (i32.const 24)))))"#,
        long = name.len()
    );
    let outcome = agent.outcome(Job::of(1, &guest).grant(&format!("write:{}", path.display())));
    assert_eq!(outcome, Outcome::Exit { code: 51 }, "no space left, in the guest's words");
}

#[test]
fn a_grant_that_leads_to_the_cache_and_its_key_is_denied() {
    let mut agent = Agent::start();
    let home = agent.home.path().canonicalize().unwrap();
    let guest = copy("in/a", "out/copy");
    let places = [home.join("cache/key"), home.join("cache"), home, "/".into()];
    for (run, place) in (1..).zip(&places) {
        for kind in ["read", "write"] {
            let job = Job::of(run, &guest).input("a", b"x");
            let outcome = agent.outcome(job.grant(&format!("{kind}:{}", place.display())));
            let Outcome::Denied { what } = &outcome else { panic!("{outcome:?}") };
            assert!(what.contains("key"), "{what}");
        }
    }
}

#[test]
fn a_grant_on_what_is_not_there_is_told_before_the_guest_runs() {
    let mut agent = Agent::start();
    let outcome = agent.outcome(Job::of(1, &copy("in/a", "out/b")).grant("read:/nowhere/at/all"));
    assert!(matches!(outcome, Outcome::Denied { .. }), "{outcome:?}");
}
