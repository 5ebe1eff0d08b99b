//! Thousands of disputes, from a seed: parties and judges who are honest, lie, are silent, repeat what
//! was said elsewhere, or work together.
//!
//! What holds in each: who is honest is never at fault; where one of two is honest, the other is; there
//! is one end; whoever replays the record comes to the same; no unit is made or lost.

mod liar;
pub(crate) mod scene;
#[allow(unreachable_pub, reason = "the test with a real proof has it as a module of its own")]
pub(crate) mod world;

use arch_campaign::{Campaign, Case};
use arch_document::SignedDocument;
use arch_identity::{Digest, PublicKey};
use liar::Quirk;
use scene::{LAZY, Scene, said};
use world::{
    World,
    player::{Lie, Marked, Player},
    stand_ins::StandIns,
};

use crate::{
    Court, Dispute, Ended, Facts, Heard, Pair, Recorded, Rejected, Resolver, Says, Side,
    book::{Book, Op, settle, stake, stake_of_judge},
    replay, rule,
};

impl Scene<'_> {
    /// What somebody without a lie has.
    pub(crate) fn honest(&self) -> Player<'_> {
        let Player { world, digester, prover, key, part, marked, .. } = self.players.challenger;
        let marked = if marked == Marked::OnDispute { marked } else { Marked::Own };
        Player { world, digester, prover, key, part, lie: None, marked }
    }
}

/// Who takes part.
#[derive(Debug)]
struct Cast {
    lies: Pair<Option<Lie>>,
    quirks: Pair<Quirk>,
    marked: Pair<Marked>,
}

impl Cast {
    fn draw(case: &mut Case, world: &World) -> Self {
        let mut cast = Self {
            lies: Pair { challenger: None, respondent: None },
            quirks: Pair { challenger: Quirk::Plays, respondent: Quirk::Plays },
            marked: LAZY,
        };
        let eager = case.below(3) == 0;
        if eager {
            cast.marked = Pair { challenger: Marked::Own, respondent: Marked::Own };
        }
        // One of them at least is not honest; both are in one of four.
        let [one, both] = [case.below(2), case.below(4)];
        for (number, side) in (0..).zip(Side::BOTH) {
            if number == one || both == 0 {
                *cast.lies.of_mut(side) = Some(lie(case, world));
                if case.below(2) == 0 {
                    *cast.quirks.of_mut(side) = Quirk::draw(case);
                }
                if eager && case.below(4) == 0 {
                    *cast.marked.of_mut(side) = Marked::Right;
                }
            }
        }
        cast
    }

    fn is_honest(&self, side: Side) -> bool {
        self.lies.of(side).is_none() && *self.quirks.of(side) == Quirk::Plays
    }
}

fn lie(case: &mut Case, world: &World) -> Lie {
    let tile = case.below(world.ground.tiles() as u64) as usize;
    let [rows, columns] = world.ground.within_leaf(tile).unwrap();
    let [row, column] = [rows, columns].map(|side| case.below(side.len() as u64));
    let by = [-1, 1, 2, 1 << 20][case.below(4) as usize];
    let step = case.below(world.ground.steps() as u64) as usize;
    Lie { tile, at: (row * 16 + column) as usize, by, step }
}

/// Plays one dispute to its end.
fn play(case: &mut Case, scene: &mut Scene<'_>, cast: &Cast, before: &[Recorded]) {
    let mut with_inputs = scene.facts.clone();
    with_inputs.inputs = Some(scene.players.challenger.world.roots);
    let mut said_so_far = Pair { challenger: 0, respondent: 0 };
    while let Some(until) = scene.dispute.until() {
        scene.later(case.below(4));
        if case.below(8) == 0 {
            repeat(case, scene, before);
        }
        if matches!(scene.dispute, Dispute::Decided(_)) {
            judge(case, scene, &with_inputs);
            continue;
        }
        let first = if case.below(2) == 0 { Side::Challenger } else { Side::Respondent };
        let spoke = [first, first.other()].into_iter().any(|side| {
            let Some(says) = scene.reply(side) else { return false };
            let number = said_so_far.of_mut(side);
            let says = cast.quirks.of(side).twist(case, scene, side, (says, *number));
            *number += 1;
            let Some(says) = says else { return false };
            let by = scene.by(side).clone();
            let told = scene.say(&by, says);
            assert!(told.is_ok() || !cast.is_honest(side), "{told:?}");
            told.is_ok()
        });
        if !spoke {
            scene.now = scene.now.max(until.plus(1));
            scene.dispute = scene.dispute.pass(&scene.court(), scene.now);
        }
    }
}

/// Somebody says again what was said before, here or in another dispute, by himself or another.
fn repeat(case: &mut Case, scene: &mut Scene<'_>, before: &[Recorded]) {
    let own = scene.record.clone();
    let all: Vec<&Recorded> = own.iter().chain(before).collect();
    let recorded = (*case.pick(&all)).clone();
    let heard = match case.below(3) {
        0 => said(scene.by(Side::Challenger), recorded.heard.says().clone()),
        1 => said(scene.by(Side::Respondent), recorded.heard.says().clone()),
        _ => recorded.heard,
    };
    let is_own =
        heard.says().stage().is_some_and(|(dispute, _)| dispute == scene.dispute.case().id);
    let told = scene.dispute.hear(&scene.court(), &heard, scene.now);
    // Whoever signs himself what the other has said, has said it. Everything else is nothing.
    let signed_himself = is_own && !own.iter().any(|r| r.heard.digest() == heard.digest());
    assert!(told.is_err() || signed_himself, "{}", heard.says().word());
    case.count("repeated");
}

fn judge(case: &mut Case, scene: &mut Scene<'_>, with_inputs: &Facts) {
    let Dispute::Decided(decided) = &scene.dispute else { return };
    let Some(judge) = decided.judge().cloned() else {
        scene.now = scene.now.max(scene.dispute.until().unwrap().plus(1));
        scene.dispute = scene.dispute.pass(&scene.court(), scene.now);
        return;
    };
    let court = Court { facts: with_inputs, ..scene.court() };
    let Some(Says::Verdict(mut verdict)) = rule(&court, &scene.dispute) else {
        panic!("no verdict")
    };
    match case.below(6) {
        0 => {
            scene.now = scene.now.max(scene.dispute.until().unwrap().plus(1));
            scene.dispute = scene.dispute.pass(&scene.court(), scene.now);
            return;
        }
        1 => {
            verdict.upheld = !verdict.upheld;
            // One who works with the liar says what the liar says.
            if let Some(crate::Roots { a, b }) = verdict.inputs {
                verdict.inputs = Some(crate::Roots { a: b, b: a });
            }
            if case.below(2) == 0 || verdict.inputs.is_some() {
                verdict.at_fault.iter_mut().for_each(|fault| fault.who = fault.who.other());
            }
            let signed = Says::Verdict(verdict);
            assert_eq!(scene.say(&judge, signed), Ok(()));
            let wrong = match &scene.dispute {
                // Nobody here has the inputs: his word is taken, and moves no unit.
                Dispute::Ended(ended) if ended.on_his_word => {
                    case.count("wrong words");
                    return;
                }
                Dispute::Ended(ended) => ended.wrong.contains(&judge),
                Dispute::Decided(next) => next.judge() != Some(&judge),
                _ => false,
            };
            assert!(wrong, "a wrong verdict is found");
            case.count("wrong verdicts");
            return;
        }
        _ => {}
    }
    let told = scene.say(&judge, Says::Verdict(verdict));
    assert_eq!(told, Ok(()));
    let Dispute::Ended(ended) = &scene.dispute else { panic!("a right verdict ends it") };
    assert_eq!(ended.judge.as_ref(), Some(&judge));
}

#[test]
fn the_one_who_differs_from_two_is_right_or_wrong_by_evidence_and_not_by_their_number() {
    let stand_ins = StandIns::default();
    let world = World::new(&stand_ins, 9, [30, 128, 34], 0);
    let lie = Some(Lie { tile: 0, at: 0, by: 1, step: 0 });
    for three in [[lie, None, lie], [None, lie, None]] {
        let hash = |lie| {
            let lies = Pair { challenger: lie, respondent: None };
            Scene::new(&world, &stand_ins, lies, Resolver::Reveal).dispute.case().hashes.challenger
        };
        let hashes = three.map(hash);
        assert_eq!(crate::three_way(&hashes), crate::ThreeWay::Odd(1));
        for [one, other] in crate::pairs(&hashes) {
            let lies = Pair { challenger: three[one], respondent: three[other] };
            let mut scene = Scene::new(&world, &stand_ins, lies, Resolver::Reveal);
            scene.play();
            let Dispute::Decided(decided) = &scene.dispute else { panic!() };
            let finding = decided.finding(None).unwrap();
            for side in Side::BOTH {
                assert_eq!(finding.blames(side), lies.of(side).is_some());
            }
        }
    }
}

/// Stakes, and what becomes of them.
fn book(scene: &Scene<'_>, ended: &Ended, honest: &[PublicKey]) -> Result<(), String> {
    let world = scene.players.challenger.world;
    let keys = world.keys.iter().chain(&world.judges);
    let deposits = keys.enumerate().map(|(number, key)| Op::Deposit {
        entry: Digest::of(&[number as u8]),
        account: key.public().clone(),
        units: 1_000,
    });
    let mut ops: Vec<Op> = deposits.chain(stake(&ended.case)).collect();
    let judges = ended.wrong.iter().chain(&ended.judge);
    ops.extend(judges.map(|judge| stake_of_judge(&ended.case, judge)));
    ops.extend(settle(ended));
    let book = Book::replay(&ops).map_err(|why| format!("{why:?}"))?;
    if !book.is_conserved() || book.is_open(ended.case.id) {
        return Err("units are lost, or a bond is left".into());
    }
    if settle(ended).iter().any(|op| book.clone().apply(op).is_ok()) {
        return Err("it is settled twice".into());
    }
    match honest.iter().find(|account| book.free(account) < 1_000) {
        Some(loser) => Err(format!("{loser} is honest and has lost")),
        None => Ok(()),
    }
}

/// What has to hold at the end.
fn check(case: &mut Case, scene: &Scene<'_>, cast: &Cast) {
    let Dispute::Ended(ended) = &scene.dispute else { panic!("no end") };
    let finding = ended.finding.as_ref();
    let finding = finding.filter(|_| !ended.on_his_word);
    let blames = |side| finding.is_some_and(|finding| finding.blames(side));
    let honest: Vec<Side> = Side::BOTH.into_iter().filter(|side| cast.is_honest(*side)).collect();
    for side in &honest {
        case.hold("honest and at fault", || match blames(*side) {
            true => Err(format!("{cast:?} {finding:?}")),
            false => Ok(()),
        });
        case.hold("liars who got away", || match finding.is_none() || blames(side.other()) {
            true => Ok(()),
            false => Err(format!("{cast:?} {finding:?}")),
        });
    }
    if finding.is_none() {
        case.count("lapsed, or on a judge's word");
    }
    for fault in finding.iter().flat_map(|finding| &finding.at_fault) {
        case.count(by_rule(fault.rule));
    }
    case.hold("replays that differ", || match replay(&scene.court(), &scene.record, scene.now) {
        Ok((state, _)) if state == scene.dispute => Ok(()),
        other => Err(format!("{other:?}")),
    });
    let honest: Vec<PublicKey> = honest.into_iter().map(|side| scene.by(side).clone()).collect();
    case.hold("books that do not add up", || book(scene, ended, &honest));
}

fn by_rule(rule: crate::Rule) -> &'static str {
    use crate::Rule as R;
    match rule {
        R::NotCommitted => "notCommitted",
        R::NoDifference => "noDifference",
        R::Conceded => "conceded",
        R::WrongInputs => "wrongInputs",
        R::WrongCount => "wrongCount",
        R::ContradictsItself => "contradictsItself",
        R::WrongOpening => "wrongOpening",
        R::WrongMarks => "wrongMarks",
        R::WrongTile => "wrongTile",
        R::Computed => "computed",
        R::Proved => "proved",
        R::Silent => "silent",
        R::NotShown => "notShown",
    }
}

/// Each message, signed, written to a file and read again, is the same.
fn by_files(case: &mut Case, scene: &Scene<'_>) {
    let world = scene.players.challenger.world;
    let keys: Vec<_> = world.keys.iter().chain(&world.judges).collect();
    for recorded in &scene.record {
        let key = keys.iter().find(|key| key.public() == recorded.heard.by()).unwrap();
        let text = crate::seal(recorded.heard.message(), key).unwrap();
        let document = SignedDocument::parse("message", text.as_bytes()).unwrap();
        assert_eq!(Heard::check(&document).unwrap(), recorded.heard);
        case.add("bytes", text.len() as u64);
        case.count("files");
    }
}

fn worlds(stand_ins: &StandIns) -> Vec<World> {
    let sizes = [([41, 300, 38], 0), ([30, 128, 34], 0), ([150, 129, 170], 3), ([8, 5, 9], 0)];
    (1..).zip(sizes).map(|(seed, (size, leaf))| World::new(stand_ins, seed, size, leaf)).collect()
}

#[test]
fn nobody_honest_is_ever_at_fault_and_who_lies_to_him_is() {
    let tables = StandIns::default();
    let worlds = worlds(&tables);
    // What was said in another dispute, which somebody may say again in this one.
    let lies = Pair { challenger: None, respondent: Some(Lie { tile: 0, at: 0, by: 1, step: 0 }) };
    let mut another = Scene::new(&worlds[0], &tables, lies, Resolver::Groth16);
    another.play();
    Campaign::new("disputes", 600)
        .watch("honest and at fault")
        .watch("liars who got away")
        .watch("replays that differ")
        .watch("books that do not add up")
        .run(|case| {
            let stand_ins = StandIns::default();
            let world = case.below(worlds.len() as u64) as usize;
            let cast = Cast::draw(case, &worlds[world]);
            let resolver = *case.pick(&[Resolver::Groth16, Resolver::Reveal]);
            let number = case.number() + 1;
            let quirk = cast.quirks.challenger;
            let mut scene = Scene::numbered(
                &worlds[world],
                &stand_ins,
                (cast.lies, cast.marked),
                (resolver, number),
                |challenge| quirk.twist_challenge(case, &worlds[world], challenge),
            );
            if case.below(2) == 0 {
                scene.facts.inputs = Some(worlds[world].roots);
            }
            play(case, &mut scene, &cast, &another.record);
            check(case, &scene, &cast);
            if number % 100 == 0 {
                by_files(case, &scene);
            }
        });
}

#[test]
fn a_replayed_challenge_has_one_subject_and_a_second_stake_is_refused() {
    let stand_ins = StandIns::default();
    let world = World::new(&stand_ins, 9, [30, 128, 34], 0);
    let lie = Lie { tile: 0, at: 0, by: 1, step: 0 };
    let lies = Pair { challenger: None, respondent: Some(lie) };
    let open = |number| {
        Scene::numbered(&world, &stand_ins, (lies, LAZY), (Resolver::Groth16, number), |_| ())
    };
    let (one, again, other) = (open(1), open(1), open(2));
    assert_eq!(one.dispute.case().id, again.dispute.case().id);
    assert_ne!(one.dispute.case().id, other.dispute.case().id);
    assert_eq!(one.dispute.case().subject(), other.dispute.case().subject());
    let size = [150, 129, 170];
    let subject = |leaf| {
        let world = World::new(&stand_ins, 9, size, leaf);
        Scene::new(&world, &stand_ins, lies, Resolver::Groth16).dispute.case().subject()
    };
    assert_ne!(subject(0), subject(3));
    let mut ops = stake(one.dispute.case()).to_vec();
    let deposit = |n: u8| Op::Deposit {
        entry: Digest::of(&[n]),
        account: world.keys[usize::from(n)].public().clone(),
        units: 500,
    };
    ops.splice(0..0, [deposit(0), deposit(1)]);
    let mut book = Book::replay(&ops).unwrap();
    for op in stake(again.dispute.case()) {
        assert!(book.apply(&op).is_err());
    }
    // Said in one, it is nothing in the other.
    let concede = Says::Concede(crate::Concede { dispute: one.dispute.case().id });
    let heard = said(one.by(Side::Respondent), concede);
    let told = other.dispute.hear(&other.court(), &heard, other.now);
    assert_eq!(told, Err(Rejected::OtherDispute));
}
