//! Every accepted job is run to an end exactly once in the ledger, whatever is killed.

use std::{
    thread::sleep,
    time::{Duration, Instant},
};

use arch_identity::Digest;
use arch_ledger::Record;
use arch_tests::{
    Agent, HELLO, Stranger, World, gated, module,
    process::{alive, children, descendants, executors},
};
use rustix::process::{Pid, Signal, kill_process};

use crate::SPIN;

#[test]
fn a_job_whose_agent_was_killed_ends_exactly_once() {
    let world = World::new();
    let mut agent = world.agent();
    let job = world.drop_job(&gated::job(&world));
    let _ = agent.wait_job(job, &["running"]);
    agent.kill();
    gated::open(&world);
    let mut agent = world.agent();
    assert_eq!(agent.wait_end(job).row.state, "completed", "{}", agent.log());
    assert!(agent.stop().success());
    assert_eq!(
        Stranger::verified(&world).kinds(job),
        ["accepted", "started", "interrupted", "started", "finished"]
    );
}

/// When the agent is killed: as soon as the round's `n`-th entry of this kind is in the journal.
const MOMENTS: [(&str, usize); 6] = [
    ("accepted", 1),
    ("accepted", 3),
    ("started", 1),
    ("started", 3),
    ("finished", 1),
    ("finished", 3),
];

#[test]
fn killed_at_any_moment_no_job_is_lost_or_doubled() {
    let world = World::new();
    let wasm = module(HELLO);
    let mut jobs = vec![];
    for (kind, number) in MOMENTS.into_iter().chain(MOMENTS) {
        let agent = world.agent();
        let before = kinds(&world).len();
        for _ in 0..3 {
            jobs.push(world.drop_job(&world.job("hello", &wasm)));
        }
        let start = Instant::now();
        while kinds(&world).iter().skip(before).filter(|k| *k == kind).count() < number {
            assert!(start.elapsed() < Duration::from_secs(90), "no {kind}: {}", agent.log());
            sleep(Duration::from_millis(1));
        }
        agent.kill();
    }
    let mut agent = world.agent();
    for job in &jobs {
        assert_eq!(agent.wait_end(*job).row.state, "completed", "{}", agent.log());
    }
    assert!(agent.stop().success());
    let ledger = Stranger::verified(&world);
    for job in jobs {
        let kinds = ledger.kinds(job);
        let count = |kind: &str| kinds.iter().filter(|k| *k == kind).count();
        assert_eq!((count("accepted"), count("finished")), (1, 1), "{kinds:?}");
        assert_eq!(count("started"), count("interrupted") + 1, "{kinds:?}");
    }
}

fn kinds(world: &World) -> Vec<String> {
    Stranger::read(world).records().map(Stranger::kind).collect()
}

#[test]
fn a_killed_worker_interrupts_its_job_which_is_run_again() {
    killed_below_the_agent(|family| family.worker, "worker");
}

#[test]
fn a_killed_executor_interrupts_its_job_which_is_run_again() {
    killed_below_the_agent(|family| family.executor, "executor");
}

/// The processes below an agent that runs one job.
struct Family {
    executor: i32,
    worker: i32,
}

fn killed_below_the_agent(whom: impl Fn(&Family) -> i32, name: &str) {
    let world = World::new();
    let mut agent = world.agent();
    // Compiled once with the gate open, so that the executor's next child is a worker.
    gated::open(&world);
    let first = world.drop_job(&gated::job(&world));
    assert_eq!(agent.wait_end(first).row.state, "completed", "{}", agent.log());
    gated::close(&world);

    let job = world.drop_job(&gated::job(&world));
    let _ = agent.wait_job(job, &["running"]);
    let family = family(&mut agent);
    let victim = whom(&family);
    kill_process(Pid::from_raw(victim).unwrap(), Signal::KILL).unwrap();
    let why = agent.wait_for("the interruption", |_| interruption(&world, job));
    assert!(why.starts_with("the executor was lost"), "{name}: {why}");

    // Others are served while it waits for its second turn, or runs.
    let other = world.drop_job(&world.job("hello", &module(HELLO)));
    assert_eq!(agent.wait_end(other).row.state, "completed", "{}", agent.log());
    gated::open(&world);
    assert_eq!(agent.wait_end(job).row.state, "completed", "{}", agent.log());
    assert!(!alive(victim));
    assert!(agent.stop().success());
    assert_eq!(
        Stranger::verified(&world).kinds(job),
        ["accepted", "started", "interrupted", "started", "finished"],
        "{name}"
    );
}

fn family(agent: &mut Agent) -> Family {
    let agent_pid = agent.pid();
    agent.wait_for("a worker", |_| {
        let executors = executors(agent_pid);
        let [executor] = executors.as_slice() else { panic!("one executor: {executors:?}") };
        let workers = children(u32::try_from(*executor).unwrap());
        workers.first().map(|worker| Family { executor: *executor, worker: *worker })
    })
}

fn interruption(world: &World, job: Digest) -> Option<String> {
    let ledger = Stranger::read(world);
    ledger.of_job(job).into_iter().find_map(|record| match record {
        Record::Interrupted { why, .. } => Some(why.clone()),
        _ => None,
    })
}

#[test]
fn nothing_is_left_running_when_the_agent_ends() {
    let world = World::new();
    let mut agent = world.agent();
    let job = world.drop_job(&world.job("spin", &module(SPIN)).timeout("60s"));
    let _ = agent.wait_job(job, &["running"]);
    let _ = family(&mut agent);
    let family = descendants(i32::try_from(agent.pid()).unwrap());
    assert!(family.len() >= 2, "an executor and a worker: {family:?}");
    agent.kill();
    for _ in 0..4_500 {
        if family.iter().all(|pid| !alive(*pid)) {
            return;
        }
        sleep(Duration::from_millis(20));
    }
    panic!("left running: {:?}", family.iter().filter(|pid| alive(**pid)).collect::<Vec<_>>());
}

#[test]
fn a_cancelled_job_ends_as_cancelled() {
    let world = World::new();
    let mut agent = world.agent();
    let job = world.drop_job(&world.job("spin", &module(SPIN)).timeout("60s"));
    let _ = agent.wait_job(job, &["running"]);
    let _ = agent.call(&arch_wire::control::Call::JobCancel { digest: job });
    assert_eq!(agent.wait_end(job).row.state, "cancelled");
    assert!(agent.stop().success());
    let ledger = Stranger::verified(&world);
    assert!(ledger.of_job(job).iter().any(|r| matches!(r, Record::Cancelled { .. })));
}
