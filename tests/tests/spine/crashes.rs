//! Every accepted job is run to an end exactly once in the ledger, whatever is killed.

use std::{fs, thread::sleep, time::Duration};

use arch_ledger::Record;
use arch_tests::{Stranger, World, module};

use crate::{HELLO, SLOW, SPIN};

#[test]
fn a_job_whose_agent_was_killed_ends_exactly_once() {
    let world = World::new();
    let mut agent = world.agent();
    let job = world.drop_job(&world.job("slow", &module(SLOW)));
    let _ = agent.wait_job(job, &["running"]);
    agent.kill();
    let mut agent = world.agent();
    assert_eq!(agent.wait_end(job).row.state, "completed", "{}", agent.log());
    assert!(agent.stop().success());
    assert_eq!(
        Stranger::verified(&world).kinds(job),
        ["accepted", "started", "interrupted", "started", "finished"]
    );
}

#[test]
fn killed_at_any_moment_no_job_is_lost_or_doubled() {
    let world = World::new();
    let wasm = module(HELLO);
    let mut jobs = vec![];
    for round in 0..12_u64 {
        let agent = world.agent();
        for _ in 0..3 {
            jobs.push(world.drop_job(&world.job("hello", &wasm)));
        }
        sleep(Duration::from_millis(round * 17));
        agent.kill();
        let _ = Stranger::read(&world);
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
    }
}

#[test]
fn a_killed_worker_or_executor_is_told_and_the_agent_goes_on() {
    let world = World::new();
    let mut agent = world.agent();
    let job = world.drop_job(&world.job("spin", &module(SPIN)).timeout("60s"));
    let _ = agent.wait_job(job, &["running"]);
    let executors = children(agent.pid());
    assert_eq!(executors.len(), 1, "{executors:?}");
    rustix::process::kill_process(
        rustix::process::Pid::from_raw(executors[0]).unwrap(),
        rustix::process::Signal::KILL,
    )
    .unwrap();
    let other = world.drop_job(&world.job("hello", &module(HELLO)));
    assert_eq!(agent.wait_end(other).row.state, "completed", "{}", agent.log());
}

#[test]
fn nothing_is_left_running_when_the_agent_ends() {
    let world = World::new();
    let mut agent = world.agent();
    let job = world.drop_job(&world.job("spin", &module(SPIN)).timeout("60s"));
    let _ = agent.wait_job(job, &["running"]);
    let family = descendants(i32::try_from(agent.pid()).unwrap());
    assert!(family.len() >= 2, "an executor and a worker: {family:?}");
    agent.kill();
    for _ in 0..500 {
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

fn children(pid: u32) -> Vec<i32> {
    let mut found = vec![];
    for task in fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten() {
        let text = fs::read_to_string(task.path().join("children")).unwrap_or_default();
        found.extend(text.split_whitespace().filter_map(|pid| pid.parse::<i32>().ok()));
    }
    found
}

fn descendants(pid: i32) -> Vec<i32> {
    let below = children(u32::try_from(pid).unwrap());
    below.iter().flat_map(|child| std::iter::once(*child).chain(descendants(*child))).collect()
}

/// Whether a process still does something; a zombie that nobody waits for does not.
fn alive(pid: i32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|stat| !stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with('Z')))
}
