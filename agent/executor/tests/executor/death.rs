//! Everything that can die, dies, and nothing is left.

use std::process::Command;

use arch_wire::executor::{Outcome, ToExecutor};

use crate::agent::{Agent, Job, children, lives, until};
use crate::guests::{HELLO, SPIN};

fn spin(run: u64) -> Job {
    Job::of(run, SPIN).limit(|l| l.fuel = u64::MAX >> 2)
}

fn kill(pid: u32) {
    let killed = Command::new("kill").args(["-9", &pid.to_string()]).status().unwrap();
    assert!(killed.success());
}

#[test]
fn a_killed_worker_is_told_by_its_signal_and_the_next_run_is_well() {
    let mut agent = Agent::start();
    kill(agent.spin(spin(1)));
    let (_, done) = agent.end();
    let Outcome::WorkerLost { why } = done.claim.outcome else { panic!("{:?}", done.claim) };
    assert!(why.contains("SIGKILL"), "{why}");
    assert_eq!(agent.outcome(Job::of(2, HELLO)), Outcome::Completed);
}

#[test]
fn a_cancelled_run_ends_at_once_and_its_worker_with_it() {
    let mut agent = Agent::start();
    let worker = agent.spin(spin(1));
    agent.tell(&ToExecutor::Cancel { run: 77 }, Vec::new());
    agent.tell(&ToExecutor::Cancel { run: 1 }, Vec::new());
    assert_eq!(agent.end().1.claim.outcome, Outcome::Cancelled);
    assert!(!lives(worker));
}

#[test]
fn a_killed_executor_takes_its_workers_along() {
    let mut agent = Agent::start();
    let worker = agent.spin(spin(1));
    agent.child.kill().unwrap();
    agent.child.wait().unwrap();
    until(|| !lives(worker));
}

#[test]
fn when_the_agent_hangs_up_the_workers_end_and_the_executor_exits_in_order() {
    let mut agent = Agent::start();
    let (worker, executor) = (agent.spin(spin(1)), agent.child.id());
    let (status, _home) = agent.hang_up();
    assert_eq!(status.code(), Some(0));
    assert!(!lives(worker));
    assert!(children(executor).is_empty());
}

#[test]
fn a_shutdown_lets_runs_end_and_takes_no_more() {
    let mut agent = Agent::start();
    agent.run(Job::of(1, HELLO));
    // Time enough for a slow machine to say all that follows while the guest still runs.
    agent.begin(spin(2).limit(|l| l.wall_millis = 3_000));
    agent.tell(&ToExecutor::Shutdown, Vec::new());
    let job = Job::of(3, HELLO);
    agent.tell(&ToExecutor::Run(job.request), job.fds);
    let (refused, _) = agent.hear();
    let ending = arch_wire::executor::Busy::Ending;
    assert_eq!(refused, arch_wire::executor::FromExecutor::Busy { run: 3, why: ending });
    assert_eq!(agent.end().1.claim.outcome, Outcome::Deadline);
    assert!(agent.listen().is_none());
    assert_eq!(agent.wait().code(), Some(0));
}

#[test]
fn five_hundred_runs_leave_no_process_no_descriptor_and_no_file() {
    let mut agent = Agent::start();
    agent.run(Job::of(0, HELLO));
    agent.ping();
    let before = (agent.descriptors(), agent.cache_files());
    for run in 1..=500 {
        let done = agent.run(Job::of(run, HELLO));
        assert_eq!(
            (done.claim.outcome.clone(), done.stdout()),
            (Outcome::Completed, "hello\n".to_owned())
        );
    }
    agent.ping();
    assert!(agent.children().is_empty());
    assert_eq!((agent.descriptors(), agent.cache_files()), before);
    let mut names: Vec<_> = std::fs::read_dir(agent.home.path().join("cache"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["key", "modules"]);
}
