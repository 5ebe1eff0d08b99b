//! One dispute with the real digests and a real proof, carried through by files.
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

#[path = "circuits/dev.rs"]
mod dev;

use arch_dispute::{
    Court, Dispute, Facts, Heard, Message, Pair, Proof, ProofCheck as _, Recorded, Rejected,
    Resolver, Rule, Says, Side, Statement, StepNumbers, StepProver, replay, reply, rule, seal,
};
use arch_document::SignedDocument;
use arch_identity::{SigningKey, Timestamp};
use dev::{Dev, Poseidon2, dev};
use world::{
    TERMS, World,
    player::{Lie, Marked, Player, Prover},
};

impl Prover for Dev {
    fn prove(
        &self,
        statement: &Statement,
        [a, b, before]: [Vec<i64>; 3],
        after: &[i64],
    ) -> Option<Proof> {
        let numbers = StepNumbers { a, b, before, after: after.to_vec() };
        StepProver::prove(self, statement, &numbers)
    }
}

/// Nobody proves anything.
struct NoProver;

impl Prover for NoProver {
    fn prove(&self, _: &Statement, _: [Vec<i64>; 3], _: &[i64]) -> Option<Proof> {
        None
    }
}

fn post(key: &SigningKey, says: Says) -> String {
    let nonce = matches!(says, Says::Challenge(_));
    let nonce = nonce.then(|| "00112233445566778899aabbccddeeff".parse().unwrap());
    seal(&Message::new(key.public().clone(), says, nonce), key).unwrap()
}

fn read(text: &str) -> Heard {
    Heard::check(&SignedDocument::parse("message.dsse.json", text.as_bytes()).unwrap()).unwrap()
}

#[test]
fn a_liar_is_named_by_a_real_proof_and_the_record_is_replayed_from_its_files() {
    let circuits = dev();
    let world = World::new(&Poseidon2, 11, [40, 300, 36], 0);
    let lie = Lie { tile: 3, at: 17, by: 1, step: 1 };
    let player = |part: usize, lie, prover| Player {
        world: &world,
        digester: &Poseidon2,
        prover,
        key: &world.keys[part],
        part,
        lie,
        marked: Marked::OnDispute,
    };
    let players = Pair {
        challenger: player(0, None, circuits as &dyn Prover),
        respondent: player(1, Some(lie), &NoProver),
    };
    let pool: Vec<_> = world.judges.iter().map(|key| key.public().clone()).collect();
    let mut facts = Facts::new(world.task, TERMS, &[Resolver::Groth16], &pool);
    let commits = Side::BOTH.map(|side| {
        let player = players.of(side);
        read(&post(player.key, player.commit().spec.says))
    });
    assert!(commits.iter().all(|commit| facts.anchor(commit)));
    let stands = [
        players.challenger.stand(commits[0].digest()),
        players.respondent.stand(commits[1].digest()),
    ];
    let challenge = players.challenger.challenge(stands, Resolver::Groth16);
    let start: Timestamp = "2026-11-26T12:00:00Z".parse().unwrap();
    let mut files = vec![post(players.challenger.key, Says::Challenge(Box::new(challenge)))];
    let court = Court { facts: &facts, digester: &Poseidon2, proofs: circuits };
    let record = |files: &[String]| -> Vec<Recorded> {
        (0..)
            .zip(files)
            .map(|(n, text)| Recorded { at: start.plus(n), heard: read(text) })
            .collect()
    };
    // Each takes up the dispute from the files alone, every time.
    let taken_up = |files: &[String]| replay(&court, &record(files), start).unwrap().0;
    loop {
        let dispute = taken_up(&files);
        let next = Side::BOTH.into_iter().find_map(|side| {
            let player = players.of(side);
            Some(post(player.key, reply(&dispute, side, player)?))
        });
        match next {
            Some(file) => files.push(file),
            None => break,
        }
    }
    let Some(Recorded { heard, .. }) = record(&files).pop() else { panic!() };
    let Says::Proof(proof) = heard.says() else { panic!("{}", heard.says().word()) };
    assert_eq!(proof.proof.0.len(), 128);
    let dispute = taken_up(&files);
    let Dispute::Decided(decided) = &dispute else { panic!("{}", dispute.word()) };
    let judge = decided.judge().unwrap();
    let key = world.judges.iter().find(|key| key.public() == judge).unwrap();
    files.push(post(key, rule(&court, &dispute).unwrap()));
    let Dispute::Ended(ended) = taken_up(&files) else { panic!() };
    let [fault] = ended.finding.as_ref().unwrap().at_fault[..] else { panic!() };
    assert_eq!((fault.who, fault.rule), (Side::Respondent, Rule::Proved));
    assert_eq!(ended.judge.as_ref(), Some(judge));
    let bytes: usize = files.iter().map(String::len).sum();
    assert!(bytes < 64 << 10, "{bytes} bytes for the whole dispute");

    // The same proof is none for other sums, nor in another place.
    let before = taken_up(&files[..files.len() - 2]);
    let Dispute::AwaitsProof(state) = &before else { panic!("{}", before.word()) };
    assert!(circuits.holds(state.statement(), proof));
    let lie = Proof { after: state.located().after.respondent, ..proof.clone() };
    let by = players.respondent.key;
    let told = before.hear(&court, &read(&post(by, Says::Proof(lie))), start.plus(9));
    assert_eq!(told, Err(Rejected::NothingProved));
    let again = players.challenger.challenge(
        [
            players.challenger.stand(commits[0].digest()),
            players.respondent.stand(commits[1].digest()),
        ],
        Resolver::Groth16,
    );
    let message = Message::new(
        players.challenger.key.public().clone(),
        Says::Challenge(Box::new(again)),
        Some("ffffffffffffffffffffffffffffffff".parse().unwrap()),
    );
    let heard = read(&seal(&message, players.challenger.key).unwrap());
    let mut other = Dispute::open(&court, &heard, start).unwrap();
    while !matches!(other, Dispute::AwaitsProof(_)) {
        let (side, says) = Side::BOTH
            .into_iter()
            .find_map(|side| Some((side, reply(&other, side, players.of(side))?)))
            .unwrap();
        let heard = read(&post(players.of(side).key, says));
        other = other.hear(&court, &heard, start).unwrap();
    }
    let Dispute::AwaitsProof(elsewhere) = &other else { panic!() };
    assert_eq!(elsewhere.located(), state.located());
    assert!(!circuits.holds(elsewhere.statement(), proof), "a proof of another dispute");
}
