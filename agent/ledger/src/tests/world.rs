//! A fixed world: keys, clock, documents.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use arch_identity::{Digest, KeyKind, KeyPair, Timestamp};

use crate::fault::MemFs;
use crate::fs::Fs;
use crate::journal::{Batches, Step};
use crate::layout::JOURNAL;
use crate::{
    EndState, Ledger, LedgerError, LogKeys, Reader, Record, Recovery, Usage, Verification,
};

static KEYS: LazyLock<LogKeys> = LazyLock::new(|| log_keys(7));

pub(crate) fn log_keys(seed: u8) -> LogKeys {
    LogKeys::new("example.org/node", KeyPair::from_seed(KeyKind::Hybrid, &[seed; 32])).unwrap()
}

pub(crate) fn keys() -> LogKeys {
    KEYS.clone()
}

pub(crate) fn noon() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

pub(crate) fn digest(n: u64) -> Digest {
    Digest::of(&n.to_be_bytes())
}

pub(crate) fn refused(n: u64) -> Record {
    Record::Refused {
        subject: digest(n),
        file: format!("job-{n}.yaml"),
        code: "ARCH-D108".into(),
        message: "key `a` stands twice".into(),
        line: None,
        column: None,
        rule: None,
    }
}

pub(crate) fn accepted(n: u64) -> Record {
    Record::Accepted {
        document: digest(n),
        name: format!("job-{n}"),
        owner: "user:ada".into(),
        module: Some(digest(1000 + n)),
        inputs: BTreeMap::from([("words".into(), digest(5000 + n))]),
        policy: digest(2000),
        rules: vec!["all".into()],
        grants: Vec::new(),
    }
}

pub(crate) fn started(n: u64, attempt: u32) -> Record {
    Record::Started { document: digest(n), attempt, environment: digest(3000) }
}

pub(crate) fn finished(n: u64, state: EndState) -> Record {
    Record::Finished {
        document: digest(n),
        attempt: 1,
        state,
        outcome: "completed".into(),
        code: None,
        outputs: BTreeMap::from([("stdout".into(), digest(4000 + n))]),
        logs: None,
        reads: None,
        fuel: 17,
        usage: Usage::default(),
    }
}

/// One record of each kind that jobs leave.
pub(crate) fn frequent() -> Vec<Record> {
    let interrupted = Record::Interrupted { document: digest(1), attempt: 1, why: "lost".into() };
    vec![refused(1), accepted(1), started(1, 1), interrupted, finished(1, EndState::Completed)]
}

pub(crate) fn open(fs: &MemFs) -> Result<(Ledger<MemFs>, Recovery), LedgerError> {
    Ledger::open(fs.clone(), keys(), noon())
}

/// A ledger with `count` refusals behind its first entry, one batch each; closed.
pub(crate) fn ledger_of(count: u64) -> MemFs {
    let fs = MemFs::default();
    let (mut ledger, _) = open(&fs).unwrap();
    for n in 0..count {
        ledger.append(noon(), &[refused(n)]).unwrap();
    }
    drop(ledger);
    fs
}

/// The journal without the room at its end.
pub(crate) fn bare(fs: &MemFs) -> Vec<u8> {
    let file = fs.open(JOURNAL).unwrap();
    let mut walk = Batches::new(fs, &file).unwrap().unwrap();
    while let Step::Batch(_) = walk.next().unwrap() {}
    let end = usize::try_from(walk.offset()).unwrap();
    fs.files()[JOURNAL][..end].to_vec()
}

/// Takes the room away, so that the next batch has to find some.
pub(crate) fn take_room(fs: &MemFs) {
    fs.tamper(JOURNAL, Some(bare(fs)));
}

/// Reads the folder as a stranger would, with nothing but the public keys.
pub(crate) fn verified(fs: &MemFs) -> Verification {
    Reader::new(fs.clone()).verify(Some(keys().verifiers())).unwrap()
}
