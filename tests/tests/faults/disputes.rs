//! A shard lies, and it is settled who: between the identities of one node, with real proofs, whatever is
//! killed on the way. After each the ledger is read as a stranger would.

use std::{os::unix::process::ExitStatusExt as _, process::Command};

use arch_identity::Digest;
use arch_ledger::Record;
use arch_tests::{Agent, Factors, JobText, Prover, Stranger, World, program, skip, terms};
use arch_wire::control::{Answer, Call};

use crate::liars::{unready_with_trick_and, with_trick, with_trick_and};

/// A world whose policy has these resolvers, and where the node judges.
pub(crate) fn world(resolvers: &str) -> World {
    let world = World::new();
    let judge = world.node(7);
    agree(&world, 1, &terms(resolvers, &[&judge], &[]));
    world
}

/// A policy with these terms.
pub(crate) fn agree(world: &World, version: u64, terms: &str) {
    world.write_policy(&format!("{}{terms}", world.policy_text(version)));
}

/// What the ledger says of the disputes about a job, as words.
pub(crate) fn told(world: &World, job: Digest) -> Vec<String> {
    words(&Stranger::verified(world), job)
}

/// The same while the agent runs, whose tiles and checkpoint may be behind the journal.
pub(crate) fn told_so_far(world: &World, job: Digest) -> Vec<String> {
    words(&Stranger::read(world), job)
}

fn words(ledger: &Stranger, job: Digest) -> Vec<String> {
    let of = ledger.records().filter_map(|record| match record {
        Record::Said { document, word, .. } if *document == job => Some(word.clone()),
        Record::Settled { document, upheld, .. } if *document == job => {
            Some(format!("settled {upheld}"))
        }
        Record::Bond { .. } | Record::BondReturned { .. } | Record::BondLost { .. } => {
            Some(Stranger::kind(record))
        }
        _ => None,
    });
    of.collect()
}

/// Waits until so many disputes are settled.
pub(crate) fn settled(agent: &mut Agent, world: &World, count: usize) {
    agent.wait_for("settled dispute", |_| {
        let ledger = Stranger::read(world);
        let settled = ledger.records().filter(|record| matches!(record, Record::Settled { .. }));
        (settled.count() >= count).then_some(())
    });
}

/// The whole of one that is proved.
pub(crate) const PROVED: [&str; 14] = [
    "challenge",
    "bond",
    "bond",
    "answer",
    "steps",
    "steps",
    "tiles",
    "tiles",
    "proof",
    "verdict",
    "bond",
    "settled true",
    "bondReturned",
    "bondLost",
];

/// What came of a job in which somebody lies.
pub(crate) struct Played {
    pub(crate) job: Digest,
    pub(crate) story: Vec<String>,
    pub(crate) log: String,
}

/// Such a job, from its file to the end of the last of so many disputes.
pub(crate) fn played(world: &World, trick: &str, job: &JobText, disputes: usize) -> Played {
    let mut agent = with_trick(world, trick);
    let job = world.drop_job(job);
    assert_eq!(agent.wait_end(job).row.state, "disputed", "{}", agent.log());
    settled(&mut agent, world, disputes);
    let log = agent.stopped();
    Played { job, story: told(world, job), log }
}

#[test]
fn of_two_identities_that_contradict_each_other_a_proof_names_the_liar_and_he_loses_his_stake() {
    let world = world("groth16");
    let _prover = Prover::of(&world);
    let job = Factors::new(&world, (150, 300, 140)).job(", shards: 9");
    let Played { story, log, .. } = played(&world, "add-one-at-3-60 row", &job, 1);
    assert_eq!(story[..14], PROVED, "{log}");
    assert_eq!(story[14..], ["bondReturned"], "the judge's: {log}");
}

/// Judges a job's only dispute once more, as anybody can who has the state folder: all of it holds. Gives
/// what was said of it.
fn replayed(world: &World) -> String {
    let settled = |record: &Record| match record {
        Record::Settled { dispute, .. } => Some(*dispute),
        _ => None,
    };
    let dispute = Stranger::verified(world).records().find_map(settled).unwrap();
    let mut command = Command::new(program("archctl"));
    command.args(["dispute", "replay", &dispute.to_string(), "--state"]).arg(world.path("state"));
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// A dispute about a sum of 8 bytes; what the ledger says of it.
fn wide(resolver: &str) -> (World, Vec<String>) {
    let world = world(resolver);
    let _prover = Prover::of(&world);
    let job = Factors::of::<i16>(&world, (150, 300, 140)).job(", shards: 9");
    let story = played(&world, "add-one-at-3-60 row", &job, 1).story;
    (world, story)
}

#[test]
fn a_lie_in_16_bit_numbers_is_proved_with_their_own_circuit_and_replayed() {
    let (world, story) = wide("groth16");
    assert_eq!(story[..14], PROVED);
    let proof = "ok       proof";
    let replayed = replayed(&world);
    let line = replayed.lines().find(|line| line.starts_with(proof)).expect("a proof");
    assert!(line.contains("arch-tile-fma-v1-i16"), "{line}");
}

#[test]
fn a_lie_in_16_bit_numbers_is_shown_where_that_is_agreed_upon_and_replayed() {
    let (world, story) = wide("reveal");
    assert_eq!(story, REVEALED);
    assert!(!replayed(&world).contains(" proof "));
}

#[test]
fn a_mirror_that_lies_is_challenged_by_the_one_that_it_mirrors_and_loses_its_stake() {
    let world = world("reveal");
    let _prover = Prover::of(&world);
    let job = Factors::new(&world, (150, 300, 140)).job(", shards: 6, mirrors: true").timeout("5m");
    let Played { story, log, .. } = played(&world, "add-one row second", &job, 1);
    let count = |word: &str| story.iter().filter(|told| *told == word).count();
    assert_eq!([count("challenge"), count("settled true"), count("bondLost")], [1; 3], "{log}");
}

/// The trick: one number of the first row, in the cell that the first column has as well.
pub(crate) const LIE: &str = "add-one-at-3-17 row";

/// What is played in these tests: nine shards of a small product, all of whose rows and columns are computed.
pub(crate) fn small_job(world: &World) -> JobText {
    Factors::new(world, (96, 200, 90)).job(", shards: 9")
}

pub(crate) fn drop_job(world: &World) -> Digest {
    world.drop_job(&small_job(world))
}

#[test]
fn an_agent_that_is_killed_at_any_step_of_a_dispute_takes_it_up_and_settles_it_once() {
    if cfg!(not(debug_assertions)) {
        return skip("the agent knows no points without debug assertions");
    }
    // Each message, before and after it is anchored, what is around them, and the taking up itself.
    let messages = (1..=5).flat_map(|nth| [("Saying", nth), ("Said", nth)]);
    let around = [("Challenged", 1), ("Settling", 1), ("Settled", 1), ("DisputeTakenUp", 1)];
    for (point, nth) in around.into_iter().chain(messages) {
        let world = world("reveal");
        let _prover = Prover::of(&world);
        let killed_at = |point: &str, nth: u32| {
            with_trick_and(&world, LIE, |command| {
                command.env("ARCH_POINT", format!("kill {point} {nth}"));
            })
        };
        let agent = match point {
            "DisputeTakenUp" => killed_at("Said", 2),
            point => killed_at(point, nth),
        };
        let job = drop_job(&world);
        assert_eq!(agent.ended().signal(), Some(9), "{point} {nth}");
        if point == "DisputeTakenUp" {
            let agent = unready_with_trick_and(&world, LIE, |command| {
                command.env("ARCH_POINT", "kill DisputeTakenUp 1");
            });
            assert_eq!(agent.ended().signal(), Some(9), "{point}");
        }
        let mut agent = with_trick(&world, LIE);
        settled(&mut agent, &world, 1);
        assert!(agent.stop().success(), "{point} {nth}");
        assert_eq!(told(&world, job), REVEALED, "{point} {nth}");
    }
}

/// The whole of one that is shown.
pub(crate) const REVEALED: [&str; 13] = [
    "challenge",
    "bond",
    "bond",
    "answer",
    "steps",
    "steps",
    "opening",
    "verdict",
    "bond",
    "settled true",
    "bondReturned",
    "bondLost",
    "bondReturned",
];

#[test]
fn who_has_lost_his_stake_is_not_let_compute_until_a_new_policy_endows_him() {
    let world = World::new();
    // Enough for one stake, and not for a second one after it is lost.
    let terms = terms("reveal", &[&world.node(7)], &[]);
    let terms = terms.replace("endowment: 250", "endowment: 149");
    let policy = |version: u64| agree(&world, version, &terms);
    policy(1);
    let _prover = Prover::of(&world);
    let mut agent = with_trick(&world, LIE);
    let first = drop_job(&world);
    assert_eq!(agent.wait_end(first).row.state, "disputed", "{}", agent.log());
    settled(&mut agent, &world, 1);
    let second = drop_job(&world);
    agent.wait_for("job that waits", |agent| agent.log().contains("ARCH-Q007").then_some(()));
    assert_eq!(Stranger::read(&world).kinds(second), ["accepted"]);
    policy(2);
    let Answer::Reload(_) = agent.call(&Call::Reload {}) else { panic!("{}", agent.log()) };
    assert_eq!(agent.wait_end(second).row.state, "disputed", "{}", agent.log());
    settled(&mut agent, &world, 2);
    assert!(agent.stop().success());
}

#[test]
fn two_who_are_honest_dispute_nothing_and_nothing_is_hashed_for_a_proof() {
    let world = world("groth16");
    let _prover = Prover::of(&world);
    let mut agent = with_trick(&world, "");
    let job = drop_job(&world);
    assert_eq!(agent.wait_end(job).row.state, "completed", "{}", agent.log());
    let page = metrics(&world);
    for nothing in ["arch_tile_digests_total 0\n", "arch_proofs_total 0\n"] {
        assert!(page.contains(nothing), "{page}");
    }
    assert!(agent.stop().success());
    assert_eq!(told(&world, job), Vec::<String>::new());
}

pub(crate) fn metrics(world: &World) -> String {
    use std::io::{Read as _, Write as _};
    let path = world.path("state/run/metrics.sock");
    let mut line = std::os::unix::net::UnixStream::connect(path).unwrap();
    line.write_all(b"GET /metrics HTTP/1.0\r\n\r\n").unwrap();
    let mut page = String::new();
    line.read_to_string(&mut page).unwrap();
    page
}

#[test]
fn partial_sums_that_were_computed_once_more_challenge_whoever_has_others() {
    let world = world("reveal");
    let _prover = Prover::of(&world);
    let job = Factors::new(&world, (150, 400, 140)).job(", shards: 3");
    // Whoever has the row and whoever has the column computed the drawn block once more.
    let Played { story, log, .. } = played(&world, "add-one-to-each-tile depth", &job, 2);
    let count = |word: &str| story.iter().filter(|told| *told == word).count();
    assert_eq!((count("commit"), count("settled true"), count("bondLost")), (2, 2, 2), "{log}");
    let ledger = Stranger::verified(&world);
    let lost = ledger.records().filter_map(|record| match record {
        Record::BondLost { account, .. } => Some(account),
        _ => None,
    });
    let mut lost: Vec<&String> = lost.collect();
    lost.dedup();
    assert_eq!(lost.len(), 1, "both are lost by whoever has the part of the depth");
}
