//! One dispute with the real digests and a real proof, carried through by files.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests may be blunt"
)]

#[path = "../src/simulator/world.rs"]
#[allow(dead_code, unreachable_pub, reason = "the simulator's, of which this needs a part")]
mod world;

use arch_circuits::{
    Circuit, Fr, System,
    field::{from_bytes, to_bytes},
    groth16::{Groth16Proof, ProvingKey, dev_key, prove},
    tile::{self, TileShape, TileStatement, TileStep, context},
    tile_numbers,
};
use arch_dispute::{
    Bytes, Court, Digester, Dispute, Facts, Heard, Message, Pair, Proof, ProofCheck, Recorded,
    Rejected, Resolver, Rule, Says, Side, Statement, Tile, TileDigest, replay, reply, rule, seal,
};
use arch_document::SignedDocument;
use arch_identity::{Digest, SigningKey, Timestamp};
use arch_matrix::Format;
use world::{Lie, Marked, Player, Prover, TERMS, World};

/// The circuits' digests, and one key that everybody could forge with: it is for tests.
struct Circuits {
    system: &'static System,
    key: ProvingKey,
}

impl Circuits {
    fn new() -> Self {
        let system = Circuit::Tile.system();
        Self { system, key: dev_key(system).unwrap() }
    }

    fn statement(statement: &Statement, after: TileDigest) -> Option<TileStatement> {
        let number = |digest: TileDigest| from_bytes(digest.as_bytes()).ok();
        Some(TileStatement {
            context: context(statement.place()),
            a: number(statement.a())?,
            b: number(statement.b())?,
            before: number(statement.before())?,
            after: number(after)?,
        })
    }
}

struct Poseidon2;

impl Digester for Poseidon2 {
    fn digest(&self, format: Format, tile: Tile, numbers: &[i64]) -> Option<TileDigest> {
        let tile = match tile {
            Tile::A => tile::Tile::A,
            Tile::B => tile::Tile::B,
            Tile::Sums => tile::Tile::Sums,
        };
        assert_eq!(format, Format::I8);
        let digest: Fr = TileShape::I8_128.leaf(tile, numbers).ok()?;
        Some(TileDigest::from_bytes(to_bytes(&digest)))
    }
}

impl Prover for Circuits {
    fn prove(
        &self,
        statement: &Statement,
        [a, b, before]: [Vec<i64>; 3],
        _: &[i64],
    ) -> Option<Proof> {
        let step = TileStep::compute(TileShape::I8_128, a, b, before).ok()?;
        let after = step.statement(context(statement.place())).after;
        let after = TileDigest::from_bytes(to_bytes(&after));
        let stated = Self::statement(statement, after)?;
        let proof = prove(self.system, &self.key, &tile_numbers(&stated, &step), &[3; 32]).ok()?;
        let key = Digest::from_bytes(self.key.verifying().sha256());
        Some(Proof {
            dispute: key,
            stage: key,
            circuit: Circuit::Tile.id().into(),
            key,
            after,
            proof: Bytes(proof.to_bytes().to_vec()),
        })
    }
}

impl ProofCheck for Circuits {
    fn holds(&self, statement: &Statement, proof: &Proof) -> bool {
        let verifying = self.key.verifying();
        let known = proof.circuit == Circuit::Tile.id()
            && proof.key.as_bytes() == &verifying.sha256()
            && statement.format() == Format::I8;
        let points = proof.proof.0.as_slice().try_into().ok();
        let points = points.and_then(|bytes| Groth16Proof::read(bytes).ok());
        match (Self::statement(statement, proof.after), points) {
            (Some(stated), Some(points)) if known => verifying.verify(&stated.publics(), &points),
            _ => false,
        }
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
    let circuits = Circuits::new();
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
        challenger: player(0, None, &circuits as &dyn Prover),
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
    let court = Court { facts: &facts, digester: &Poseidon2, proofs: &circuits };
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
