//! Every pair of state and event.

use super::*;

const STATES: [&str; 9] = [
    "awaitsAnswer",
    "awaitsSteps",
    "awaitsLeaves",
    "awaitsTiles",
    "awaitsInputs",
    "awaitsProof",
    "awaitsReveal",
    "decided",
    "ended",
];

/// What a message, or the end of the time, leads to.
fn event(scene: &Scene<'_>, event: &str) -> String {
    let (case, player) = (scene.dispute.case(), &scene.players.challenger);
    let dispute = case.id;
    let stage = scene.dispute.stage().unwrap_or(dispute);
    let spot = crate::Spot { tile: 1, step: 1 };
    let own: &dyn crate::Own = player;
    let (ground, challenger) = (&case.ground, Side::Challenger);
    let asked = match &scene.dispute {
        Dispute::AwaitsInputs(state) => (state.asked(), false),
        _ => ([true, true], true),
    };
    let (side, says) = match event {
        "commit" => (challenger, player.commit().spec.says),
        "challenge" => (challenger, scene.record[0].heard.says().clone()),
        "answer" => {
            let marks = scene.players.respondent.marks_of(ground);
            let inputs = own.inputs();
            (Side::Respondent, Says::Answer(Answer { dispute, marks, marks_path: vec![], inputs }))
        }
        "concede" => (Side::Respondent, Says::Concede(Concede { dispute })),
        "steps" => {
            let digests = own.steps(ground, 1);
            (challenger, Says::Steps(crate::Steps { dispute, stage, digests }))
        }
        "leaf" => {
            let shows = Shown::Leaf(crate::Bytes(own.leaf(ground)));
            (challenger, Says::Opening(Opening { dispute, stage, shows }))
        }
        "step" => {
            let shows = own.show(ground, spot, asked.0, asked.1);
            (challenger, Says::Opening(Opening { dispute, stage, shows }))
        }
        "tiles" => {
            let [a, b] = own.tiles(ground, spot);
            (challenger, Says::Tiles(Tiles { dispute, stage, a, b }))
        }
        "proof" => {
            let proof = match &scene.dispute {
                Dispute::AwaitsProof(state) => own.prove(&state.statement, ground, spot).unwrap(),
                _ => Proof {
                    dispute,
                    stage,
                    circuit: "none".into(),
                    key: dispute,
                    after: case.marks[0],
                    proof: crate::Bytes(vec![]),
                },
            };
            (challenger, Says::Proof(Proof { dispute, stage, ..proof }))
        }
        "verdict" => {
            let judge = case.judges[0].clone();
            let nobody = Verdict { dispute, stage, upheld: false, at_fault: vec![], inputs: None };
            let verdict = rule(&scene.court(), &scene.dispute).unwrap_or(Says::Verdict(nobody));
            let heard = said(&judge, verdict);
            return told(scene.dispute.hear(&scene.court(), &heard, scene.now));
        }
        _ => {
            let until = scene.dispute.until().unwrap_or(scene.now);
            let at_the_end = scene.dispute.pass(&scene.court(), until);
            assert_eq!(at_the_end, scene.dispute, "the last second belongs to it");
            return told(Ok(scene.dispute.pass(&scene.court(), until.plus(1))));
        }
    };
    let heard = said(scene.by(side), says);
    told(scene.dispute.hear(&scene.court(), &heard, scene.now))
}

const EVENTS: [&str; 11] = [
    "commit",
    "challenge",
    "answer",
    "concede",
    "steps",
    "leaf",
    "step",
    "tiles",
    "proof",
    "verdict",
    "deadline",
];

#[test]
fn every_state_takes_what_it_asks_for_and_nothing_else() {
    let usual = |event: &str| match event {
        "commit" | "challenge" => "OtherDispute",
        "verdict" => "NoSay",
        "deadline" => "decided",
        // Both name the challenge as what was said before.
        "answer" | "concede" => "OtherStage",
        _ => "OutOfTurn",
    };
    let expected = |state: &str, event: &str| match (state, event) {
        ("ended", "deadline") => "ended",
        ("ended", _) => "Over",
        ("awaitsAnswer", "answer") => "awaitsSteps",
        ("awaitsAnswer", "concede") => "decided",
        ("awaitsSteps", "steps") => "awaitsSteps",
        ("awaitsLeaves", "leaf") => "awaitsLeaves",
        ("awaitsLeaves", "step") => "OtherValues",
        ("awaitsTiles", "tiles") => "awaitsTiles",
        ("awaitsInputs" | "awaitsReveal", "step") => "decided",
        ("awaitsInputs" | "awaitsReveal", "leaf") => "OtherValues",
        ("awaitsProof", "proof" | "step") => "decided",
        ("awaitsProof", "leaf") => "OtherValues",
        ("decided", "verdict") => "ended",
        _ => usual(event),
    };
    with_world(|world, stand_ins| {
        for state in STATES {
            let scene = scene(world, stand_ins, state);
            for event_name in EVENTS {
                let (got, want) = (event(&scene, event_name), expected(state, event_name));
                assert_eq!(got, want, "{event_name} in {state}");
            }
        }
    });
}
