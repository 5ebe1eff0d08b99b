//! An unverified, expired or downgraded policy never becomes active.

use arch_ledger::Record;
use arch_tests::{Agent, HELLO, Stranger, World, module};
use arch_wire::control::{Answer, Call};
use rustix::process::Signal;

fn version(agent: &Agent) -> u64 {
    let Answer::Status(status) = agent.call(&Call::Status {}) else { panic!() };
    status.policy.version
}

#[test]
fn a_newer_policy_becomes_active_and_an_older_one_does_not() {
    let world = World::new();
    let mut agent = world.agent();
    assert_eq!(version(&agent), 1);
    world.write_policy(&world.policy_text(3));
    agent.signal(Signal::HUP);
    agent.wait_for("the new policy", |agent| (version(agent) == 3).then_some(()));
    world.write_policy(&world.policy_text(2));
    agent.signal(Signal::HUP);
    agent.wait_for("the refusal", |_| {
        Stranger::read(&world)
            .records()
            .any(|r| matches!(r, Record::PolicyKept { .. }))
            .then_some(())
    });
    assert_eq!(version(&agent), 3);
}

#[test]
fn a_policy_that_cannot_be_believed_leaves_the_old_one_in_force() {
    let world = World::new();
    let mut agent = world.agent();
    let good = world.policy_text(2);
    let expired = good.replace(&World::now().plus(86_400).to_string()[..4], "2001");
    let texts = [
        good.clone(),
        world.stranger.sign("policy.yaml", &good),
        world.owner.sign("policy.yaml", &good),
        world.policy.sign("policy.yaml", &good).replace("512Mi", "513Mi"),
        world.policy.sign("policy.yaml", &expired),
        "kind: Policy\n".to_owned(),
    ];
    for (kept, text) in (1..).zip(texts) {
        std::fs::write(world.path("config/policy.yaml"), text).unwrap();
        agent.signal(Signal::HUP);
        agent.wait_for("the refusal", |_| {
            let count = Stranger::read(&world)
                .records()
                .filter(|record| matches!(record, Record::PolicyKept { .. }))
                .count();
            (count >= kept).then_some(())
        });
        assert_eq!(version(&agent), 1);
    }
    let job = world.drop_job(&world.job("hello", &module(HELLO)));
    assert_eq!(agent.wait_end(job).row.state, "completed");
}

#[test]
fn the_highest_version_seen_lives_in_the_ledger() {
    let world = World::new();
    world.write_policy(&world.policy_text(5));
    assert!(world.agent().stop().success());
    world.write_policy(&world.policy_text(4));
    let ended = Agent::run_to_its_end(&world);
    assert_eq!(ended.code(), Some(78), "a downgraded policy is a configuration error");
}
