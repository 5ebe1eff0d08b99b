//! Who writes a node's ledger and archive, as an agent would.

use arch_archive::Archive;
use arch_dispute::{Dispute, Facts, Heard, List, Says, Task, book};
use arch_document::SignedDocument;
use arch_identity::{Digest, Timestamp};
use arch_ledger::{Ledger, Record};
use arch_matrix::{Matrix, file::Dtype};
use arch_stakes::entry_of;

use super::numbers::{Numbers, npy_bytes};
use super::stage::{CHALLENGER, JOB, JUDGES, RESPONDENT, job, key, start};
use crate::world::World;

/// Ledger and archive of a node, open.
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
    [settled].into_iter().chain(payout.iter().map(entry_of)).collect()
}
