//! Jobs whose owner asked for several equal results: what differs is a dead letter, with what shows it, and a
//! person has it tried again.

use std::{fs, process::Command};

use arch_archive::Archive;
use arch_identity::Digest;
use arch_ledger::{EndState, Record};
use arch_tests::{HELLO, JobText, Stranger, World, module, program};
use arch_wire::control::{Answer, Call};

use crate::liars::with_trick;

/// What `archctl job` says to a person.
fn archctl(world: &World, args: &[&str]) -> String {
    let mut command = Command::new(program("archctl"));
    command.arg("job").args(args).arg("--socket").arg(world.path("state/run/control.sock"));
    let output = command.output().unwrap();
    let words = [&output.stdout[..], &output.stderr].concat();
    let words = String::from_utf8_lossy(&words).into_owned();
    assert!(output.status.success(), "{args:?}: {words}");
    words
}

fn thrice(world: &World) -> JobText {
    world.job("hello", &module(HELLO)).spec("  verify: { redundancy: 3 }")
}

#[test]
fn three_workers_that_agree_complete_the_job() {
    let world = World::new();
    let mut agent = world.agent();
    let ended = agent.wait_end(world.drop_job(&thrice(&world)));
    assert_eq!(ended.row.state, "completed", "{}", agent.log());
    assert_eq!(ended.outputs["stdout"], Digest::of(b"hello\n"));
    assert_eq!(ended.attempts, 1);
}

#[test]
fn one_of_three_that_differs_makes_a_dead_letter_that_a_person_has_tried_again() {
    let world = World::new();
    let mut agent = with_trick(&world, "another-result 1");
    let job = world.drop_job(&thrice(&world));
    let ended = agent.wait_end(job);
    let told = (ended.row.state.as_str(), ended.row.code.as_deref());
    assert_eq!(told, ("dead", Some("ARCH-N210")), "{}", agent.log());
    let list = Call::JobList { state: Some("dead".into()) };
    let Answer::JobList { jobs, .. } = agent.call(&list) else { panic!() };
    assert_eq!(jobs.iter().map(|row| row.digest).collect::<Vec<_>>(), [job]);
    // What a person reads, and does then.
    let list = archctl(&world, &["list", "--only", "dead"]);
    let cause = ended.diverged.as_deref().unwrap();
    assert!(cause.contains("of 3 runs not all gave the same"), "{cause}");
    for words in [cause, &format!("archctl job replay {job}"), &format!("archctl job retry {job}")]
    {
        assert!(list.contains(words), "{words}: {list}");
    }

    // It stays dead when the agent is started again, and is run by nobody.
    assert!(agent.stop().success());
    let mut agent = with_trick(&world, "");
    assert_eq!(agent.wait_end(job).row.state, "dead");
    let told = archctl(&world, &["retry", &job.to_string()]);
    assert!(told.contains(&job.to_string()), "{told}");
    let ended = agent.wait_job(job, &["completed"]);
    assert!(!archctl(&world, &["list", "--only", "dead"]).contains("replay"));
    assert_eq!((ended.attempts, ended.outputs["stdout"]), (2, Digest::of(b"hello")));
    assert!(agent.stop().success());

    let ledger = Stranger::verified(&world);
    let kinds = ["accepted", "started", "diverged", "finished", "retried", "started", "finished"];
    assert_eq!(ledger.kinds(job), kinds);
    let ends: Vec<EndState> = ledger.of_job(job).into_iter().filter_map(end).collect();
    assert_eq!(ends, [EndState::Dead, EndState::Completed]);
    let evidence = ledger.of_job(job).into_iter().find_map(|record| match record {
        Record::Diverged { evidence, what, .. } => Some((*evidence, what.clone())),
        _ => None,
    });
    let (evidence, what) = evidence.unwrap();
    assert!(what.contains("output stdout"), "{what}");
    let archive = Archive::to_read(&world.path("state/archive"));
    let shown = archive.get(&evidence, 1 << 20).unwrap();
    let shown: serde_json::Value = serde_json::from_slice(&shown).unwrap();
    let digests: Vec<_> = shown["runs"].as_array().unwrap().iter().collect();
    let gave = |run: &serde_json::Value| run["outputs"]["stdout"].as_str().unwrap().to_owned();
    let (first, others) = digests.split_first().unwrap();
    assert_eq!(gave(first), Digest::of(b"hallo").to_string());
    assert!(others.iter().all(|run| gave(run) == Digest::of(b"hello").to_string()));
}

#[test]
fn whichever_run_differs_and_in_whatever_the_job_is_a_dead_letter() {
    for (trick, runs, difference) in [
        ("another-result-at-last 2", 2, "output stdout"),
        ("another-result-at-last 9", 9, "output stdout"),
        ("another-end-at-last 3", 3, "outcome was `completed`, is `exit`"),
    ] {
        let world = World::new();
        let mut agent = with_trick(&world, trick);
        let job = world.job("hello", &module(HELLO));
        let job = job.spec(&format!("  verify: {{ redundancy: {runs} }}"));
        let ended = agent.wait_end(world.drop_job(&job));
        assert_eq!(ended.row.state, "dead", "{trick}: {}", agent.log());
        let cause = ended.diverged.unwrap();
        assert!(cause.contains(&format!("of {runs} runs")), "{trick}: {cause}");
        assert!(cause.contains(difference), "{trick}: {cause}");
    }
}

#[test]
fn a_job_that_fails_has_no_result_that_others_would_have_to_repeat() {
    let world = World::new();
    let mut agent = with_trick(&world, "another-end 1");
    let ended = agent.wait_end(world.drop_job(&thrice(&world)));
    let told = (ended.row.state.as_str(), ended.row.code.as_deref());
    assert_eq!(told, ("failed", Some("ARCH-S012")), "{}", agent.log());
}

#[test]
fn an_agent_that_stops_between_two_runs_makes_no_dead_letter() {
    let world = World::new();
    fs::create_dir_all(world.path("config/node.d")).unwrap();
    fs::write(world.path("config/node.d/grace.yaml"), "shutdown: { grace: 1s }\n").unwrap();
    let mut agent = with_trick(&world, "silent-later 9");
    let job = world.drop_job(&thrice(&world));
    // The trick is played once for each run: when two are gone, the second one waits.
    agent.wait_for("the second run", |_| {
        let left = fs::read_to_string(world.path("state/cache/trick")).unwrap_or_default();
        (left == "silent-later 7").then_some(())
    });
    assert!(agent.stop().success());
    let mut agent = with_trick(&world, "");
    assert_eq!(agent.wait_end(job).row.state, "completed", "{}", agent.log());
    assert!(agent.stop().success());
    let kinds = ["accepted", "started", "interrupted", "started", "finished"];
    assert_eq!(Stranger::verified(&world).kinds(job), kinds);
}

#[test]
fn a_dead_letter_can_be_thrown_away_and_is_not_tried_again_then() {
    let world = World::new();
    let mut agent = with_trick(&world, "another-result 2");
    let job = world.drop_job(&thrice(&world));
    assert_eq!(agent.wait_end(job).row.state, "dead");
    let Answer::JobReject { state } = agent.call(&Call::JobReject { digest: job }) else {
        panic!()
    };
    assert_eq!(state, "rejected");
    let refused = agent.try_call(&Call::JobRetry { digest: job }).unwrap();
    assert!(matches!(refused, arch_wire::control::Reply::Problem(_)), "{refused:?}");
}

fn end(record: &Record) -> Option<EndState> {
    match record {
        Record::Finished { state, .. } => Some(*state),
        _ => None,
    }
}
