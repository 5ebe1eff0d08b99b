//! A node's ledger and archive with a dispute in it, made by the crates that an agent has: real digests,
//! a real proof under the dev key, and a respondent who lies about one value.

use arch_archive::Archive;
use arch_circuits::Circuit;
use arch_dispute::{
    Agreed, Challenge, Commit, Court, Dispute, Factors, Facts, Ground, Heard, Holding, Line, List,
    Message, Proof, ProofCheck, ProofKey, Recorded, Resolver, Says, Side, Stand, Statement, Task,
    Terms, book, replay, reply, rule, seal,
};
use arch_document::SignedDocument;
use arch_identity::{Algorithm, Digest, KeyKind, KeyPair, SigningKey, Timestamp, keyfile};
use arch_ledger::{BondShare, Ledger, Record};
use arch_matrix::{
    Cell, Format, Matrix, Part,
    commit::{Commitment, LeafTree},
    file::Dtype,
};

pub(crate) use super::dev::{Poseidon2, dev};
pub(crate) use super::numbers::{Numbers, leaf, npy_bytes};
use crate::world::World;

pub(crate) const CELL: Cell = Cell { row: 0, column: 0 };
pub(crate) const TERMS: Terms =
    Terms { bond: 101, answer: 600, exchange: 600, proof: 600, verdict: 600 };

pub(crate) fn key(number: u8) -> SigningKey {
    SigningKey::from_seed(Algorithm::Ed25519, &[number; 32])
}

/// A key file of that number; gives its name.
pub(crate) fn key_file(world: &World, number: u8) -> String {
    use std::os::unix::fs::PermissionsExt;
    let name = format!("{number}.key");
    let pair = KeyPair::from_seed(KeyKind::Ed25519, &[number; 32]);
    world.write(&name, &keyfile::write_plain(&pair));
    let secret = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(world.path(&name), secret).unwrap();
    name
}

/// Challenger, respondent, and three who offered to judge.
pub(crate) const CHALLENGER: u8 = 1;
pub(crate) const RESPONDENT: u8 = 2;
pub(crate) const JUDGES: [u8; 3] = [101, 102, 103];

/// What was asked for. Nobody signed it here: disputes ask for its inputs alone.
const JOB: &str = "\
apiVersion: arch.network/v1
kind: Job
metadata:
  name: product
  owner: \"user:ada\"
  nonce: \"00112233445566778899aabbccddeeff\"
  notBefore: \"2026-11-26T00:00:00Z\"
  notAfter: \"2026-11-27T00:00:00Z\"
spec:
  runtime: matrix
  matrix: { a: { input: a }, b: { input: b }, format: i8 }
  resources: { cpu: \"500m\", memory: \"64Mi\", timeout: \"1m\" }
  inputs:
    a: \"file:///srv/a.npy\"
    b: \"file:///srv/b.npy\"
  outputs:
    product: \"archive:product.npy\"
";

pub(crate) fn job() -> Digest {
    SignedDocument::parse("job.yaml", JOB.as_bytes()).unwrap().digest()
}

pub(crate) fn start() -> Timestamp {
    "2026-11-26T12:00:00Z".parse().unwrap()
}

/// While a dispute is made, whoever makes it believes everything.
struct Credulous;

impl ProofCheck for Credulous {
    fn holds(&self, _: &Statement, _: &Proof) -> bool {
        true
    }
}

pub(crate) fn agreed() -> Agreed {
    Agreed {
        terms: TERMS,
        resolvers: vec![Resolver::Groth16, Resolver::Reveal],
        judges: JUDGES.map(|judge| key(judge).public().clone()).to_vec(),
        keys: vec![ProofKey {
            circuit: Circuit::Tile.id().to_owned(),
            version: 1,
            key: dev().digest(),
        }],
        dev_keys: true,
        marks: arch_dispute::Marks::OnDispute,
    }
}

pub(crate) fn commitment(numbers: &Numbers, part: Part, c: &Matrix<i32>) -> Commitment {
    let region = part.region(&numbers.grid).unwrap();
    let values = c.piece(&region.rows, &region.columns);
    Commitment::of(Format::I8, numbers.grid, part, &values).unwrap()
}

/// What whoever computed each part says.
pub(crate) fn list(numbers: &Numbers) -> List {
    let line = |node: usize, part, c, by| {
        let commitment = commitment(numbers, part, c);
        let says = Commit { job: job(), attempt: 1, commitment, marks: vec![] };
        Line::signed(node, says, &key(by)).unwrap()
    };
    let lines = vec![
        line(0, Part::Row { index: 0 }, &numbers.right, CHALLENGER),
        line(1, Part::Column { index: 0 }, &numbers.wrong, RESPONDENT),
    ];
    List::new(job(), 1, Some(agreed()), lines)
}

/// The same, of which the challenger computed nothing.
pub(crate) fn list_of_others(numbers: &Numbers) -> List {
    let line = |node: usize, part, c, by| {
        let commitment = commitment(numbers, part, c);
        let says = Commit { job: job(), attempt: 1, commitment, marks: vec![] };
        Line::signed(node, says, &key(by)).unwrap()
    };
    let lines = vec![
        line(0, Part::Row { index: 0 }, &numbers.right, 7),
        line(1, Part::Column { index: 0 }, &numbers.wrong, RESPONDENT),
    ];
    List::new(job(), 1, Some(agreed()), lines)
}

/// Who writes the ledger and the archive, as an agent would.
pub(crate) struct Clerk {
    pub(crate) ledger: Ledger,
    pub(crate) archive: Archive,
    pub(crate) now: Timestamp,
}

impl Clerk {
    pub(crate) fn open(world: &World) -> Self {
        let ledger = world.ledger("state/ledger", start());
        let archive = Archive::open(&world.path("state/archive")).unwrap();
        Self { ledger, archive, now: start() }
    }

    pub(crate) fn write(&mut self, records: &[Record]) -> u64 {
        self.now = self.now.plus(1);
        self.ledger.append(self.now, records).unwrap()[0].index()
    }

    /// Units for everybody.
    pub(crate) fn deposits(&mut self) {
        for number in [CHALLENGER, RESPONDENT, JUDGES[0], JUDGES[1], JUDGES[2]] {
            let (source, account) = (Digest::of(&[number]), key(number).public().did());
            self.write(&[Record::Deposit { source, account, units: 1_000 }]);
        }
    }

    /// The job, as far as somebody has computed.
    fn accept(&mut self, numbers: &Numbers) {
        self.archive.keep_document(&job(), JOB.as_bytes()).unwrap();
        let input = |name: &str, matrix: &Matrix<i8>| {
            let bytes = npy_bytes(Dtype::I8, matrix);
            (name.to_owned(), self.archive.put(&bytes).unwrap())
        };
        let inputs = [input("a", &numbers.a), input("b", &numbers.b)].into();
        let accepted = Record::Accepted {
            document: job(),
            name: "product".to_owned(),
            owner: "user:ada".to_owned(),
            module: None,
            inputs,
            policy: Digest::of(b"policy"),
            rules: vec![],
            grants: vec![],
        };
        let environment = Digest::of(b"environment");
        let started = Record::Started { document: job(), attempt: 1, environment };
        self.write(&[accepted, started]);
    }

    /// The entry of a list, whatever it says, and the task that it makes.
    pub(crate) fn anchor(&mut self, numbers: &Numbers, list: &List) -> Task {
        self.accept(numbers);
        let commitments = self.archive.put(&serde_json::to_vec(list).unwrap()).unwrap();
        let record = Record::Committed { document: job(), attempt: 1, commitments };
        let index = self.write(&[record]);
        let leaf = self.ledger.entry(index).unwrap().leaf();
        let leaf = Digest::from_bytes(*leaf.as_bytes());
        Task { job: job(), attempt: 1, entry: index, leaf }
    }

    /// The same, of a list that is one, with what it says.
    pub(crate) fn commit(&mut self, numbers: &Numbers, list: &List) -> (Task, Facts) {
        let task = self.anchor(numbers, list);
        (task, list.facts(task.entry, task.leaf).unwrap().unwrap())
    }

    /// The entry that a message was heard.
    pub(crate) fn said(&self, file: &str) -> (Record, Heard) {
        let heard = read(file);
        self.archive.keep_document(&heard.digest(), file.as_bytes()).unwrap();
        let dispute = match heard.says() {
            Says::Commit(_) => None,
            Says::Challenge(_) => Some(heard.digest()),
            other => other.stage().map(|(dispute, _)| dispute),
        };
        let (message, word) = (heard.digest(), heard.says().word().to_owned());
        let by = heard.by().did();
        (Record::Said { document: job(), dispute, message, word, by }, heard)
    }
}

pub(crate) fn read(file: &str) -> Heard {
    let document = SignedDocument::parse("message.dsse.json", file.as_bytes()).unwrap();
    Heard::check(&document).unwrap()
}

/// The entry that an operation on the book is.
pub(crate) fn booked(op: &book::Op) -> Record {
    match op.clone() {
        book::Op::Deposit { entry, account, units } => {
            Record::Deposit { source: entry, account: account.did(), units }
        }
        book::Op::Lock { dispute, account, units } => {
            Record::Bond { dispute, account: account.did(), units }
        }
        book::Op::Release { dispute, account } => {
            Record::BondReturned { dispute, account: account.did() }
        }
        book::Op::Slash { dispute, account, shares, burnt } => {
            let share = |share: &book::Share| BondShare { to: share.to.did(), units: share.units };
            let shares = shares.iter().map(share).collect();
            Record::BondLost { dispute, account: account.did(), shares, burnt }
        }
    }
}

/// The entry that says how a dispute ended, and those that pay out.
pub(crate) fn settlement(dispute: &Dispute) -> Vec<Record> {
    let Dispute::Ended(ended) = dispute else { panic!("{}", dispute.word()) };
    let finding = ended.finding.as_ref();
    let faults = finding.map(|finding| finding.at_fault.clone()).unwrap_or_default();
    let did = |fault: &arch_dispute::Fault| ended.case.parties.of(fault.who).did();
    let settled = Record::Settled {
        document: ended.case.task.job,
        dispute: ended.case.id,
        upheld: finding.is_some_and(arch_dispute::Finding::upheld),
        at_fault: faults.iter().map(did).collect(),
        judge: ended.judge.as_ref().map(|judge| judge.did()),
        key: finding.and_then(|f| f.believed.as_ref()).map(|believed| believed.key),
    };
    let payout = book::settle(ended);
    [settled].into_iter().chain(payout.iter().map(booked)).collect()
}

pub(crate) fn post(key: &SigningKey, says: Says) -> String {
    posted(key, says, NONCE)
}

const NONCE: &str = "00112233445566778899aabbccddeeff";

fn posted(key: &SigningKey, says: Says, nonce: &str) -> String {
    let nonce = matches!(says, Says::Challenge(_)).then(|| nonce.parse().unwrap());
    seal(&Message::new(key.public().clone(), says, nonce), key).unwrap()
}

/// Where the two meet.
pub(crate) fn ground(numbers: &Numbers) -> Ground {
    let list = list(numbers);
    let [one, other] = &list.commitments[..] else { panic!("two lines") };
    Ground::common(&one.commitment, &other.commitment, CELL, 0).unwrap()
}

pub(crate) fn challenge(numbers: &Numbers, task: Task, list: &List, resolver: Resolver) -> Says {
    let place = numbers.grid.cell(CELL);
    let stand = |line: usize, c: &Matrix<i32>| {
        let tree = LeafTree::of_cell(Format::I8, c, &place.rows, &place.columns);
        let commit = list.messages().unwrap()[line].1.digest();
        Stand { commit, hash: tree.leaves()[0], path: tree.path(0).unwrap() }
    };
    let ground = ground(numbers);
    let factors = Factors::load(&ground, numbers).unwrap();
    let leaf = leaf(&numbers.right, &ground);
    let holding = Holding {
        factors: &factors,
        leaf: &leaf,
        marks_path: &[],
        digester: &Poseidon2,
        prover: dev(),
    };
    let marks = arch_dispute::Own::marks(&holding, &ground);
    let challenge = Challenge {
        task,
        cell: CELL,
        leaf: 0,
        challenger: stand(0, &numbers.right),
        respondent: stand(1, &numbers.wrong),
        marks,
        marks_path: vec![],
        inputs: factors.roots(),
        resolver,
        terms: TERMS,
    };
    Says::Challenge(Box::new(challenge))
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
            Says::Challenge(_) => unit.extend(book::stake(now.case()).iter().map(booked)),
            Says::Verdict(_) => {
                let judge = record.last().unwrap().heard.by().clone();
                unit.push(booked(&book::stake_of_judge(now.case(), &judge)));
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
            let holding = Holding {
                factors: &factors,
                leaf: &leaf,
                marks_path: &[],
                digester: &Poseidon2,
                prover: dev(),
            };
            let by = [CHALLENGER, RESPONDENT][usize::from(side == Side::Respondent)];
            let mut says = reply(&now, side, &holding)?;
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
