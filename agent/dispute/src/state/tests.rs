//! Every pair of state and event, and the rules one by one.

use arch_identity::Digest;
use arch_matrix::commit::Commitment;

use super::*;
use crate::{
    Answer, Concede, Finding, Opening, Pair, Proof, Resolver, Rule, Shown, Tiles,
    message::Verdict,
    rule,
    simulator::{
        scene::{Scene, said},
        world::{JUDGES, Lie, Player, StandIns, TERMS, World, key, parts},
    },
};

/// One wrong value in the second of four tiles, from the second of three steps on.
const LIE: Lie = Lie { tile: 1, at: 17, by: -4, step: 1 };

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
    let resolver = if state == "awaitsReveal" { Resolver::Reveal } else { Resolver::Groth16 };
    let mut scene = Scene::new(world, stand_ins, respondent_lies(), resolver);
    let respondent = scene.by(Side::Respondent).clone();
    let mut tiles = scene.dispute.case().id;
    if state == "awaitsLeaves" {
        let honest = Says::Answer(Answer {
            dispute: tiles,
            marks: scene.dispute.case().marks.clone(),
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
            (Side::Respondent, Says::Answer(Answer { dispute, marks, inputs }))
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

fn told(after: Result<Dispute, Rejected>) -> String {
    match after {
        Ok(state) => state.word().to_owned(),
        Err(why) => format!("{why:?}"),
    }
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
    let Finding { at_fault } = finding.unwrap();
    at_fault.iter().map(|fault| (fault.who, fault.rule)).collect()
}

#[test]
fn a_lie_is_located_to_its_step_and_proof_and_reveal_name_the_same_liar() {
    with_world(|world, stand_ins| {
        for (resolver, rule) in
            [(Resolver::Groth16, Rule::Proved), (Resolver::Reveal, Rule::Computed)]
        {
            for liar in Side::BOTH {
                let mut lies = Pair { challenger: None, respondent: None };
                *lies.of_mut(liar) = Some(LIE);
                let mut scene = Scene::new(world, stand_ins, lies, resolver);
                scene.play();
                assert_eq!(faults(&scene.dispute), [(liar, rule)], "{resolver:?}");
                scene.judge();
                let Dispute::Ended(ended) = &scene.dispute else { panic!() };
                let finding = ended.finding.as_ref().unwrap();
                assert_eq!(finding.upheld(), liar == Side::Respondent);
                assert_eq!(ended.judge.as_ref(), scene.dispute.case().judges.first());
            }
        }
    });
}

#[test]
fn whoever_signs_the_right_digests_over_another_leaf_has_to_show_it_and_is_found() {
    with_world(|world, stand_ins| {
        let mut scene = scene(world, stand_ins, "awaitsLeaves");
        scene.play();
        assert_eq!(faults(&scene.dispute), [(Side::Respondent, Rule::WrongMarks)]);
    });
}

#[test]
fn a_lie_about_an_input_tile_is_named_by_opening_it_whoever_does() {
    with_world(|world, stand_ins| {
        for opener in Side::BOTH {
            let mut scene = scene(world, stand_ins, "awaitsInputs");
            scene.go(opener);
            assert_eq!(faults(&scene.dispute), [(Side::Respondent, Rule::WrongTile)]);
        }
    });
}

#[test]
fn openings_with_other_values_lengths_or_paths_are_their_authors_fault() {
    with_world(|world, stand_ins| {
        for state in ["awaitsInputs", "awaitsReveal"] {
            for change in 0..5 {
                let mut scene = scene(world, stand_ins, state);
                let Some(Says::Opening(mut opening)) = scene.reply(Side::Challenger) else {
                    panic!();
                };
                let Shown::Step { a, before, .. } = &mut opening.shows else { panic!() };
                match change {
                    0 => a[0].values.0[3] ^= 1,
                    1 => a[0].values.0.push(0),
                    2 => a[0].path.push(world.roots.a),
                    3 => a.swap(0, 1),
                    _ => match before {
                        Some(before) => before.0[0] ^= 1,
                        None => a.truncate(1),
                    },
                }
                let by = scene.by(Side::Challenger).clone();
                scene.say(&by, Says::Opening(opening)).unwrap();
                let fault = (Side::Challenger, Rule::WrongOpening);
                assert_eq!(faults(&scene.dispute), [fault], "{state} {change}");
            }
        }
        let mut scene = scene(world, stand_ins, "awaitsLeaves");
        let Some(Says::Opening(mut opening)) = scene.reply(Side::Respondent) else { panic!() };
        let Shown::Leaf(bytes) = &mut opening.shows else { panic!() };
        bytes.0[9] ^= 1;
        let by = scene.by(Side::Respondent).clone();
        scene.say(&by, Says::Opening(opening)).unwrap();
        assert_eq!(faults(&scene.dispute), [(Side::Respondent, Rule::WrongOpening)]);
    });
}

#[test]
fn steps_that_are_too_few_or_end_elsewhere_than_was_signed_are_a_fault_at_once() {
    with_world(|world, stand_ins| {
        for (change, rule) in [(0, Rule::WrongCount), (1, Rule::ContradictsItself)] {
            let mut scene = scene(world, stand_ins, "awaitsSteps");
            scene.go(Side::Challenger);
            // As the challenger said, so that they would agree to the end.
            let honest = crate::Own::steps(&scene.players.challenger, &world.ground, 1);
            let Some(Says::Steps(mut steps)) = scene.reply(Side::Respondent) else { panic!() };
            if change == 0 {
                steps.digests.truncate(2)
            } else {
                steps.digests = honest
            }
            let by = scene.by(Side::Respondent).clone();
            scene.say(&by, Says::Steps(steps)).unwrap();
            assert_eq!(faults(&scene.dispute), [(Side::Respondent, rule)]);
        }
    });
}

#[test]
fn silence_is_the_fault_of_whoever_was_asked_with_the_time_of_the_last_message() {
    let expected: [(&str, &[(Side, Rule)]); 7] = [
        ("awaitsAnswer", &[(Side::Respondent, Rule::Silent)]),
        ("awaitsSteps", &[(Side::Challenger, Rule::Silent), (Side::Respondent, Rule::Silent)]),
        ("awaitsLeaves", &[(Side::Challenger, Rule::Silent), (Side::Respondent, Rule::Silent)]),
        ("awaitsTiles", &[(Side::Challenger, Rule::Silent), (Side::Respondent, Rule::Silent)]),
        ("awaitsInputs", &[(Side::Challenger, Rule::Silent), (Side::Respondent, Rule::Silent)]),
        ("awaitsProof", &[(Side::Challenger, Rule::NotShown)]),
        ("awaitsReveal", &[(Side::Challenger, Rule::NotShown)]),
    ];
    with_world(|world, stand_ins| {
        for (state, faults_of_both) in expected {
            let mut silent = scene(world, stand_ins, state);
            let until = silent.dispute.until().unwrap();
            let past = silent.dispute.pass(&silent.court(), until.plus(1));
            assert_eq!(faults(&past), faults_of_both, "{state}");
            let Dispute::Decided(decided) = &past else { panic!() };
            let fault = decided.finding(None).unwrap().at_fault[0];
            let last = silent.record.last().unwrap();
            assert_eq!((fault.evidence, fault.at), (last.heard.digest(), last.at));
            // Who has spoken is not silent, and too late is as good as never.
            if faults_of_both.len() == 2 && state != "awaitsInputs" {
                silent.go(Side::Challenger);
                let says = silent.reply(Side::Respondent).unwrap();
                let last = said(silent.by(Side::Respondent), says.clone());
                assert!(silent.dispute.hear(&silent.court(), &last, until).is_ok());
                silent.now = until.plus(1);
                let late = said(silent.by(Side::Respondent), says);
                let heard = silent.dispute.hear(&silent.court(), &late, silent.now);
                assert_eq!(heard, Err(Rejected::Late));
                let past = silent.dispute.pass(&silent.court(), silent.now);
                assert_eq!(faults(&past), [(Side::Respondent, Rule::Silent)], "{state}");
            }
        }
    });
}

#[test]
fn a_proof_that_does_not_hold_is_as_if_nothing_had_been_said() {
    with_world(|world, stand_ins| {
        let mut scene = scene(world, stand_ins, "awaitsProof");
        let Some(Says::Proof(right)) = scene.reply(Side::Challenger) else { panic!() };
        let Dispute::AwaitsProof(state) = &scene.dispute else { panic!() };
        // The liar proves his own sums, by a proof of the right ones.
        let lie = Proof { after: state.located.after.respondent, ..right };
        let by = scene.by(Side::Respondent).clone();
        assert_eq!(scene.say(&by, Says::Proof(lie)), Err(Rejected::NothingProved));
        scene.play();
        assert_eq!(faults(&scene.dispute), [(Side::Respondent, Rule::Proved)]);
    });
}

#[test]
fn whose_prover_fails_may_show_the_step_where_the_task_allows_it() {
    with_world(|world, stand_ins| {
        for allowed in [true, false] {
            let mut scene = scene(world, stand_ins, "awaitsProof");
            let spot = crate::Spot { tile: 1, step: 1 };
            let own: &dyn crate::Own = &scene.players.challenger;
            let shows = own.show(&world.ground, spot, [true, true], true);
            let (dispute, stage) = (scene.dispute.case().id, scene.dispute.stage().unwrap());
            let opening = Says::Opening(Opening { dispute, stage, shows });
            let resolvers = [Resolver::Groth16, Resolver::Reveal];
            scene.facts = scene.facts.with_resolvers(&resolvers[..1 + usize::from(allowed)]);
            let by = scene.by(Side::Challenger).clone();
            let told = scene.say(&by, opening);
            if allowed {
                assert_eq!(faults(&scene.dispute), [(Side::Respondent, Rule::Computed)]);
            } else {
                assert_eq!(told, Err(Rejected::OutOfTurn));
            }
        }
    });
}

#[test]
fn roots_of_the_inputs_that_differ_are_for_a_judge_who_has_the_inputs() {
    with_world(|world, stand_ins| {
        let mut scene = Scene::new(world, stand_ins, respondent_lies(), Resolver::Groth16);
        let (dispute, respondent) = (scene.dispute.case().id, scene.by(Side::Respondent).clone());
        let wrong = crate::Roots { a: world.roots.b, b: world.roots.b };
        let marks = scene.players.respondent.marks_of(&world.ground);
        let answer = Says::Answer(Answer { dispute, marks, inputs: wrong });
        scene.say(&respondent, answer).unwrap();
        assert_eq!(rule(&scene.court(), &scene.dispute), None, "without inputs there is none");
        scene.facts.inputs = Some(world.roots);
        let verdict = rule(&scene.court(), &scene.dispute).unwrap();
        let judge = scene.dispute.case().judges[0].clone();
        let heard = said(&judge, verdict.clone());
        for knows in [false, true] {
            scene.facts.inputs = knows.then_some(world.roots);
            let after = scene.dispute.hear(&scene.court(), &heard, scene.now).unwrap();
            assert_eq!(faults(&after), [(Side::Respondent, Rule::WrongInputs)]);
            let Dispute::Ended(ended) = &after else { panic!() };
            assert_eq!(ended.on_his_word, !knows);
            let lost = crate::book::settle(ended);
            let lost = lost.iter().any(|op| matches!(op, crate::book::Op::Slash { .. }));
            assert_eq!(lost, knows, "on a word alone nobody loses anything");
        }
        // A judge who says what the respondent says is found by whoever has the inputs.
        let Says::Verdict(right) = verdict else { panic!() };
        let other = Verdict { inputs: Some(wrong), ..right.clone() };
        let mut lie = other.clone();
        (lie.upheld, lie.at_fault[0].who) = (false, Side::Challenger);
        for verdict in [other, lie, Verdict { inputs: None, ..right }] {
            let heard = said(&judge, Says::Verdict(verdict));
            let after = scene.dispute.hear(&scene.court(), &heard, scene.now);
            let Ok(Dispute::Decided(next)) = after else { panic!() };
            assert_eq!(next.judge(), Some(&scene.dispute.case().judges[1]));
        }
        // Nobody tells the inputs: then it lapses, and nobody is at fault.
        scene.facts.inputs = None;
        let far = scene.now.plus(100_000);
        let Dispute::Ended(ended) = scene.dispute.pass(&scene.court(), far) else { panic!() };
        assert_eq!((ended.finding, ended.judge, ended.silent.len()), (None, None, 3));
    });
}

#[test]
fn a_judge_who_signs_another_verdict_is_at_fault_and_the_next_one_judges() {
    with_world(|world, stand_ins| {
        for change in 0..4 {
            let mut scene = scene(world, stand_ins, "decided");
            let Some(Says::Verdict(mut verdict)) = rule(&scene.court(), &scene.dispute) else {
                panic!();
            };
            match change {
                0 => verdict.upheld = false,
                1 => verdict.at_fault.clear(),
                2 => verdict.at_fault[0].rule = Rule::Silent,
                _ => verdict.inputs = Some(world.roots),
            }
            let [first, second, third] = &scene.dispute.case().judges[..] else { panic!() };
            let [first, second, third] = [first, second, third].map(Clone::clone);
            let right = rule(&scene.court(), &scene.dispute).unwrap();
            assert_eq!(scene.say(&second, right.clone()), Err(Rejected::NoSay));
            scene.say(&first, Says::Verdict(verdict)).unwrap();
            assert_eq!(scene.say(&first, right), Err(Rejected::NoSay));
            // The second one lets his turn go by.
            scene.later(TERMS.verdict + 1);
            let verdict = rule(&scene.court(), &scene.dispute).unwrap();
            scene.say(&third, verdict).unwrap();
            let Dispute::Ended(ended) = &scene.dispute else { panic!() };
            assert_eq!(ended.wrong, std::slice::from_ref(&first));
            assert_eq!((&ended.silent[..], &ended.judge), (&[second][..], &Some(third)));
            assert_eq!(faults(&scene.dispute), [(Side::Respondent, Rule::Conceded)]);
        }
    });
}

#[test]
fn what_everybody_can_replay_stands_when_no_judge_says_it() {
    with_world(|world, stand_ins| {
        let scene = scene(world, stand_ins, "decided");
        let far = scene.now.plus(3 * TERMS.verdict + 3);
        let Dispute::Ended(ended) = scene.dispute.pass(&scene.court(), far) else { panic!() };
        assert_eq!((&ended.judge, ended.silent.len()), (&None, 3));
        assert!(ended.finding.unwrap().upheld());
    });
}

#[test]
fn messages_of_other_disputes_stages_and_people_change_nothing() {
    with_world(|world, stand_ins| {
        let mut scene = scene(world, stand_ins, "awaitsSteps");
        let Some(Says::Steps(right)) = scene.reply(Side::Challenger) else { panic!() };
        let other = Digest::of(b"another");
        let by = scene.by(Side::Challenger).clone();
        let cross = Says::Steps(crate::Steps { dispute: other, ..right.clone() });
        assert_eq!(scene.say(&by, cross), Err(Rejected::OtherDispute));
        // Said after an answer that this record does not have.
        let elsewhere = Says::Steps(crate::Steps { stage: other, ..right.clone() });
        assert_eq!(scene.say(&by, elsewhere), Err(Rejected::OtherStage));
        let stranger = key(JUDGES).public().clone();
        assert_eq!(scene.say(&stranger, Says::Steps(right.clone())), Err(Rejected::NoSay));
        scene.say(&by, Says::Steps(right.clone())).unwrap();
        assert_eq!(scene.say(&by, Says::Steps(right.clone())), Err(Rejected::AlreadySaid));
        scene.go(Side::Respondent);
        assert_eq!(scene.say(&by, Says::Steps(right)), Err(Rejected::OtherStage));
        scene.play();
        assert_eq!(faults(&scene.dispute), [(Side::Respondent, Rule::Proved)]);
        // The whole record, replays and all, leads everybody to the same.
        let (state, rejected) = replay(&scene.court(), &scene.record, scene.now).unwrap();
        assert_eq!((state, rejected.len()), (scene.dispute, 5));
    });
}

#[test]
fn a_clock_that_goes_backwards_makes_nobody_late_and_nobody_early() {
    with_world(|world, stand_ins| {
        let mut scene = scene(world, stand_ins, "awaitsSteps");
        scene.later(20);
        scene.go(Side::Challenger);
        scene.now = scene.now.minus(1_000);
        scene.go(Side::Respondent);
        let until = scene.record[2].at.plus(TERMS.exchange);
        assert_eq!(scene.dispute.until(), Some(until));
    });
}

#[test]
fn challenges_that_say_what_was_not_committed_are_the_challengers_fault_or_are_not_taken() {
    with_world(|world, stand_ins| {
        let scene = Scene::new(world, stand_ins, respondent_lies(), Resolver::Groth16);
        let Says::Challenge(right) = scene.record[0].heard.says().clone() else { panic!() };
        let by = scene.by(Side::Challenger).clone();
        let open = |by: &arch_identity::PublicKey, change: &dyn Fn(&mut crate::Challenge)| {
            let mut challenge = right.clone();
            change(&mut challenge);
            Dispute::open(&scene.court(), &said(by, Says::Challenge(challenge)), scene.now)
        };
        let blamed = |rule, change: &dyn Fn(&mut crate::Challenge)| {
            let dispute = open(&by, change).unwrap();
            assert_eq!(faults(&dispute), [(Side::Challenger, rule)]);
        };
        let honest = right.challenger.hash;
        blamed(Rule::NotCommitted, &|c| c.respondent.hash = honest);
        blamed(Rule::NotCommitted, &|c| c.challenger.hash = c.respondent.hash);
        blamed(Rule::NotCommitted, &|c| c.respondent.path.push(honest));
        blamed(Rule::WrongCount, &|c| {
            let _ = c.marks.pop();
        });
        let refused = |why, change: &dyn Fn(&mut crate::Challenge)| {
            assert_eq!(open(&by, change), Err(why));
        };
        let other = Digest::of(b"another");
        refused(Refused::OtherTask, &|c| c.task.leaf = other);
        refused(Refused::OtherTask, &|c| c.task.entry += 1);
        refused(Refused::OtherTask, &|c| c.task.attempt += 1);
        refused(Refused::OtherTask, &|c| c.task.job = other);
        refused(Refused::OtherTerms, &|c| c.terms.answer = 0);
        refused(Refused::OtherTerms, &|c| c.terms.bond -= 1);
        refused(Refused::UnknownCommitment, &|c| c.respondent.commit = other);
        refused(Refused::UnknownCommitment, &|c| c.challenger.commit = c.respondent.commit);
        refused(Refused::Itself, &|c| c.respondent.commit = c.challenger.commit);
        refused(Refused::NoCommonGround, &|c| c.leaf = 1);
        refused(Refused::NoCommonGround, &|c| c.cell.row = 1);
        let mut strict = scene.facts.with_resolvers(&[Resolver::Reveal]);
        let court = Court { facts: &strict, ..scene.court() };
        let told = Dispute::open(&court, &scene.record[0].heard, scene.now);
        assert_eq!(told, Err(Refused::OtherResolver));
        strict.task.attempt += 1;
        assert!(!strict.anchor(&Heard::unsigned(scene.players.challenger.commit())));
        let stranger = key(JUDGES).public().clone();
        assert_eq!(open(&stranger, &|_| ()), Err(Refused::UnknownCommitment));
        let nobody_lied = Scene::new(
            world,
            stand_ins,
            Pair { challenger: None, respondent: None },
            right.resolver,
        );
        assert_eq!(faults(&nobody_lied.dispute), [(Side::Challenger, Rule::NoDifference)]);
    });
}

#[test]
fn sums_over_more_steps_than_a_message_has_room_for_are_not_disputed_and_nobody_is_blamed() {
    with_world(|world, stand_ins| {
        let scene = Scene::new(world, stand_ins, respondent_lies(), Resolver::Groth16);
        let Says::Challenge(mut challenge) = scene.record[0].heard.says().clone() else { panic!() };
        for (depth, told) in [(262_144, true), (262_145, false)] {
            let shape = arch_matrix::Shape::new(4, depth, 4).unwrap();
            let grid = arch_matrix::Grid::new(shape, arch_matrix::Splits::even(2)).unwrap();
            let mut facts = scene.facts.clone();
            for (side, part) in Side::BOTH.into_iter().zip(parts()) {
                // A cell of one leaf has the leaf's hash as its root.
                let hash = *scene.dispute.case().hashes.of(side);
                let format = arch_matrix::Format::I16;
                let commitment = Commitment::from_roots(format, grid, part, vec![hash; 2]).unwrap();
                let crate::Task { job, attempt, .. } = world.task;
                let commit = Says::Commit(crate::Commit { job, attempt, commitment });
                let heard = said(scene.by(side), commit);
                assert!(facts.anchor(&heard));
                let stand = match side {
                    Side::Challenger => &mut challenge.challenger,
                    Side::Respondent => &mut challenge.respondent,
                };
                *stand = crate::Stand { commit: heard.digest(), hash, path: vec![] };
            }
            challenge.marks.truncate(1);
            let heard = said(scene.by(Side::Challenger), Says::Challenge(challenge.clone()));
            let court = Court { facts: &facts, ..scene.court() };
            let opened = Dispute::open(&court, &heard, scene.now);
            match told {
                true => assert_eq!(opened.unwrap().word(), "awaitsAnswer"),
                false => assert_eq!(opened, Err(Refused::TooDeep)),
            }
        }
    });
}

#[test]
fn two_who_lie_differently_are_both_at_fault() {
    with_world(|world, stand_ins| {
        for resolver in [Resolver::Groth16, Resolver::Reveal] {
            let lies = Pair { challenger: Some(Lie { by: 3, ..LIE }), respondent: Some(LIE) };
            let mut scene = Scene::new(world, stand_ins, lies, resolver);
            scene.play();
            let both: Vec<Side> = faults(&scene.dispute).iter().map(|(who, _)| *who).collect();
            assert_eq!(both, Side::BOTH);
        }
    });
}

#[test]
fn judges_are_free_drawn_for_the_pair_and_the_same_for_whatever_order_of_the_pool() {
    with_world(|world, stand_ins| {
        let scene = Scene::new(world, stand_ins, respondent_lies(), Resolver::Groth16);
        let case = scene.dispute.case();
        let pool: Vec<_> = (0..40).map(|n| key(n).public().clone()).collect();
        let mut facts = scene.facts.clone();
        facts.pool = pool.clone();
        let drawn = crate::draw(&facts, &case.parties);
        assert_eq!(drawn.len(), crate::MOST_JUDGES);
        assert!(drawn.iter().all(|judge| case.parties.side_of(judge).is_none()));
        facts.pool.reverse();
        facts.pool.extend(pool.clone());
        assert_eq!(crate::draw(&facts, &case.parties), drawn);
        let turned = Pair {
            challenger: case.parties.respondent.clone(),
            respondent: case.parties.challenger.clone(),
        };
        assert_eq!(crate::draw(&facts, &turned), drawn, "whoever challenges");
        facts.task.leaf = Digest::of(b"another entry");
        assert_ne!(crate::draw(&facts, &case.parties), drawn);
        // Whoever is a party, or committed to anything, is not asked, though nobody else were left.
        let third = Player { key: &world.judges[0], ..scene.honest() };
        assert!(facts.anchor(&said(third.key.public(), third.commit().spec.says)));
        facts.pool = [0, 1, JUDGES, JUDGES + 1].map(|n| key(n).public().clone()).to_vec();
        assert_eq!(crate::draw(&facts, &case.parties), [key(JUDGES + 1).public().clone()]);
        // What is committed later does not change the draw.
        let late = Player { key: &world.judges[1], ..scene.honest() };
        assert!(facts.witness(&said(late.key.public(), late.commit().spec.says)));
        assert_eq!(crate::draw(&facts, &case.parties), [key(JUDGES + 1).public().clone()]);
        facts.pool = pool;
        // Everybody gets his turn.
        let first = |n: u8| {
            facts.task.leaf = Digest::of(&[n]);
            crate::draw(&facts, &case.parties)[0].clone()
        };
        let seen: std::collections::BTreeSet<_> = (0..250).map(first).collect();
        assert!(seen.len() > 30, "{}", seen.len());
    });
}
