//! The vectors of docs/DISPUTES.md: one dispute as files, what each message is called, and where it leads.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests may be blunt"
)]

#[path = "../src/simulator/world/mod.rs"]
#[allow(dead_code, unreachable_pub, reason = "the simulator's, of which this needs a part")]
mod world;

use arch_dispute::{
    Believed, Court, Dispute, Facts, Finding, Heard, Message, Recorded, Resolver, Says, Side,
    replay, reply, rule, seal,
};
use arch_document::SignedDocument;
use arch_identity::{Digest, SigningKey, Timestamp};
use world::{
    TERMS, World,
    player::{Lie, Marked, Player},
    stand_ins::StandIns,
};

const PAGE: &str = include_str!("../../../docs/DISPUTES.md");
const REVEALED: &str = include_str!("vectors/reveal.jsonl");
const PROVED: &str = include_str!("vectors/groth16.jsonl");
const EAGER: &str = include_str!("vectors/eager.jsonl");

/// How a vector's dispute is settled, and what its parties committed to.
#[derive(Clone, Copy)]
struct Kind {
    resolver: Resolver,
    marked: Marked,
}

const BY_SHOWING: Kind = Kind { resolver: Resolver::Reveal, marked: Marked::OnDispute };
const BY_PROOF: Kind = Kind { resolver: Resolver::Groth16, marked: Marked::OnDispute };
const WITH_MARKS: Kind = Kind { resolver: Resolver::Groth16, marked: Marked::Own };

fn start() -> Timestamp {
    "2026-11-26T12:00:00Z".parse().unwrap()
}

fn post(key: &SigningKey, says: Says) -> String {
    let nonce = matches!(says, Says::Challenge(_));
    let nonce = nonce.then(|| "00112233445566778899aabbccddeeff".parse().unwrap());
    seal(&Message::new(key.public().clone(), says, nonce), key).unwrap()
}

fn read(text: &str) -> Heard {
    Heard::check(&SignedDocument::parse("message.dsse.json", text.as_bytes()).unwrap()).unwrap()
}

fn world(stand_ins: &StandIns, marked: Marked) -> World {
    match marked {
        Marked::OnDispute => World::new(stand_ins, 3, [40, 200, 36], 0),
        // Four leaves, so that there is a way to the root.
        Marked::Own | Marked::Right => World::new(stand_ins, 3, [150, 200, 170], 0),
    }
}

fn facts(world: &World, commits: [&Heard; 2]) -> Facts {
    let pool: Vec<_> = world.judges.iter().map(|key| key.public().clone()).collect();
    let both = [Resolver::Reveal, Resolver::Groth16];
    let mut facts = Facts::new(world.task, TERMS, &both, &pool);
    assert!(commits.iter().all(|commit| facts.anchor(commit)));
    facts
}

/// Plays the dispute: a line for each message.
fn played(stand_ins: &StandIns, Kind { resolver, marked }: Kind) -> Vec<String> {
    let world = world(stand_ins, marked);
    let player = |part: usize, lie| Player {
        world: &world,
        digester: stand_ins,
        prover: stand_ins,
        key: &world.keys[part],
        part,
        lie,
        marked,
    };
    let lie = Lie { tile: world.ground.tiles() / 2, at: 5, by: 1, step: 1 };
    let players = [player(0, None), player(1, Some(lie))];
    let mut files: Vec<String> =
        players.iter().map(|player| post(player.key, player.commit().spec.says)).collect();
    let commits = [read(&files[0]), read(&files[1])];
    let facts = facts(&world, [&commits[0], &commits[1]]);
    let court = Court { facts: &facts, digester: stand_ins, proofs: stand_ins };
    let stands = [0, 1].map(|n: usize| players[n].stand(commits[n].digest()));
    let challenge = players[0].challenge(stands, resolver);
    files.push(post(players[0].key, Says::Challenge(Box::new(challenge))));
    let mut dispute = Dispute::open(&court, &read(&files[2]), start()).unwrap();
    loop {
        let next = Side::BOTH
            .into_iter()
            .zip(&players)
            .find_map(|(side, player)| Some(post(player.key, reply(&dispute, side, player)?)));
        let next = next.or_else(|| {
            let Dispute::Decided(decided) = &dispute else { return None };
            let judge = world.judges.iter().find(|key| decided.judge() == Some(key.public()));
            Some(post(judge?, rule(&court, &dispute)?))
        });
        let Some(next) = next else { return files };
        let at = start().plus(files.len() as u64 - 2);
        dispute = dispute.hear(&court, &read(&next), at).unwrap();
        files.push(next);
    }
}

/// The rows of the page's table, from the files alone.
fn rows(stand_ins: &StandIns, files: &str, marked: Marked) -> (Vec<String>, Vec<Recorded>, Facts) {
    let heard: Vec<Heard> = files.lines().map(read).collect();
    let facts = facts(&world(stand_ins, marked), [&heard[0], &heard[1]]);
    let court = Court { facts: &facts, digester: stand_ins, proofs: stand_ins };
    let record: Vec<Recorded> = (0..)
        .zip(&heard[2..])
        .map(|(n, heard)| Recorded { at: start().plus(n), heard: heard.clone() })
        .collect();
    let mut rows = Vec::new();
    for length in 1..=record.len() {
        let heard = &record[length - 1].heard;
        let (state, rejected) = replay(&court, &record[..length], start()).unwrap();
        assert_eq!(rejected, []);
        let stage = state.stage().map_or("–".to_owned(), |stage| format!("`{}`", stage.hex()));
        let (word, digest) = (heard.says().word(), heard.digest().hex());
        rows.push(format!("| {word} | `{digest}` | {stage} | {} |", state.word()));
    }
    (rows, record, facts)
}

fn check(files: &str, kind: Kind) -> StandIns {
    let stand_ins = StandIns::default();
    let made: String = played(&stand_ins, kind).concat();
    assert!(made == files, "the file of vectors would be:\n{made}");
    let (rows, record, facts) = rows(&stand_ins, files, kind.marked);
    for row in &rows {
        assert!(PAGE.contains(row.as_str()), "the page would have:\n{}", rows.join("\n"));
    }
    let court = Court { facts: &facts, digester: &stand_ins, proofs: &stand_ins };
    let (state, _) = replay(&court, &record, start()).unwrap();
    let subject = state.case().subject().hex();
    assert!(PAGE.contains(&subject), "the subject is {subject}");
    if let Some(proof) = record.iter().position(|r| matches!(r.heard.says(), Says::Proof(_))) {
        let (state, _) = replay(&court, &record[..proof], start()).unwrap();
        let Dispute::AwaitsProof(state) = state else { panic!("{}", state.word()) };
        let place = std::str::from_utf8(state.statement().place()).unwrap();
        assert!(PAGE.contains(place), "the place is:\n{place}");
    }
    stand_ins
}

/// What is found at the end of a record, whoever judges.
fn found(files: &str, kind: Kind) -> Finding {
    let stand_ins = check(files, kind);
    let (_, record, facts) = rows(&stand_ins, files, kind.marked);
    let court = Court { facts: &facts, digester: &stand_ins, proofs: &stand_ins };
    let (state, _) = replay(&court, &record, start()).unwrap();
    let Dispute::Ended(ended) = state else { panic!("{}", state.word()) };
    ended.finding.unwrap()
}

#[test]
fn what_was_proved_under_a_key_that_is_revoked_later_may_be_disputed_again_and_nothing_else() {
    let shown = found(REVEALED, BY_SHOWING);
    let proved = found(PROVED, BY_PROOF);
    let key = proved.believed.clone().unwrap();
    assert!(proved.is_reopenable(|believed| *believed == key));
    let other = Believed { circuit: key.circuit.clone(), key: Digest::of(b"another key") };
    assert!(!proved.is_reopenable(|believed| *believed == other));
    assert_eq!(shown.believed, None);
    assert!(!shown.is_reopenable(|_| true));
}

#[test]
fn the_dispute_of_the_page_is_made_and_replayed_as_it_stands_there() {
    check(REVEALED, BY_SHOWING);
    check(PROVED, BY_PROOF);
    check(EAGER, WITH_MARKS);
}
