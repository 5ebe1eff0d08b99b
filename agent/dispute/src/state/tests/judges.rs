//! Verdicts, right and wrong, and who is asked for one.

use super::*;

#[test]
fn roots_of_the_inputs_that_differ_are_for_a_judge_who_has_the_inputs() {
    with_world(|world, stand_ins| {
        let mut scene = Scene::new(world, stand_ins, respondent_lies(), Resolver::Groth16);
        let (dispute, respondent) = (scene.dispute.case().id, scene.by(Side::Respondent).clone());
        let wrong = crate::Roots { a: world.roots.b, b: world.roots.b };
        let marks = scene.players.respondent.marks_of(&world.ground);
        let answer = Says::Answer(Answer { dispute, marks, marks_path: vec![], inputs: wrong });
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
