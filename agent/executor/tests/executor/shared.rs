//! Warm workers: one owner's, one module's, and never after anything went wrong.

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
fn inputs_of_one_run_are_gone_in_the_next() {
    let mut agent = Agent::start();
    let guest = copy("in/a", "out/copy");
    for (run, bytes) in [(1, b"first"), (2, b"later")] {
        let done = agent.run(Job::of(run, &guest).shared("user:a").input("a", bytes));
        assert_eq!(done.blobs["copy"], bytes);
    }
    let worker = agent.worker();
    let descriptors = std::fs::read_dir(format!("/proc/{worker}/fd")).unwrap().count();
    for run in 3..10 {
        agent.run(Job::of(run, &guest).shared("user:a").input("a", b"x"));
    }
    assert_eq!(std::fs::read_dir(format!("/proc/{worker}/fd")).unwrap().count(), descriptors);
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
    let quick = |run| hello(run, "user:a").limit(|l| l.wall_millis = 400);
    // Longer together than one may take: the alarm is set anew each time.
    for run in 0..8 {
        assert_eq!(agent.outcome(quick(run)), Outcome::Completed);
        std::thread::sleep(std::time::Duration::from_millis(80));
    }
    assert_eq!(agent.children().len(), 1);
}
