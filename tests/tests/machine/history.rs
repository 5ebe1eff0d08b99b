//! A node that has run many jobs.

use arch_identity::{Digest, keyfile};
use arch_ledger::{EndState, Ledger, LogKeys, Reader, Record, StdFs, Usage};
use arch_tests::World;

pub(crate) const ENTRIES: u64 = 100_000;

/// The first start of a real agent makes key and ledger in the world's state; the rest is appended.
pub(crate) fn write(world: &World) {
    assert!(world.agent().stop().success());
    let folder = world.path("state/ledger");
    let (_, checkpoint) = Reader::open(&folder).unwrap().checkpoint().unwrap();
    let key = std::fs::read_to_string(world.path("state/node.key")).unwrap();
    let pair = keyfile::read(&key, None).unwrap();
    let keys = LogKeys::new(&checkpoint.origin, pair).unwrap();
    let now = World::now();
    let (mut ledger, _) = Ledger::open(StdFs::open(&folder).unwrap(), keys, now).unwrap();
    let mut jobs = 0_u64..;
    while ledger.size() < ENTRIES {
        let lives: Vec<Record> = jobs.by_ref().take(500).flat_map(life).collect();
        ledger.append(now, &lives).unwrap();
    }
    ledger.settle().unwrap();
}

/// What the ledger says of a job that went as it should.
fn life(number: u64) -> [Record; 3] {
    let document = Digest::of(format!("job {number}").as_bytes());
    let accepted = Record::Accepted {
        document,
        name: format!("embed-{number}"),
        owner: "user:test".to_owned(),
        module: Some(Digest::of(b"module")),
        inputs: [("text".to_owned(), Digest::of(b"text"))].into(),
        policy: Digest::of(b"policy"),
        rules: vec!["owners.all".to_owned()],
        grants: vec!["read:/datasets/wiki".to_owned()],
    };
    let environment = Digest::of(b"environment");
    let finished = Record::Finished {
        document,
        attempt: 1,
        state: EndState::Completed,
        outcome: "completed".to_owned(),
        code: None,
        outputs: [("index".to_owned(), Digest::of(format!("index {number}").as_bytes()))].into(),
        logs: None,
        reads: None,
        fuel: 1_000_000,
        usage: Usage::default(),
    };
    [accepted, Record::Started { document, attempt: 1, environment }, finished]
}
