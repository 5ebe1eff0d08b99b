//! Which signed policies a node takes: its own, and those of the name that it has.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests may be blunt")]

mod world;

use arch_problem::{Code, codes};
use arch_wire::control::{Answer, Call, Reply};
use world::{World, double::Double};

/// Version 2 of the world's policy, signed with another text in it.
fn policy(world: &World, from: &str, to: &str) -> String {
    let text = world.policy(2, "").replace(from, to);
    world.sign(text.split("signatures:").next().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_of_another_name_or_for_other_nodes_is_taken_neither_by_reload_nor_at_the_start() {
    let world = World::new();
    let running = world.start(Double::honest()).await;
    let reload = async || match running.call(Call::Reload {}).await {
        Reply::Ok(Answer::Reload(told)) => Ok(told.version),
        Reply::Problem(problem) => Err(problem.code),
        other => panic!("{other:?}"),
    };
    let refused: [(&str, &str, Code); 2] = [
        ("name: world", "name: earlier", codes::ANOTHER_NAME),
        ("version: 2", "version: 2, audience: [elsewhere]", codes::POLICY_FOR_OTHERS),
    ];
    for (from, to, code) in refused {
        world.write("config/policy.yaml", &policy(&world, from, to));
        assert_eq!(reload().await, Err(code), "{to}");
    }
    running.stop().await;
    for (from, to, code) in refused {
        world.write("config/policy.yaml", &policy(&world, from, to));
        assert_eq!(world.try_start(Double::honest()).await.err().unwrap().code, code, "{to}");
    }
    world.write("config/policy.yaml", &policy(&world, "", ""));
    world.start(Double::honest()).await.stop().await;
}
