//! Disputes played to their end, or to some message, into a ledger and an archive.

use arch_dispute::{
    Court, Dispute, Factors, Facts, Message, Proof, ProofCheck, Recorded, Resolver, Says, Side,
    Statement, Task, book, replay, reply, rule, seal,
};
use arch_identity::{Digest, SigningKey, Timestamp};
use arch_ledger::Record;
use arch_stakes::entry_of;

use super::clerk::{Clerk, settlement};
use super::dev::Poseidon2;
use super::numbers::{Numbers, leaf};
use super::stage::{
    CHALLENGER, JUDGES, RESPONDENT, challenge, ground, holding, job, key, list, start,
};
use crate::world::World;

/// While a dispute is made, whoever makes it believes everything.
struct Credulous;

impl ProofCheck for Credulous {
    fn holds(&self, _: &Statement, _: &Proof) -> bool {
        true
    }
}

pub(crate) fn post(key: &SigningKey, says: Says) -> String {
    posted(key, says, NONCE)
}

const NONCE: &str = "00112233445566778899aabbccddeeff";

fn posted(key: &SigningKey, says: Says, nonce: &str) -> String {
    let nonce = matches!(says, Says::Challenge(_)).then(|| nonce.parse().unwrap());
    seal(&Message::new(key.public().clone(), says, nonce), key).unwrap()
}

/// The state after these messages.
pub(crate) fn state(facts: &Facts, record: &[Recorded], now: Timestamp) -> Dispute {
    let court = Court { facts, digester: &Poseidon2, proofs: &Credulous };
    replay(&court, record, now).unwrap().0
}

/// A whole dispute, settled; gives its digest. What of each message becomes an entry may be changed on
/// the way, and how it is settled.
pub(crate) fn dispute(
    clerk: &mut Clerk,
    numbers: &Numbers,
    resolver: Resolver,
    changes: &Changes,
) -> Digest {
    play(clerk, numbers, resolver, changes, None)
}

/// A dispute that goes on, up to so many messages of this word; gives its digest.
pub(crate) fn dispute_until(
    clerk: &mut Clerk,
    numbers: &Numbers,
    resolver: Resolver,
    until: (&str, usize),
) -> Digest {
    play(clerk, numbers, resolver, &Changes::none(), Some(until))
}

fn play(
    clerk: &mut Clerk,
    numbers: &Numbers,
    resolver: Resolver,
    changes: &Changes,
    until: Option<(&str, usize)>,
) -> Digest {
    clerk.deposits();
    let list = list(numbers);
    let known = clerk.commit(numbers, &list);
    go_on(clerk, numbers, known, NONCE, (resolver, changes, until))
}

/// The same dispute once more, in a ledger that has it; gives its digest.
pub(crate) fn again(world: &World, numbers: &Numbers) -> String {
    let mut clerk = Clerk::open(world);
    clerk.now = start().plus(100);
    let entries = clerk.ledger.entries(0).map(Result::unwrap);
    let is_list = |record: &Record| matches!(record, Record::Committed { .. });
    let entry = entries.into_iter().find(|entry| is_list(&entry.record)).unwrap();
    let leaf = Digest::from_bytes(*entry.leaf().as_bytes());
    let task = Task { job: job(), attempt: 1, entry: entry.index, leaf };
    let facts = list(numbers).facts(task.entry, leaf).unwrap().unwrap();
    let how = (Resolver::Groth16, &Changes::none(), None);
    go_on(&mut clerk, numbers, (task, facts), "ffeeddccbbaa99887766554433221100", how).hex()
}

fn go_on(
    clerk: &mut Clerk,
    numbers: &Numbers,
    (task, mut facts): (Task, Facts),
    nonce: &str,
    (resolver, changes, until): (Resolver, &Changes, Option<(&str, usize)>),
) -> Digest {
    let list = list(numbers);
    let ground = ground(numbers);
    let factors = Factors::load(&ground, numbers).unwrap();
    facts.inputs = Some(factors.roots());
    let mut record: Vec<Recorded> = Vec::new();
    let mut says = challenge(numbers, task, &list, resolver);
    (changes.says)(&mut says);
    let mut file = posted(&key(CHALLENGER), says, nonce);
    loop {
        let (said, heard) = clerk.said(&file);
        let mut unit = vec![said];
        record.push(Recorded { at: clerk.now.plus(1), heard });
        let now = state(&facts, &record, clerk.now.plus(1));
        match &record.last().unwrap().heard.says() {
            Says::Challenge(_) => unit.extend(book::stake(now.case()).iter().map(entry_of)),
            Says::Verdict(_) => {
                let judge = record.last().unwrap().heard.by().clone();
                unit.push(entry_of(&book::stake_of_judge(now.case(), &judge)));
            }
            _ => {}
        }
        (changes.entries)(&mut unit);
        clerk.write(&unit);
        if let Some((word, times)) = until {
            let said = record.iter().filter(|said| said.heard.says().word() == word);
            if said.count() == times {
                return now.case().id;
            }
        }
        let next = Side::BOTH.into_iter().find_map(|side| {
            let c = [&numbers.right, &numbers.wrong][usize::from(side == Side::Respondent)];
            let leaf = leaf(c, &ground);
            let by = [CHALLENGER, RESPONDENT][usize::from(side == Side::Respondent)];
            let mut says = reply(&now, side, &holding(&factors, &leaf))?;
            (changes.says)(&mut says);
            Some(post(&key(by), says))
        });
        let verdict = || {
            let Dispute::Decided(decided) = &now else { return None };
            let judge = decided.judge()?;
            let judge = JUDGES.into_iter().map(key).find(|key| key.public() == judge)?;
            let court = Court { facts: &facts, digester: &Poseidon2, proofs: &Credulous };
            Some(post(&judge, rule(&court, &now)?))
        };
        match next.or_else(verdict) {
            Some(next) => file = next,
            None => break,
        }
    }
    let ended = state(&facts, &record, clerk.now);
    let mut unit = settlement(&ended);
    (changes.entries)(&mut unit);
    clerk.write(&unit);
    ended.case().id
}

/// What is done to the entries of a unit.
type Unit = dyn Fn(&mut Vec<Record>);

/// What whoever keeps the ledger, or says something, does otherwise than he should.
pub(crate) struct Changes {
    pub(crate) says: Box<dyn Fn(&mut Says)>,
    pub(crate) entries: Box<Unit>,
}

impl Changes {
    pub(crate) fn none() -> Self {
        Self { says: Box::new(|_| {}), entries: Box::new(|_| {}) }
    }
}

/// A world with a dispute that was settled by a proof, and the dispute's digest.
pub(crate) fn settled() -> (World, String) {
    with(Resolver::Groth16, &Changes::none())
}

pub(crate) fn with(resolver: Resolver, changes: &Changes) -> (World, String) {
    let (world, numbers) = (World::empty(), Numbers::new());
    numbers.write(&world);
    let id = dispute(&mut Clerk::open(&world), &numbers, resolver, changes);
    (world, id.hex())
}
