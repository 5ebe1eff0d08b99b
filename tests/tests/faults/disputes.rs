//! A shard lies, and it is settled who: between the identities of one node, with real proofs, whatever is
//! killed on the way. After each the ledger is read as a stranger would.

use std::os::unix::process::ExitStatusExt as _;

use arch_identity::Digest;
use arch_ledger::Record;
use arch_tests::{Agent, Factors, Prover, Stranger, World, skip};

use crate::liars::{unready_with_trick_and, with_trick, with_trick_and};

/// Lines of a policy under which divergences are settled by proofs under the dev key.
const TERMS: &str = "  circuits:
    pins: [{ circuit: arch-tile-fma-v1, version: 1, vkSha256: \"sha256:3b4a4e523de28a0b95159d8f51115bce233b58010f88214cf9b66cf9de5bc098\" }]
    allowDevKeys: true
  disputes: { resolvers: [RESOLVERS], bond: 100, endowment: 250, judges: [\"JUDGE\"] }
";

/// A world whose policy has these terms.
fn world(resolvers: &str) -> World {
    let world = World::new();
    let terms = terms(&world, resolvers);
    world.write_policy(&format!("{}{terms}", world.policy_text(1)));
    world
}

fn terms(world: &World, resolvers: &str) -> String {
    TERMS.replace("RESOLVERS", resolvers).replace("JUDGE", &world.node(7))
}

/// What the ledger says of the disputes about a job, as words.
fn told(world: &World, job: Digest) -> Vec<String> {
    let ledger = Stranger::verified(world);
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
fn settled(agent: &mut Agent, world: &World, count: usize) {
    agent.wait_for("settled dispute", |_| {
        let ledger = Stranger::read(world);
        let settled = ledger.records().filter(|record| matches!(record, Record::Settled { .. }));
        (settled.count() >= count).then_some(())
    });
}

/// The whole of one that is proved.
const PROVED: [&str; 14] = [
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

#[test]
fn of_two_identities_that_contradict_each_other_a_proof_names_the_liar_and_he_loses_his_stake() {
    let world = world("groth16");
    let _prover = Prover::of(&world);
    let mut agent = with_trick(&world, "add-one-at-3-60 row");
    let factors = Factors::new(&world, (150, 300, 140));
    let job = world.drop_job(&factors.job(", shards: 9"));
    assert_eq!(agent.wait_end(job).row.state, "disputed", "{}", agent.log());
    settled(&mut agent, &world, 1);
    let log = agent.log();
    assert!(agent.stop().success());
    let story = told(&world, job);
    assert_eq!(story[..14], PROVED, "{log}");
    assert_eq!(story[14..], ["bondReturned"], "the judge's: {log}");
}

/// The trick: one number of the first row, in the cell that the first column has as well.
const LIE: &str = "add-one-at-3-17 row";

/// What is played in these tests: nine shards of a small product, all of whose rows and columns are computed.
fn drop_job(world: &World) -> Digest {
    world.drop_job(&Factors::new(world, (96, 200, 90)).job(", shards: 9"))
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
const REVEALED: [&str; 13] = [
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
fn a_dispute_waits_for_a_prover_that_is_away_or_killed_and_goes_on_with_the_next_one() {
    let world = world("groth16");
    let prover = Prover::of(&world);
    prover.kill();
    let mut agent = with_trick(&world, LIE);
    let job = drop_job(&world);
    assert_eq!(agent.wait_end(job).row.state, "disputed");
    agent.wait_for("dispute that waits", |agent| agent.log().contains("ARCH-V013").then_some(()));
    assert_eq!(told(&world, job), Vec::<String>::new());
    // Again and again it is away, in the middle of whatever it was asked.
    for _ in 0..5 {
        let prover = Prover::start(&world);
        std::thread::sleep(std::time::Duration::from_millis(700));
        prover.kill();
    }
    let _prover = Prover::start(&world);
    settled(&mut agent, &world, 1);
    assert!(agent.stop().success());
    assert_eq!(told(&world, job)[..14], PROVED);
}

#[test]
fn who_has_lost_his_stakes_is_not_let_compute_until_a_new_policy_endows_him() {
    let world = world("reveal");
    let _prover = Prover::of(&world);
    let mut agent = with_trick(&world, LIE);
    // 250 units are two stakes of 100 and not a third one.
    for count in 1..=2 {
        let job = drop_job(&world);
        assert_eq!(agent.wait_end(job).row.state, "disputed", "{}", agent.log());
        settled(&mut agent, &world, count);
    }
    let third = drop_job(&world);
    agent.wait_for("job that waits", |agent| agent.log().contains("ARCH-Q007").then_some(()));
    assert_eq!(Stranger::verified(&world).kinds(third), ["accepted"]);
    let policy = world.policy_text(2);
    world.write_policy(&format!("{policy}{}", terms(&world, "reveal")));
    let arch_wire::control::Answer::Reload(_) = agent.call(&arch_wire::control::Call::Reload {})
    else {
        panic!("{}", agent.log())
    };
    assert_eq!(agent.wait_end(third).row.state, "disputed", "{}", agent.log());
    settled(&mut agent, &world, 3);
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

fn metrics(world: &World) -> String {
    use std::io::{Read as _, Write as _};
    let path = world.path("state/run/metrics.sock");
    let mut line = std::os::unix::net::UnixStream::connect(path).unwrap();
    line.write_all(b"GET /metrics HTTP/1.0\r\n\r\n").unwrap();
    let mut page = String::new();
    line.read_to_string(&mut page).unwrap();
    page
}
