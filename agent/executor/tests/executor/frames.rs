//! An agent that talks nonsense.

use std::io::Write;
use std::os::unix::net::UnixStream;

use arch_wire::executor::{Busy, FromExecutor, Outcome, ToExecutor};
use arch_wire::frame::FRAME_CAP;

use crate::agent::{Agent, Job};
use crate::guests::{HELLO, SPIN};

fn frame(body: &[u8]) -> Vec<u8> {
    let mut frame = u32::try_from(body.len()).unwrap().to_le_bytes().to_vec();
    frame.extend(body);
    frame
}

#[test]
fn what_cannot_be_read_ends_the_executor_with_exit_code_1() {
    for noise in [
        vec![0xff; 64],
        frame(b"{}"),
        frame(b"nonsense"),
        frame(&vec![b'['; FRAME_CAP]),
        frame(br#"{"cancel":{"run":1,"more":2}}"#),
    ] {
        let mut agent = Agent::start();
        agent.begin(Job::of(1, SPIN).limit(|l| l.fuel = u64::MAX >> 2));
        let socket = std::os::fd::AsFd::as_fd(agent.channel()).try_clone_to_owned().unwrap();
        UnixStream::from(socket).write_all(&noise).unwrap();
        let code = agent.wait().code();
        assert_eq!(code, Some(1), "{}", agent.stderr());
        assert!(agent.stderr().contains("ARCH-S105"), "{}", agent.stderr());
        assert!(agent.children().is_empty());
    }
}

#[test]
fn a_run_without_its_files_ends_the_executor() {
    let mut agent = Agent::start();
    let job = Job::of(1, HELLO).input("a", b"x");
    let message = ToExecutor::Run(job.request);
    let bytes = arch_wire::frame::encode(&message).unwrap();
    let socket = std::os::fd::AsFd::as_fd(agent.channel()).try_clone_to_owned().unwrap();
    UnixStream::from(socket).write_all(&bytes).unwrap();
    assert_eq!(agent.wait().code(), Some(1));
}

#[test]
fn requests_that_make_no_sense_are_answered_and_the_next_is_well() {
    let mut agent = Agent::start();
    let mut unsealed = Job::of(1, HELLO);
    unsealed.fds = vec![tempfile::tempfile().unwrap().into()];
    let mut longer = Job::of(1, HELLO).input("a", b"x");
    longer.request.inputs[0].size = 2;
    let mut twice = Job::of(1, HELLO);
    twice.request.outputs = vec!["a".to_owned(), "a".to_owned()];
    let net = Job::of(1, HELLO).grant("egress:443");
    let outside = Job::of(1, HELLO).input("../a", b"x");
    for job in [unsealed, longer, twice, net, outside] {
        agent.tell(&ToExecutor::Run(job.request), job.fds);
        assert_eq!(agent.hear().0, FromExecutor::Busy { run: 1, why: Busy::Request });
    }
    assert_eq!(agent.outcome(Job::of(1, HELLO)), Outcome::Completed);
}

#[test]
fn more_runs_than_workers_and_a_number_twice_are_answered_with_busy() {
    let mut agent = Agent::start_in(tempfile::tempdir().unwrap(), &["--max-workers", "2"]);
    let spin = |run| Job::of(run, SPIN).limit(|l| l.fuel = u64::MAX >> 2);
    agent.begin(spin(1));
    let again = spin(1);
    agent.tell(&ToExecutor::Run(again.request), again.fds);
    assert_eq!(agent.hear().0, FromExecutor::Busy { run: 1, why: Busy::Doubled });
    agent.begin(spin(2));
    let third = spin(3);
    agent.tell(&ToExecutor::Run(third.request), third.fds);
    assert_eq!(agent.hear().0, FromExecutor::Busy { run: 3, why: Busy::NoWorker });
    // Both ran all the while: they end because we say so.
    for run in [1, 2] {
        agent.tell(&ToExecutor::Cancel { run }, Vec::new());
        let (ended, done) = agent.end();
        assert_eq!((ended, done.claim.outcome), (run, Outcome::Cancelled));
    }
    assert_eq!(agent.outcome(Job::of(3, HELLO)), Outcome::Completed);
}

#[test]
fn a_ping_is_answered_while_a_guest_runs() {
    let mut agent = Agent::start();
    agent.begin(Job::of(1, SPIN).limit(|l| l.fuel = u64::MAX >> 2));
    for _ in 0..3 {
        agent.tell(&ToExecutor::Ping, Vec::new());
        assert_eq!(agent.hear().0, FromExecutor::Pong);
    }
}
