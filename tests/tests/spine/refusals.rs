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

/// More bad files than are anchored at once, whose refusals nothing but their own number limits.
const TOO_MANY: usize = 1_200;

#[test]
fn thousands_of_bad_files_fill_neither_the_ledger_nor_the_log() {
    let world = World::new();
    let mut agent = world.agent();
    let bad = |n: usize| format!("kind: Job\n{n}: [");
    for n in 0..TOO_MANY {
        world.drop_file(&format!("bad-{n:04}.yaml"), bad(n));
    }
    let mut dropped = TOO_MANY;
    let counted = |code: &str| code == "ARCH-N110";
    // The next one that is anchored says how many were not.
    let codes = agent.wait_for("how many were left off", |_| {
        world.drop_file(&format!("bad-{dropped:04}.yaml"), bad(dropped));
        dropped += 1;
        std::thread::sleep(std::time::Duration::from_secs(1));
        let codes = codes(&world);
        codes.iter().any(|code| counted(code)).then_some(codes)
    });
    let anchored = codes.iter().filter(|code| !counted(code)).count();
    assert!((1_000..TOO_MANY).contains(&anchored), "{anchored} of {dropped}");
    let job = world.drop_job(&world.job("hello", &module(HELLO)));
    assert_eq!(agent.wait_end(job).row.state, "completed", "{}", agent.log());
    let log = agent.stopped();

    let anchored = self::codes(&world).iter().filter(|code| !counted(code)).count();
    let logged = log.lines().filter(|line| line.contains("bad-")).count();
    assert_eq!(logged, anchored, "a line for each refusal in the ledger, and for no other");
}

/// The codes of all refusals in the ledger.
fn codes(world: &World) -> Vec<String> {
    let ledger = Stranger::read(world);
    let code = |record: &Record| match record {
        Record::Refused { code, .. } => Some(code.clone()),
        _ => None,
    };
    ledger.records().filter_map(code).collect()
}
