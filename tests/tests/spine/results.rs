//! What a job that is allowed to run leaves behind.

use arch_identity::Digest;
use arch_ledger::{EndState, Record};
use arch_tests::{HELLO, Stranger, World, module};
use arch_wire::control::{Answer, Call};

#[test]
fn a_signed_job_runs_is_anchored_and_leaves_its_output() {
    let world = World::new();
    let mut agent = world.agent();
    let job = world.drop_job(&world.job("hello", &module(HELLO)));
    let ended = agent.wait_end(job);
    assert_eq!(ended.row.state, "completed", "{}", agent.log());
    assert_eq!(ended.outputs.get("stdout"), Some(&Digest::of(b"hello\n")));

    let Answer::JobLogs { stdout, .. } = agent.call(&Call::JobLogs { digest: job }) else {
        panic!()
    };
    assert_eq!(stdout.bytes.0, b"hello\n");

    assert!(agent.stop().success());
    assert_eq!(Stranger::verified(&world).kinds(job), ["accepted", "started", "finished"]);
}

#[test]
fn the_same_program_on_the_same_input_uses_the_same_fuel() {
    let world = World::new();
    let mut agent = world.agent();
    let wasm = module(HELLO);
    let ends = [0, 1].map(|_| {
        let job = world.drop_job(&world.job("hello", &wasm));
        agent.wait_end(job).used.unwrap().fuel
    });
    assert_eq!(ends[0], ends[1]);
    assert!(ends[0] > 0);
}

#[test]
fn a_result_that_is_not_the_expected_one_waits_for_a_person() {
    let world = World::new();
    let mut agent = world.agent();
    let wrong = Digest::of(b"another output");
    let line = format!("  outputs: {{ stdout: \"archive:stdout@{wrong}\" }}");
    let jobs = [0, 1].map(|_| {
        let job = world.drop_job(&world.job("hello", &module(HELLO)).spec(&line));
        assert_eq!(agent.wait_end(job).row.state, "quarantined");
        job
    });
    let _ = agent.call(&Call::JobRelease { digest: jobs[0] });
    let _ = agent.call(&Call::JobReject { digest: jobs[1] });
    let _ = agent.wait_job(jobs[0], &["released"]);
    let _ = agent.wait_job(jobs[1], &["rejected"]);
    assert!(agent.stop().success());

    let ledger = Stranger::verified(&world);
    for (job, last) in [(jobs[0], "released"), (jobs[1], "rejected")] {
        let records = ledger.of_job(job);
        assert_eq!(Stranger::kind(records.last().unwrap()), last);
        assert!(
            records.iter().any(|record| matches!(
                record,
                Record::Finished { state: EndState::Quarantined, .. }
            ))
        );
    }
}

#[test]
fn an_expected_result_is_completed() {
    let world = World::new();
    let mut agent = world.agent();
    let right = Digest::of(b"hello\n");
    let line = format!("  outputs: {{ stdout: \"archive:stdout@{right}\" }}");
    let job = world.drop_job(&world.job("hello", &module(HELLO)).spec(&line));
    assert_eq!(agent.wait_end(job).row.state, "completed");
}

#[test]
fn a_replay_from_the_archive_gives_the_same_digest_without_the_first_module_file() {
    let world = World::new();
    let mut agent = world.agent();
    let wasm = module(HELLO);
    let job = world.drop_job(&world.job("hello", &wasm));
    let first = agent.wait_end(job);
    std::fs::remove_file(world.path(format!("config/modules/{}.wasm", Digest::of(&wasm).hex())))
        .unwrap();
    let Answer::JobReplay(again) = agent.call(&Call::JobReplay { digest: job }) else { panic!() };
    assert!(again.same, "{:?}", again.differences);
    assert_eq!(again.outputs, first.outputs);
    assert!(agent.stop().success());
    let replayed = Stranger::verified(&world).of_job(job).len();
    assert_eq!(replayed, 3, "a replay is no event of the job");
}
