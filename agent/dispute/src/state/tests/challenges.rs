//! Challenges that open no dispute, or one that is lost at once.

use super::*;

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
        // What is committed later can challenge, and cannot be challenged.
        let mut later = scene.facts.with_resolvers(&[right.resolver]);
        let auditor = Player { key: &world.judges[0], ..scene.honest() };
        let commit = said(auditor.key.public(), auditor.commit().spec.says);
        assert!(later.witness(&commit));
        let court = Court { facts: &later, ..scene.court() };
        let mut challenge = right.clone();
        challenge.challenger.commit = commit.digest();
        let heard = said(auditor.key.public(), Says::Challenge(challenge));
        let opened = Dispute::open(&court, &heard, scene.now).unwrap();
        assert_eq!(opened.word(), "awaitsAnswer");
        let mut challenge = right.clone();
        challenge.respondent.commit = commit.digest();
        let heard = said(&by, Says::Challenge(challenge));
        assert_eq!(Dispute::open(&court, &heard, scene.now), Err(Refused::UnknownCommitment));
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
                let commit =
                    Says::Commit(crate::Commit { job, attempt, commitment, marks: vec![] });
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
