//! Runs that end well, and runs that end at a limit.

use std::time::{Duration, Instant};

use arch_identity::Digest;
use arch_wire::executor::{LimitKind, Outcome};

use crate::agent::{Agent, Job};
use crate::guests::{EXIT, GROW, HELLO, NOTHING, RECURSE, SPIN, SPIN_CALLING, bomb};

#[test]
fn a_guest_runs_and_its_output_comes_back_sealed() {
    let mut agent = Agent::start();
    let first = agent.run(Job::of(1, HELLO));
    assert_eq!(first.claim.outcome, Outcome::Completed, "{}", agent.stderr());
    assert_eq!(first.stdout(), "hello\n");
    assert_eq!(first.blobs["stderr"], b"");
    assert!(first.claim.fuel > 0 && first.claim.peak_memory_bytes > 0);
    // From the cache this time: the same result, the same fuel.
    let second = agent.run(Job::of(2, HELLO));
    assert_eq!((second.stdout(), second.claim.fuel), (first.stdout(), first.claim.fuel));
    assert_eq!(agent.cache_files().len(), 1);
}

#[test]
fn a_guest_that_never_ends_meets_its_deadline_and_its_fuel_is_known() {
    let mut agent = Agent::start();
    let limits = (u64::MAX >> 2, 2_000);
    let spin = |run| Job::of(run, SPIN_CALLING).limit(|l| (l.fuel, l.wall_millis) = limits);
    // The fuel is known where the worker's own alarm ended it. Its parent's, a second later, comes first
    // where the worker had no turn for as long: then it is tried again.
    let mut claims = (1..=5).map(|run| {
        let start = Instant::now();
        let claim = agent.run(spin(run)).claim;
        assert_eq!(claim.outcome, Outcome::Deadline);
        assert!(start.elapsed() >= Duration::from_millis(1_990), "{:?}", start.elapsed());
        claim
    });
    let known = claims.find(|claim| claim.fuel > 1_000).expect("a worker that heeds its alarm");
    assert_eq!(known.limits_hit, [LimitKind::Wall]);
}

#[test]
fn fuel_runs_out_at_the_same_instruction_each_time() {
    let mut agent = Agent::start();
    for run in 0..3 {
        let done = agent.run(Job::of(run, SPIN).limit(|l| l.fuel = 1_000_000));
        assert_eq!(done.claim.outcome, Outcome::OutOfFuel);
        assert_eq!(done.claim.fuel, 1_000_000);
        assert_eq!(done.claim.limits_hit, [LimitKind::Fuel]);
    }
}

#[test]
fn recursion_memory_and_exit_codes_are_told_by_name() {
    let mut agent = Agent::start();
    assert_eq!(agent.outcome(Job::of(1, RECURSE)), Outcome::StackOverflow);
    let grow = agent.run(Job::of(2, GROW));
    assert_eq!(grow.claim.outcome, Outcome::MemoryCap);
    assert_eq!(grow.claim.limits_hit, [LimitKind::Memory]);
    assert_eq!(agent.outcome(Job::of(3, EXIT)), Outcome::Exit { code: 3 });
    assert_eq!(agent.outcome(Job::of(4, HELLO)), Outcome::Completed);
}

#[test]
fn a_module_that_begins_with_more_memory_than_it_may_have_is_told_so() {
    let mut agent = Agent::start();
    for (run, pages) in [(1, 2_000), (2, 65_536)] {
        let guest = format!(r#"(module (memory {pages}) (func (export "_start")))"#);
        let done = agent.run(Job::of(run, &guest));
        assert_eq!(done.claim.outcome, Outcome::MemoryCap, "{pages}");
        assert_eq!(done.claim.limits_hit, [LimitKind::Memory]);
    }
}

#[test]
fn a_module_that_is_slow_to_compile_is_stopped_and_others_are_not() {
    let mut agent = Agent::start();
    let bomb = bomb(40, 4_000);
    let job = Job::of_bytes(1, &bomb).limit(|l| l.compile_millis = 150);
    assert_eq!(agent.outcome(job), Outcome::CompileCap);
    assert_eq!(agent.outcome(Job::of(2, HELLO)), Outcome::Completed);
    assert!(agent.children().is_empty());
}

#[test]
fn bytes_that_are_not_the_named_module_are_refused_with_and_without_a_cached_form() {
    let mut agent = Agent::start();
    let wrong = |run| {
        let mut job = Job::of(run, NOTHING);
        job.request.module = Job::of(run, HELLO).request.module;
        job
    };
    for run in [1, 3] {
        let outcome = agent.outcome(wrong(run));
        let Outcome::ModuleRefused { why } = outcome else { panic!("{outcome:?}") };
        assert!(why.contains("digest"), "{why}");
        // Now the right one is in the cache.
        assert_eq!(agent.outcome(Job::of(run + 1, HELLO)), Outcome::Completed);
    }
}

#[test]
fn noise_text_and_too_large_modules_are_refused() {
    let mut agent = Agent::start();
    for (run, bytes) in [&b"(module)"[..], b"", b"\0asm\x01\0\0\0\xff"].into_iter().enumerate() {
        let run = u64::try_from(run).unwrap();
        let outcome = agent.outcome(Job::of_bytes(run, bytes));
        assert!(matches!(outcome, Outcome::ModuleRefused { .. }), "{outcome:?}");
    }
    let outcome = agent.outcome(Job::of(9, HELLO).limit(|l| l.module_bytes = 20));
    assert!(matches!(outcome, Outcome::ModuleRefused { .. }), "{outcome:?}");
    assert!(agent.cache_files().is_empty());
}

#[test]
fn an_input_with_other_bytes_than_named_is_seen_before_the_guest_runs() {
    let mut agent = Agent::start();
    let mut job = Job::of(1, HELLO).input("a", b"bytes");
    job.request.inputs[0].digest = Digest::of(b"other");
    assert_eq!(agent.outcome(job), Outcome::InputChanged { path: "/in/a".to_owned() });
}
