//! Warm workers: one owner's, one module's, and never after anything went wrong.

use std::fs;

use arch_wire::executor::Outcome;

use crate::agent::{Agent, Job, lives, until};
use crate::guests::{HELLO, SPIN, copy};

fn hello(run: u64, owner: &str) -> Job {
    Job::of(run, HELLO).shared(owner)
}

#[test]
fn an_owners_next_run_of_the_module_is_served_by_the_same_process() {
    let mut agent = Agent::start();
    let first = agent.run(hello(1, "user:a"));
    let worker = agent.worker();
    for run in 2..20 {
        let next = agent.run(hello(run, "user:a"));
        assert_eq!(next.claim.outcome, Outcome::Completed);
        assert_eq!((next.stdout(), next.claim.fuel), (first.stdout(), first.claim.fuel));
        assert_eq!(agent.children(), [worker]);
    }
}

#[test]
fn another_owner_and_another_module_get_processes_of_their_own() {
    let mut agent = Agent::start();
    agent.run(hello(1, "user:a"));
    agent.run(hello(2, "user:b"));
    agent.run(Job::of(3, &copy("in/a", "out/copy")).shared("user:a").input("a", b"x"));
    assert_eq!(agent.children().len(), 3);
    agent.run(Job::of(4, HELLO));
    assert_eq!(agent.children().len(), 3);
    let (status, _home) = agent.hang_up();
    assert_eq!(status.code(), Some(0));
}

#[test]
fn a_warm_worker_with_a_grant_serves_again() {
    let mut agent = Agent::start();
    let path = agent.home.path().canonicalize().unwrap().join("granted");
    fs::create_dir(&path).unwrap();
    let guest = copy(path.join("a").to_str().unwrap(), "out/copy");
    let job =
        |run| Job::of(run, &guest).shared("user:a").grant(&format!("read:{}", path.display()));
    fs::write(path.join("a"), "first").unwrap();
    assert_eq!(agent.run(job(1)).blobs["copy"], b"first");
    let worker = agent.worker();
    for run in 2..6 {
        fs::write(path.join("a"), format!("later {run}")).unwrap();
        let done = agent.run(job(run));
        assert_eq!(done.claim.outcome, Outcome::Completed);
        assert_eq!(done.blobs["copy"], format!("later {run}").into_bytes());
        assert_eq!(agent.children(), [worker]);
    }
}

#[test]
fn a_grant_that_is_another_folder_by_now_is_looked_at_by_a_fresh_worker() {
    let mut agent = Agent::start();
    let path = agent.home.path().canonicalize().unwrap().join("granted");
    let fill = |text: &str| {
        fs::create_dir(&path).unwrap();
        fs::write(path.join("a"), text).unwrap();
    };
    let guest = copy(path.join("a").to_str().unwrap(), "out/copy");
    let job =
        |run| Job::of(run, &guest).shared("user:a").grant(&format!("read:{}", path.display()));
    fill("first");
    assert_eq!(agent.run(job(1)).blobs["copy"], b"first");
    fs::rename(&path, path.with_extension("old")).unwrap();
    fill("later");
    // Lost, which the agent tries again, and not denied, which would be the job's end.
    let outcome = agent.outcome(job(2));
    assert!(matches!(outcome, Outcome::WorkerLost { .. }), "{outcome:?}");
    assert_eq!(agent.run(job(3)).blobs["copy"], b"later");
}

#[test]
fn a_job_with_other_limits_gets_a_process_that_is_held_to_them() {
    let mut agent = Agent::start();
    agent.run(hello(1, "user:a").limit(|l| l.memory_bytes = 1 << 20));
    let small = agent.worker();
    agent.run(hello(2, "user:a").limit(|l| l.memory_bytes = 1 << 30));
    let both = agent.children();
    assert_eq!(both.len(), 2);
    let data = |pid: u32| {
        let limits = fs::read_to_string(format!("/proc/{pid}/limits")).unwrap();
        let line = limits.lines().find(|line| line.starts_with("Max data size")).unwrap();
        line.split_whitespace().nth(3).unwrap().parse::<u64>().unwrap()
    };
    let large = *both.iter().find(|pid| **pid != small).unwrap();
    assert!(data(small) + (1 << 29) < data(large));
    // Limits that the engine keeps for each run do not need another process.
    agent.run(hello(3, "user:a").limit(|l| (l.memory_bytes, l.fuel) = (1 << 20, 1_000_000)));
    assert_eq!(agent.children().len(), 2);
}

#[test]
fn what_a_run_wrote_into_its_memory_is_gone_in_the_next() {
    // Prints a byte of its data, and bytes near the start, on the second page and at the end of a
    // memory that it grows; then writes over all of them.
    let guest = r#"(module
      (import "wasi_snapshot_preview1" "fd_write"
        (func $write (param i32 i32 i32 i32) (result i32)))
      (memory (export "memory") 2)
      (data (i32.const 0) "\10\00\00\00\04\00\00\00")
      (data (i32.const 32) "x")
      (func $swap (param $to i32) (param $at i32)
        (i32.store8 (local.get $to)
          (i32.or (i32.load8_u (local.get $at)) (i32.const 0x40)))
        (i32.store8 (local.get $at) (i32.const 0x3f)))
      (func (export "_start")
        (drop (memory.grow (i32.const 30)))
        (call $swap (i32.const 16) (i32.const 32))
        (call $swap (i32.const 17) (i32.const 60000))
        (call $swap (i32.const 18) (i32.const 70000))
        (call $swap (i32.const 19) (i32.const 2097151))
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))"#;
    let mut agent = Agent::start();
    for run in 1..5 {
        assert_eq!(agent.run(Job::of(run, guest).shared("user:a")).stdout(), "x@@@", "{run}");
    }
    assert_eq!(agent.children().len(), 1);
}

#[test]
fn inputs_of_one_run_are_gone_in_the_next() {
    let mut agent = Agent::start();
    let guest = copy("in/a", "out/copy");
    for (run, bytes) in [(1, b"first"), (2, b"later")] {
        let done = agent.run(Job::of(run, &guest).shared("user:a").input("a", bytes));
        assert_eq!(done.blobs["copy"], bytes);
    }
    let worker = agent.worker();
    let open = || std::fs::read_dir(format!("/proc/{worker}/fd")).unwrap().count();
    let descriptors = open();
    for run in 3..10 {
        agent.run(Job::of(run, &guest).shared("user:a").input("a", b"x"));
    }
    // We hear of an end before the worker has put everything of that run away.
    until(|| open() <= descriptors);
    // Without the input the guest traps, and the worker is not used again.
    let missing = agent.outcome(Job::of(10, &guest).shared("user:a"));
    assert!(matches!(missing, Outcome::Trap { .. }), "{missing:?}");
    until(|| !lives(worker));
}

#[test]
fn a_worker_whose_guest_did_not_complete_is_not_used_again() {
    let mut agent = Agent::start();
    let spin = |run| Job::of(run, SPIN).shared("user:a").limit(|l| l.fuel = 10_000);
    assert_eq!(agent.outcome(spin(1)), Outcome::OutOfFuel);
    assert!(agent.children().is_empty());
}

#[test]
fn a_deadline_holds_for_each_run_of_a_warm_worker() {
    let mut agent = Agent::start();
    let quick = |run| hello(run, "user:a").limit(|l| l.wall_millis = 3_000);
    // Longer together than one may take: the alarm is set anew each time.
    for run in 0..8 {
        assert_eq!(agent.outcome(quick(run)), Outcome::Completed);
        std::thread::sleep(std::time::Duration::from_millis(450));
    }
    assert_eq!(agent.children().len(), 1);
}
