//! A small disk that is really full.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use arch_identity::Digest;
use arch_ledger::{EndState, Entry, Ledger, LedgerError, Reader, Record, StdFs, Usage};

use crate::image::{Image, Kind};
use crate::world::{entries, keys, noon, refused};

/// Left free when the disk is filled, in bytes.
const LEFT: u64 = 150 * 1024;

fn accepted(n: u64) -> Record {
    Record::Accepted {
        document: Digest::of(&n.to_be_bytes()),
        name: format!("job-{n}"),
        owner: "user:ada".into(),
        module: Some(Digest::of(b"module")),
        inputs: BTreeMap::new(),
        policy: Digest::of(b"policy"),
        rules: vec!["all".into()],
        grants: Vec::new(),
    }
}

fn started(n: u64) -> Record {
    let (document, environment) = (Digest::of(&n.to_be_bytes()), Digest::of(b"environment"));
    Record::Started { document, attempt: 1, environment }
}

fn finished(n: u64) -> Record {
    Record::Finished {
        document: Digest::of(&n.to_be_bytes()),
        attempt: 1,
        state: EndState::Completed,
        outcome: "completed".into(),
        code: None,
        outputs: BTreeMap::new(),
        logs: None,
        reads: None,
        fuel: 1,
        usage: Usage::default(),
    }
}

/// A ledger and everything that it acknowledged.
struct Acknowledged {
    ledger: Ledger,
    told: Vec<Entry>,
}

impl Acknowledged {
    fn open(folder: &Path, told: Vec<Entry>) -> Result<Self, LedgerError> {
        let fs = StdFs::open(folder).unwrap();
        Ledger::open(fs, keys(), noon()).map(|(ledger, _)| Self { ledger, told })
    }

    fn append(&mut self, seconds: u64, records: &[Record]) -> Result<(), LedgerError> {
        let anchored = self.ledger.append(noon().plus(seconds), records)?;
        self.told.extend(anchored.iter().map(|anchored| anchored.entry().unwrap()));
        Ok(())
    }
}

/// A stranger finds everything that was acknowledged, and nothing damaged. On a disk without any
/// room the tiles may be behind: then a stranger says that, and no more.
fn looked_at(folder: &Path, told: &[Entry], behind: bool) {
    let reader = Reader::open(folder).unwrap();
    let all = entries(&reader);
    for entry in told {
        assert_eq!(all.get(usize::try_from(entry.index).unwrap()), Some(entry));
    }
    match reader.verify(Some(keys().verifiers())) {
        Ok(said) => assert_eq!(said.size, all.len() as u64),
        Err(failure) => {
            let unfinished = ["ARCH-L011", "ARCH-L014"].contains(&failure.code.as_str());
            assert!(behind && unfinished, "{failure:?}");
        }
    }
}

fn fill(ballast: &Path) {
    let mut file = File::create(ballast).unwrap();
    let block = vec![0x5a; 64 * 1024];
    while file.write_all(&block).is_ok() {}
    file.sync_all().unwrap();
    let len = file.metadata().unwrap().len();
    file.set_len(len - LEFT).unwrap();
    file.sync_all().unwrap();
}

#[test]
fn a_full_disk_takes_no_work_keeps_room_for_endings_and_works_again_with_room() {
    let image = match Image::new(Kind::Ext4, 24) {
        Ok(image) => image,
        Err(why) => return arch_tests::skip(&why),
    };
    let (folder, ballast) = (image.path().join("ledger"), image.path().join("ballast"));
    fs::create_dir(&folder).unwrap();
    let mut node = Acknowledged::open(&folder, Vec::new()).unwrap();
    for n in 0..100 {
        node.append(0, &[accepted(n), started(n)]).unwrap();
    }
    fill(&ballast);

    // Work is taken until there is no room for it.
    let mut jobs = 100;
    let refusal = loop {
        match node.append(1, &[accepted(jobs), started(jobs)]) {
            Ok(()) => jobs += 1,
            Err(error) => break error,
        }
        assert!(jobs < 5_000, "the disk never gets full");
    };
    assert!(matches!(refusal, LedgerError::OutOfSpace), "{refusal}");
    assert!(node.ledger.is_out_of_space() && !node.ledger.is_poisoned());
    assert!(!folder.join("reserve").exists(), "the reserve is there to be used");
    looked_at(&folder, &node.told, false);

    // Endings and refusals go in, work does not, until the reserve is used up as well.
    let mut ended = 0;
    let mut last = loop {
        assert!(matches!(node.append(2, &[accepted(jobs)]), Err(LedgerError::OutOfSpace)));
        let ending = if ended < jobs { finished(ended) } else { refused(format!("no {ended}")) };
        match node.append(2, &[ending, refused("x".repeat(20_000))]) {
            Ok(()) => ended += 1,
            Err(error) => break error,
        }
        if ended % 10 == 0 {
            looked_at(&folder, &node.told, true);
        }
        assert!(ended < 5_000, "the reserve never ends");
    };
    assert!(matches!(last, LedgerError::OutOfSpace), "{last}");
    assert!(ended >= 5, "{ended} endings went in");
    looked_at(&folder, &node.told, true);

    // A start on the full disk refuses or goes through, and harms nothing.
    let told = node.told;
    drop(node.ledger);
    let mut node = match Acknowledged::open(&folder, told.clone()) {
        Ok(node) => node,
        Err(error) => {
            last = error;
            assert!(matches!(last, LedgerError::OutOfSpace), "{last}");
            looked_at(&folder, &told, true);
            fs::remove_file(&ballast).unwrap();
            Acknowledged::open(&folder, told).unwrap()
        }
    };
    looked_at(&folder, &node.told, true);

    // With room it works again, and says since when.
    let _gone_already = fs::remove_file(&ballast);
    node.append(100, &[accepted(jobs), started(jobs), finished(jobs)]).unwrap();
    assert!(!node.ledger.is_out_of_space());
    assert!(folder.join("reserve").exists());
    let told = node.told;
    drop(node.ledger);
    looked_at(&folder, &told, false);
    let told_of_space = entries(&Reader::open(&folder).unwrap())
        .into_iter()
        .filter(|entry| matches!(entry.record, Record::OutOfSpace {} | Record::SpaceRegained {}));
    assert!(told_of_space.count() >= 2);
}
