//! Damage at every entry of a log of a thousand: found, and named.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use arch_campaign::{Campaign, Case};

use super::world::*;
use crate::fault::MemFs;
use crate::journal::frame::{Commit, frame_header};
use crate::journal::{Batches, Step};
use crate::layout::{CHECKPOINT, JOURNAL};
use crate::{Failure, Ledger, LedgerError, Reader, Record};

const ENTRIES: u64 = 1_000;
const MISSED: &str = "damage missed";
const MISNAMED: &str = "damage misnamed";

type Files = BTreeMap<String, Vec<u8>>;

/// Where an entry stands in the journal.
#[derive(Debug, Clone, Copy)]
struct Place {
    offset: usize,
    len: usize,
    batch: usize,
}

/// The hashes of all entries, and where every 256th stands in the journal.
const HASHES: &str = "tile/0";
const PLACES: &str = "tile/places";

/// A batch as it stands in the journal.
#[derive(Debug, Clone)]
struct Written {
    entries: Vec<Vec<u8>>,
    commit: Commit,
    offset: usize,
}

struct Log {
    files: Files,
    records: Vec<Record>,
    places: Vec<Place>,
    batches: Vec<Written>,
}

static LOG: LazyLock<Log> = LazyLock::new(|| {
    let records: Vec<Record> = (1..ENTRIES).map(refused).collect();
    let files = ledger_with(&records);
    let (mut places, mut batches) = (Vec::new(), Vec::new());
    let fs = MemFs::with(&files);
    let file = crate::fs::Fs::open(&fs, JOURNAL).unwrap();
    let mut walk = Batches::new(&fs, file).unwrap().unwrap();
    while let Step::Batch(batch) = walk.next().unwrap() {
        for (offset, _, bytes) in batch.entries() {
            let (offset, len) = (usize::try_from(offset).unwrap(), bytes.len() + 8);
            places.push(Place { offset, len, batch: batches.len() });
        }
        batches.push(Written {
            entries: batch.entries().map(|(_, _, bytes)| bytes.to_vec()).collect(),
            commit: batch.commit,
            offset: usize::try_from(batch.commit_offset).unwrap(),
        });
    }
    assert_eq!(places.len() as u64, ENTRIES);
    Log { files, records, places, batches }
});

/// A settled ledger with these records, in batches of one to forty.
fn ledger_with(records: &[Record]) -> Files {
    let fs = MemFs::default();
    let (mut ledger, _) = open(&fs).unwrap();
    let (mut rest, mut size) = (records, 1);
    while !rest.is_empty() {
        let (batch, others) = rest.split_at(size.min(rest.len()));
        ledger.append(noon(), batch).unwrap();
        (rest, size) = (others, size % 40 + 3);
    }
    ledger.settle().unwrap();
    fs.files()
}

/// What is done to one entry, or to what was derived from it.
#[derive(Debug, Clone, Copy)]
enum Damage {
    /// A bit of the entry flips.
    Bit,
    /// A bit of its length or checksum does.
    Head,
    /// A bit of the commit behind it does.
    Commit,
    /// The journal ends in the middle of it.
    Cut,
    /// The journal ends before its batch.
    Ended,
    /// Another text, with right checksums.
    Forged,
    /// Left out, with right checksums.
    Dropped,
    /// Twice, with right checksums.
    Doubled,
    /// Changes places with the next one, with right checksums.
    Swapped,
    /// A bit of its hash flips.
    Hash,
    /// The hashes end before its own.
    ShortHashes,
    /// The place of the 256 entries that it belongs to is another one.
    Place,
    /// Another text, and everything that follows from it made anew; but the checkpoint is signed.
    Rewritten,
    /// Left out, and everything made anew.
    Unwritten,
}

const DAMAGES: [Damage; 14] = [
    Damage::Bit,
    Damage::Head,
    Damage::Commit,
    Damage::Cut,
    Damage::Ended,
    Damage::Forged,
    Damage::Dropped,
    Damage::Doubled,
    Damage::Swapped,
    Damage::Hash,
    Damage::ShortHashes,
    Damage::Place,
    Damage::Rewritten,
    Damage::Unwritten,
];

#[test]
fn damage_to_any_entry_of_a_thousand_is_found_and_named() {
    let log = &*LOG;
    let campaign = Campaign::new("damage", 100).watch(MISSED).watch(MISNAMED);
    campaign.run(|case| {
        let (index, damage) = position(case.number());
        let (files, expected) = log.damaged(case, index, damage);
        if files == log.files {
            case.count("damages that change nothing");
            return;
        }
        case.count("damages tried");
        for (fault, why) in found(&files, &expected) {
            case.fault(fault, format!("entry {index}, {damage:?}: {why}"));
        }
    });
}

/// Every entry with every damage, in an order that mixes them.
fn position(number: u64) -> (usize, Damage) {
    let kinds = u64::try_from(DAMAGES.len()).unwrap();
    let total = ENTRIES * kinds;
    let at = number % total * 9_941 % total;
    (usize::try_from(at / kinds).unwrap(), DAMAGES[usize::try_from(at % kinds).unwrap()])
}

/// How a damage has to be named.
#[derive(Debug)]
enum Named {
    /// In the journal, at one of these entries, and at the first one's offset if it is that one.
    Journal { entries: [u64; 2], offset: usize },
    /// By this file, which a start makes anew.
    Derived(&'static str),
    /// The journal agrees with itself; the checkpoint does not agree with it.
    Checkpoint,
    /// The journal has no entry at all; whoever starts finds what was derived from those it had.
    Empty,
    /// The first entry names another log.
    OtherLog,
}

impl Log {
    fn damaged(&self, case: &mut Case, index: usize, damage: Damage) -> (Files, Named) {
        let place = self.places[index];
        let batch = &self.batches[place.batch];
        let mut files = self.files.clone();
        let at = u64::try_from(index).unwrap();
        let here = Named::Journal { entries: [at, at], offset: place.offset };
        let near = Named::Journal { entries: [at, at + 1], offset: place.offset };
        let journal = files.get_mut(JOURNAL).unwrap();
        let mut flip = |at: usize| journal[at] ^= 1 << case.below(8);
        let expected = match damage {
            Damage::Bit => {
                flip(place.offset + 8 + at_most(at, place.len - 8));
                here
            }
            Damage::Head => {
                flip(place.offset + index % 8);
                here
            }
            Damage::Commit => {
                flip(batch.offset + index % 60);
                let behind = batch.commit.first + u64::from(batch.commit.count);
                Named::Journal { entries: [behind, behind], offset: batch.offset }
            }
            Damage::Cut => {
                journal.truncate(place.offset + at_most(at, place.len));
                // Cut exactly behind a batch, the journal is whole and too short.
                match journal.len() == place.offset && at == batch.commit.first {
                    true if index == 0 => Named::Empty,
                    true => Named::Checkpoint,
                    false => here,
                }
            }
            Damage::Ended => {
                journal.truncate(
                    self.places[index - usize::try_from(at - batch.commit.first).unwrap()].offset,
                );
                if batch.commit.first == 0 { Named::Empty } else { Named::Checkpoint }
            }
            Damage::Forged => {
                let text = forged(&batch.entries[index - first(batch)]);
                files.insert(JOURNAL.into(), self.rewrite(|all| all[index].1 = text));
                if index == 0 { Named::OtherLog } else { near }
            }
            Damage::Dropped => {
                files.insert(JOURNAL.into(), self.rewrite(|all| drop(all.remove(index))));
                // A batch of which nothing is left is left out, too.
                let is_last = index + 1 == self.places.len();
                if is_last && batch.commit.count == 1 { Named::Checkpoint } else { here }
            }
            Damage::Doubled => {
                let twice = |all: &mut Vec<(usize, Vec<u8>)>| all.insert(index, all[index].clone());
                files.insert(JOURNAL.into(), self.rewrite(twice));
                near
            }
            Damage::Swapped => {
                let first = index.min(self.places.len() - 2);
                let swap = |all: &mut Vec<(usize, Vec<u8>)>| {
                    let text = all[first].1.clone();
                    all[first].1 = all[first + 1].1.clone();
                    all[first + 1].1 = text;
                };
                files.insert(JOURNAL.into(), self.rewrite(swap));
                let at = u64::try_from(first).unwrap();
                Named::Journal { entries: [at, at + 1], offset: self.places[first].offset }
            }
            Damage::Hash => {
                files.get_mut(HASHES).unwrap()[index * 32 + 7] ^= 1;
                Named::Derived(HASHES)
            }
            Damage::ShortHashes => {
                files.get_mut(HASHES).unwrap().truncate(index * 32);
                Named::Derived(HASHES)
            }
            Damage::Place => {
                files.get_mut(PLACES).unwrap()[index / 256 * 8 + 1] ^= 1;
                Named::Derived(PLACES)
            }
            Damage::Rewritten | Damage::Unwritten => {
                let mut records = self.records.clone();
                let at = index.max(1) - 1;
                match damage {
                    Damage::Rewritten => records[at] = refused(5_000_000),
                    _ => drop(records.remove(at)),
                }
                let checkpoint = files[CHECKPOINT].clone();
                files = ledger_with(&records);
                files.insert(CHECKPOINT.into(), checkpoint);
                Named::Checkpoint
            }
        };
        (files, expected)
    }

    /// The journal with other entries, and what checksums and commits need for it:
    /// what somebody can make who has no key. Entries come with the number of their batch.
    fn rewrite(&self, change: impl FnOnce(&mut Vec<(usize, Vec<u8>)>)) -> Vec<u8> {
        let batches = self.batches.iter().enumerate();
        let mut all: Vec<(usize, Vec<u8>)> = batches
            .flat_map(|(number, batch)| batch.entries.iter().map(move |e| (number, e.clone())))
            .collect();
        change(&mut all);
        let (mut journal, mut first) = (self.files[JOURNAL][..8].to_vec(), 0_u64);
        for (number, batch) in self.batches.iter().enumerate() {
            let mut bytes = Vec::new();
            let mut count = 0;
            for (_, entry) in all.iter().filter(|(of, _)| *of == number) {
                bytes.extend_from_slice(&frame_header(entry).unwrap());
                bytes.extend_from_slice(entry);
                count += 1;
            }
            if count == 0 {
                continue;
            }
            let commit = Commit { first, count, root: batch.commit.root }.to_bytes();
            journal.extend_from_slice(&bytes);
            journal.extend_from_slice(&frame_header(&commit).unwrap());
            journal.extend_from_slice(&commit);
            first += u64::from(count);
        }
        journal
    }
}

fn at_most(number: u64, end: usize) -> usize {
    usize::try_from(number).unwrap() * 7 % end
}

fn first(batch: &Written) -> usize {
    usize::try_from(batch.commit.first).unwrap()
}

/// The same entry with another code, or of another log: canonical JSON still.
fn forged(entry: &[u8]) -> Vec<u8> {
    let text = String::from_utf8(entry.to_vec()).unwrap();
    text.replace("ARCH-D108", "ARCH-D109").replace("example.org/node", "example.org/nodf").into()
}

/// What a stranger and a start missed, or named wrongly.
fn found(files: &Files, expected: &Named) -> Vec<(&'static str, String)> {
    let fs = MemFs::with(files);
    let stranger = Reader::new(fs.clone()).verify(Some(keys().verifiers()));
    let stranger = match stranger {
        Ok(_) => Err((MISSED, "a stranger verifies it".to_owned())),
        Err(failure) => expected.fits_failure(&failure),
    };
    let start = match open(&fs) {
        Ok((ledger, recovery)) => {
            drop::<Ledger<MemFs>>(ledger);
            expected.fits_rebuilt(&recovery.rebuilt, fs.files() == LOG.files)
        }
        Err(error) if fs.files() != *files => {
            Err((MISNAMED, format!("refused, and yet something was changed: {error}")))
        }
        Err(error) => expected.fits_error(&error),
    };
    [stranger, start].into_iter().filter_map(Result::err).collect()
}

type Fit = Result<(), (&'static str, String)>;

fn misnamed(what: impl std::fmt::Debug, expected: &Named) -> Fit {
    Err((MISNAMED, format!("{what:?} instead of {expected:?}")))
}

impl Named {
    fn fits_failure(&self, failure: &Failure) -> Fit {
        let fits = match self {
            Self::Journal { entries: [first, second], offset } => {
                let exactly = format!("journal: entry {first}, offset {offset}");
                let next = format!("journal: entry {second}, offset ");
                let near = failure.place.starts_with(&next);
                failure.place == exactly || (first != second && near)
            }
            Self::Derived(path) => failure.place == *path,
            Self::Checkpoint => failure.place == CHECKPOINT,
            Self::Empty => failure.place == "journal: entry 0, offset 8",
            Self::OtherLog => failure.place.starts_with("journal: entry "),
        };
        if fits { Ok(()) } else { misnamed(failure, self) }
    }

    fn fits_error(&self, error: &LedgerError) -> Fit {
        let fits = match (self, error) {
            (
                Self::Journal { entries: [first, second], offset },
                LedgerError::Damaged { index, offset: at, .. },
            ) => {
                (index == first && usize::try_from(*at).unwrap() == *offset)
                    || (index == second && first != second)
            }
            (Self::Checkpoint, LedgerError::RolledBack { .. } | LedgerError::Forked { .. }) => true,
            (Self::Empty, LedgerError::RolledBack { found: 0, .. }) => true,
            (Self::OtherLog, LedgerError::OtherKeys { .. }) => true,
            _ => false,
        };
        if fits { Ok(()) } else { misnamed(error, self) }
    }

    /// A start that went through has made the file anew, and nothing else.
    fn fits_rebuilt(&self, rebuilt: &[String], whole: bool) -> Fit {
        match self {
            Self::Derived(path) if whole && *rebuilt == [*path] => Ok(()),
            _ => Err((MISSED, format!("a start goes through and makes {rebuilt:?} anew"))),
        }
    }
}
