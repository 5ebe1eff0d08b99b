//! What must not run is refused once, with a code and a place, and that is anchored.

use arch_ledger::Record;
use arch_tests::{Agent, HELLO, Stranger, World, module};

/// The refusals in the ledger: code, line and column.
fn refusals(
    world: &World,
    agent: &mut Agent,
    expected: usize,
) -> Vec<(String, Option<u32>, Option<u32>)> {
    agent.wait_for("the refusals", |_| {
        let ledger = Stranger::read(world);
        let found: Vec<_> = ledger
            .records()
            .filter_map(|record| match record {
                Record::Refused { code, line, column, .. } => Some((code.clone(), *line, *column)),
                _ => None,
            })
            .collect();
        (found.len() >= expected).then_some(found)
    })
}

#[test]
fn an_unknown_signer_is_refused_at_its_signature() {
    let world = World::new();
    let mut agent = world.agent();
    let text = world.job("hello", &module(HELLO)).yaml();
    world.drop_file("unknown.yaml", world.stranger.sign("unknown.yaml", &text));
    let refused = refusals(&world, &mut agent, 1);
    assert_eq!(refused[0].0, "ARCH-D002", "{refused:?}");
    let line = usize::try_from(refused[0].1.unwrap()).unwrap();
    assert!(line > text.lines().count(), "the signature stands below the job: {refused:?}");
}

#[test]
fn a_job_changed_after_signing_is_refused() {
    let world = World::new();
    let mut agent = world.agent();
    let signed = world.owner.sign("job.yaml", &world.job("hello", &module(HELLO)).yaml());
    world.drop_file("changed.yaml", signed.replace("64Mi", "65Mi"));
    let refused = refusals(&world, &mut agent, 1);
    assert_eq!(refused[0].0, "ARCH-D003", "{refused:?}");
}

#[test]
fn more_than_the_policy_allows_is_refused_at_the_request() {
    let world = World::new();
    let mut agent = world.agent();
    let job = world
        .job("greedy", &module(HELLO))
        .spec("  capabilities:\n    net: [\"egress:443\", \"egress:25\"]\n    fs: [\"read:/etc\"]");
    let line = job.yaml().lines().position(|line| line.contains("egress:25")).unwrap() + 1;
    let digest = world.drop_job(&job);
    assert_eq!(agent.wait_end(digest).row.state, "refused");
    let refused = refusals(&world, &mut agent, 1);
    assert_eq!(refused[0].0, "ARCH-P003");
    assert_eq!(refused[0].1, Some(u32::try_from(line).unwrap()));
    assert_eq!(refused[0].2, Some(25), "column of the second element");
}

#[test]
fn the_same_refusal_is_anchored_once_whatever_its_name_and_across_restarts() {
    let world = World::new();
    let mut agent = world.agent();
    for name in ["a.yaml", "b.yaml", "c.yaml"] {
        world.drop_file(name, "apiVersion: arch.network/v1\nkind: [Job\n");
    }
    let _ = refusals(&world, &mut agent, 1);
    let job = world.drop_job(&world.job("hello", &module(HELLO)));
    assert_eq!(agent.wait_end(job).row.state, "completed", "later files are still served");
    assert!(agent.stop().success());
    let mut agent = world.agent();
    let job = world.drop_job(&world.job("hello", &module(HELLO)));
    let _ = agent.wait_end(job);
    assert_eq!(refusals(&world, &mut agent, 1).len(), 1);
}

#[test]
fn a_job_that_ran_is_not_run_again() {
    let world = World::new();
    let mut agent = world.agent();
    let signed = world.owner.sign("job.yaml", &world.job("hello", &module(HELLO)).yaml());
    world.drop_file("once.yaml", &signed);
    let digest =
        arch_document::SignedDocument::parse("job.yaml", signed.as_bytes()).unwrap().digest();
    assert_eq!(agent.wait_end(digest).row.state, "completed");
    // Another name and another spelling of the same document.
    world.drop_file("twice.yaml", format!("# a comment changes nothing\n{signed}"));
    let other = world.drop_job(&world.job("other", &module(HELLO)));
    let _ = agent.wait_end(other);
    assert!(agent.stop().success());
    let started = Stranger::read(&world)
        .of_job(digest)
        .iter()
        .filter(|record| matches!(record, Record::Started { .. }))
        .count();
    assert_eq!(started, 1);
}
