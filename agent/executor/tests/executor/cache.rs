//! Compiled code that this node did not write is never run.

use std::fs;

use arch_wire::executor::Outcome;

use crate::agent::{Agent, Job};
use crate::guests::HELLO;

#[test]
fn a_forged_entry_is_compiled_again_and_replaced() {
    let mut agent = Agent::start();
    agent.run(Job::of(1, HELLO));
    let file = agent.cache_files().remove(0);
    let honest = fs::read(&file).unwrap();
    let (last, middle) = (honest.len() - 1, honest.len() / 2);
    for (run, at) in [(2, 0), (3, 20), (4, middle), (5, last)] {
        let mut forged = honest.clone();
        forged[at] ^= 0x40;
        fs::write(&file, &forged).unwrap();
        let done = agent.run(Job::of(run, HELLO));
        assert_eq!(
            (done.claim.outcome.clone(), done.stdout()),
            (Outcome::Completed, "hello\n".to_owned())
        );
        assert_eq!(fs::read(&file).unwrap(), honest);
    }
    assert_eq!(agent.stderr().matches("was not written by this node").count(), 4);
}

#[test]
fn entries_outlive_the_executor_and_not_its_key() {
    let mut agent = Agent::start();
    agent.run(Job::of(1, HELLO));
    let (status, home) = agent.hang_up();
    assert_eq!(status.code(), Some(0));
    let mut again = Agent::start_in(home, &[]);
    again.run(Job::of(1, HELLO));
    assert_eq!(again.stderr(), "");
    let (_, home) = again.hang_up();
    fs::remove_file(home.path().join("cache/key")).unwrap();
    let mut anew = Agent::start_in(home, &[]);
    assert_eq!(anew.outcome(Job::of(1, HELLO)), Outcome::Completed);
    assert!(anew.stderr().contains("was not written by this node"));
}
