//! A small dispute, brought into any state.

mod challenges;
mod eager;
mod judges;
mod rules;
mod table;

use arch_identity::Digest;
use arch_matrix::commit::Commitment;

use super::*;
use crate::{
    Answer, Concede, Finding, Opening, Pair, Proof, Resolver, Rule, Shown, Tiles,
    message::Verdict,
    rule,
    simulator::{
        scene::{Scene, said},
        world::{
            JUDGES, TERMS, World, key, parts,
            player::{Lie, Marked, Player},
            stand_ins::StandIns,
        },
    },
};

/// One wrong value in the second of four tiles, from the second of three steps on.
const LIE: Lie = Lie { tile: 1, at: 17, by: -4, step: 1 };

fn with_world(play: impl FnOnce(&World, &StandIns)) {
    let stand_ins = StandIns::default();
    let world = World::new(&stand_ins, 5, [41, 300, 38], 0);
    assert_eq!((world.ground.tiles(), world.ground.steps()), (4, 3));
    play(&world, &stand_ins);
}

fn respondent_lies() -> Pair<Option<Lie>> {
    Pair { challenger: None, respondent: Some(LIE) }
}

/// A dispute in which the respondent has lied, in that state.
fn scene<'w>(world: &'w World, stand_ins: &'w StandIns, state: &str) -> Scene<'w> {
    scene_of(world, stand_ins, state, respondent_lies())
}

fn scene_of<'w>(
    world: &'w World,
    stand_ins: &'w StandIns,
    state: &str,
    lies: Pair<Option<Lie>>,
) -> Scene<'w> {
    let resolver = if state == "awaitsReveal" { Resolver::Reveal } else { Resolver::Groth16 };
    let mut scene = Scene::new(world, stand_ins, lies, resolver);
    let respondent = scene.by(Side::Respondent).clone();
    let mut tiles = scene.dispute.case().id;
    if state == "awaitsLeaves" {
        let honest = Says::Answer(Answer {
            dispute: tiles,
            marks: scene.dispute.case().marks.clone(),
            marks_path: vec![],
            inputs: world.roots,
        });
        scene.say(&respondent, honest).unwrap();
    }
    while scene.dispute.word() != state {
        match scene.dispute.word() {
            "awaitsAnswer" if matches!(state, "decided" | "ended") => {
                let concede = Says::Concede(Concede { dispute: tiles });
                scene.say(&respondent, concede).unwrap();
            }
            "decided" => scene.judge(),
            "awaitsTiles" if state == "awaitsInputs" => {
                scene.go(Side::Challenger);
                let Some(Says::Tiles(right)) = scene.reply(Side::Respondent) else { panic!() };
                tiles = scene.dispute.stage().unwrap();
                let wrong = Says::Tiles(Tiles { a: right.b, ..right });
                scene.say(&respondent, wrong).unwrap();
            }
            _ => {
                let side = Side::BOTH.into_iter().find(|side| scene.reply(*side).is_some());
                scene.go(side.unwrap());
            }
        }
    }
    scene
}

fn told(after: Result<Dispute, Rejected>) -> String {
    match after {
        Ok(state) => state.word().to_owned(),
        Err(why) => format!("{why:?}"),
    }
}

impl Player<'_> {
    fn marks_of(&self, ground: &crate::Ground) -> Vec<crate::TileDigest> {
        crate::Own::marks(self, ground)
    }
}

/// Who is at fault, and by which rule.
fn faults(dispute: &Dispute) -> Vec<(Side, Rule)> {
    let finding = match dispute {
        Dispute::Decided(decided) => decided.finding(None),
        Dispute::Ended(ended) => ended.finding.clone(),
        _ => panic!("{}", dispute.word()),
    };
    let Finding { at_fault, .. } = finding.unwrap();
    at_fault.iter().map(|fault| (fault.who, fault.rule)).collect()
}
