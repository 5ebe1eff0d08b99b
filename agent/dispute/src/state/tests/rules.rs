//! Who is at fault, rule by rule.

use super::*;

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
                let spot = ended.located.unwrap().spot;
                assert_eq!((spot.tile, spot.step), (LIE.tile, LIE.step));
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
fn only_the_respondent_answers_or_concedes() {
    with_world(|world, stand_ins| {
        let mut scene = scene(world, stand_ins, "awaitsAnswer");
        let (dispute, inputs) = (scene.dispute.case().id, world.roots);
        let marks = scene.players.respondent.marks_of(&world.ground);
        let by = scene.by(Side::Challenger).clone();
        for says in [
            Says::Concede(Concede { dispute }),
            Says::Answer(Answer { dispute, marks, marks_path: vec![], inputs }),
        ] {
            assert_eq!(scene.say(&by, says), Err(Rejected::OutOfTurn));
        }
    });
}

#[test]
fn an_opening_of_less_or_more_than_is_asked_for_is_none() {
    with_world(|world, stand_ins| {
        for (state, step) in [("awaitsInputs", 1), ("awaitsReveal", 1), ("awaitsReveal", 0)] {
            let lies = Pair { challenger: None, respondent: Some(Lie { step, ..LIE }) };
            let mut scene = scene_of(world, stand_ins, state, lies);
            let Some(Says::Opening(right)) = scene.reply(Side::Challenger) else { panic!() };
            let Shown::Step { a, b, before } = right.shows.clone() else { panic!() };
            let other_b = if b.is_empty() { a.clone() } else { vec![] };
            let other_before = match before {
                Some(_) => None,
                None => Some(crate::Bytes(vec![0; 1024])),
            };
            for shows in [
                Shown::Step { a: vec![], b: b.clone(), before: before.clone() },
                Shown::Step { a: a.clone(), b: other_b, before: before.clone() },
                Shown::Step { a, b, before: other_before },
            ] {
                let by = scene.by(Side::Challenger).clone();
                let told = scene.say(&by, Says::Opening(Opening { shows, ..right.clone() }));
                assert_eq!(told, Err(Rejected::OtherValues), "{state} {step}");
            }
            scene.go(Side::Challenger);
            assert_eq!(faults(&scene.dispute)[0].0, Side::Respondent);
        }
    });
}
