//! Where digests of tiles are committed to together with the values.

use super::*;

fn eager(challenger: Marked, respondent: Marked) -> Pair<Marked> {
    Pair { challenger, respondent }
}

fn opened<'w>(
    world: &'w World,
    stand_ins: &'w StandIns,
    lies: Pair<Option<Lie>>,
    marked: Pair<Marked>,
) -> Scene<'w> {
    Scene::numbered(world, stand_ins, (lies, marked), (Resolver::Groth16, 0), |_| ())
}

#[test]
fn who_has_committed_to_digests_of_tiles_is_held_to_them() {
    with_world(|world, stand_ins| {
        let own = eager(Marked::Own, Marked::Own);
        let mut scene = opened(world, stand_ins, respondent_lies(), own);
        scene.play();
        assert_eq!(faults(&scene.dispute), [(Side::Respondent, Rule::Proved)]);
        // The right digests are of no use to whoever committed to his own.
        let change: [&dyn Fn(&mut Answer); 4] = [
            &|answer| answer.marks = world.right_marks(),
            &|answer| answer.marks.swap(0, 1),
            &|answer| answer.marks_path.push(world.roots.a),
            &|answer| answer.marks_path = vec![world.roots.b],
        ];
        for change in change {
            let mut scene = opened(world, stand_ins, respondent_lies(), own);
            let Some(Says::Answer(mut answer)) = scene.reply(Side::Respondent) else { panic!() };
            change(&mut answer);
            let respondent = scene.by(Side::Respondent).clone();
            scene.say(&respondent, Says::Answer(answer)).unwrap();
            assert_eq!(faults(&scene.dispute), [(Side::Respondent, Rule::NotCommitted)]);
        }
    });
}

#[test]
fn a_challenge_with_other_digests_than_its_author_committed_to_is_his_fault() {
    with_world(|world, stand_ins| {
        let change: [&dyn Fn(&mut crate::Challenge); 2] =
            [&|says| says.marks = world.right_marks(), &|says| {
                says.marks_path = vec![world.roots.a]
            }];
        for change in change {
            let lies = Pair { challenger: Some(LIE), respondent: None };
            let marked = eager(Marked::Own, Marked::Own);
            let scene =
                Scene::numbered(world, stand_ins, (lies, marked), (Resolver::Groth16, 0), change);
            assert_eq!(faults(&scene.dispute), [(Side::Challenger, Rule::NotCommitted)]);
        }
    });
}

#[test]
fn digests_that_were_committed_to_and_are_not_those_of_the_leaf_are_found_when_it_is_opened() {
    with_world(|world, stand_ins| {
        let marked = eager(Marked::Own, Marked::Right);
        let mut scene = opened(world, stand_ins, respondent_lies(), marked);
        scene.play();
        assert_eq!(faults(&scene.dispute), [(Side::Respondent, Rule::WrongMarks)]);
    });
}

/// Whoever computed once more and signs later may leave the digests to the dispute.
#[test]
fn a_path_where_no_digest_was_committed_to_is_a_fault_and_one_may_be_without() {
    with_world(|world, stand_ins| {
        let marked = eager(Marked::OnDispute, Marked::Own);
        let mut scene = opened(world, stand_ins, respondent_lies(), marked);
        scene.play();
        assert_eq!(faults(&scene.dispute), [(Side::Respondent, Rule::Proved)]);
        let scene = Scene::numbered(
            world,
            stand_ins,
            (respondent_lies(), marked),
            (Resolver::Groth16, 0),
            |says| says.marks_path.push(world.roots.a),
        );
        assert_eq!(faults(&scene.dispute), [(Side::Challenger, Rule::NotCommitted)]);
    });
}
