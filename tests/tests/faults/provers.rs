//! A prover that is away, is killed, or fails at every proof, while there is a dispute.

use std::time::Duration;

use arch_tests::{Prover, World, terms};

use crate::disputes::{
    LIE, PROVED, Played, agree, drop_job, played, settled, small_job, told, told_so_far, world,
};
use crate::liars::with_trick;

/// Again and again it is away, in the middle of whatever it was asked; at last one stays.
pub(crate) fn comes_and_goes(world: &World, times: usize, stays: Duration) -> Prover {
    for _ in 0..times {
        let prover = Prover::start(world);
        std::thread::sleep(stays);
        prover.kill();
    }
    Prover::start(world)
}

#[test]
fn a_dispute_waits_for_a_prover_that_is_away_or_killed_and_goes_on_with_the_next_one() {
    let world = world("groth16");
    let prover = Prover::of(&world);
    prover.kill();
    let mut agent = with_trick(&world, LIE);
    let job = drop_job(&world);
    assert_eq!(agent.wait_end(job).row.state, "disputed");
    agent.wait_for("dispute that waits", |agent| agent.log().contains("ARCH-V013").then_some(()));
    assert_eq!(told_so_far(&world, job), Vec::<String>::new());
    let _prover = comes_and_goes(&world, 5, Duration::from_millis(700));
    settled(&mut agent, &world, 1);
    assert!(agent.stop().success());
    assert_eq!(told(&world, job)[..14], PROVED);
}

#[test]
fn whose_prover_fails_again_and_again_shows_the_step_before_his_time_is_over() {
    let world = World::new();
    let terms = terms("groth16, reveal", &[&world.node(7)], &[]);
    agree(&world, 1, &format!("{terms}    proof: 20s\n"));
    Prover::of(&world).kill();
    // Enough for digests, which need no key, and too little for any proof.
    let _prover = Prover::start_with(&world, &["--memory-mib", "16"]);
    let Played { story, log, .. } = played(&world, LIE, &small_job(&world), 1);
    assert!(log.contains("shown in place of a proof"), "{log}");
    assert!(story.contains(&"opening".to_owned()) && !story.contains(&"proof".to_owned()));
    assert!(story.contains(&"settled true".to_owned()), "{story:?}");
}
