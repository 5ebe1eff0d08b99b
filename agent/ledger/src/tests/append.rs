//! Writing, proving, and what is refused.

use arch_problem::codes;
use proptest::prelude::*;

use super::world::*;
use crate::fault::MemFs;
use crate::proof::{verify_consistency, verify_inclusion};
use crate::{
    EndState, Entry, EntryError, Hash, Index, JobState, KeySource, Ledger, LedgerError, Note,
    Reader, Receipt, Record, StdFs, VersionedKind,
};

#[test]
fn a_new_ledger_holds_one_entry_that_names_its_keys() {
    let fs = MemFs::default();
    let (ledger, recovery) = open(&fs).unwrap();
    assert!(recovery.created && recovery.rebuilt.is_empty());
    assert_eq!(ledger.size(), 1);
    drop(ledger);
    let found = Reader::new(fs.clone()).verify(None).unwrap();
    assert_eq!((found.size, found.key_source), (1, KeySource::FirstEntry));
    assert_eq!(found.keys, keys().verifiers());
    assert_eq!(verified(&fs).key_source, KeySource::Given);
}

#[test]
fn a_batch_costs_exactly_one_sync() {
    let fs = MemFs::default();
    let (mut ledger, _) = open(&fs).unwrap();
    for count in [1, 2, 300] {
        let (before, records) = (fs.syncs(), (0..count).map(refused).collect::<Vec<_>>());
        ledger.append(noon(), &records).unwrap();
        assert_eq!(fs.syncs() - before, 1, "batch of {count}");
    }
    assert_eq!(ledger.append(noon(), &[]).unwrap().len(), 0);
}

#[test]
fn small_batches_are_written_over_the_room_that_one_of_them_left() {
    let fs = MemFs::default();
    let (mut ledger, _) = open(&fs).unwrap();
    let mut lengths = Vec::new();
    for n in 0..100 {
        ledger.append(noon(), &[refused(n)]).unwrap();
        lengths.push(fs.files()["journal"].len());
    }
    assert!(lengths.iter().all(|length| length % (16 * 1024) == 0), "{lengths:?}");
    lengths.dedup();
    assert!((2..=4).contains(&lengths.len()), "{lengths:?}");
    drop(ledger);
    // It is there for the next start, too.
    let (mut ledger, recovery) = open(&fs).unwrap();
    assert_eq!((recovery.cut_bytes, ledger.size()), (0, 101));
    ledger.append(noon(), &[refused(100)]).unwrap();
    assert_eq!(Some(&fs.files()["journal"].len()), lengths.last());
    drop(ledger);
    assert_eq!(verified(&fs).size, 102);
}

#[test]
fn a_large_batch_leaves_no_room() {
    let fs = MemFs::default();
    let (mut ledger, _) = open(&fs).unwrap();
    ledger.append(noon(), &(0..300).map(refused).collect::<Vec<_>>()).unwrap();
    assert_eq!(fs.files()["journal"].len(), bare(&fs).len());
}

#[test]
fn journal_and_tiles_take_little_more_room_than_the_entries() {
    let fs = MemFs::default();
    let (mut ledger, _) = open(&fs).unwrap();
    let (mut payload, mut number) = (ledger.entry(0).unwrap().bytes.len(), 0);
    while ledger.size() < 2_500 {
        let records: Vec<_> = (0..256)
            .map(|_| {
                number += 1;
                let message = "x".repeat(341);
                Record::PolicyKept { code: format!("ARCH-{number:04}"), message }
            })
            .collect();
        let anchored = ledger.append(noon(), &records).unwrap();
        payload +=
            anchored.iter().map(|anchored| anchored.entry().unwrap().bytes.len()).sum::<usize>();
    }
    let mean = payload / usize::try_from(ledger.size()).unwrap();
    assert!((505..=515).contains(&mean), "{mean} bytes an entry");
    drop(ledger);
    let files = fs.files();
    let on_disk = files.iter().filter(|(path, _)| *path != "reserve").map(|(_, bytes)| bytes.len());
    let on_disk: usize = on_disk.sum();
    assert!(on_disk * 100 < payload * 115, "{on_disk} bytes for {payload}");
}

#[test]
fn every_entry_has_a_receipt_and_every_size_a_consistency_proof() {
    let fs = MemFs::default();
    let (mut ledger, _) = open(&fs).unwrap();
    let mut roots = vec![(1, ledger.root())];
    for batch in [1_u64, 3, 250, 2, 70] {
        let records: Vec<_> = (0..batch).map(refused).collect();
        let anchored = ledger.append(noon(), &records).unwrap();
        assert_eq!(anchored.last().unwrap().size(), ledger.size());
        roots.push((ledger.size(), ledger.root()));
    }
    for index in (0..ledger.size()).step_by(7) {
        let receipt: Receipt = ledger.receipt(index).unwrap().parse().unwrap();
        let entry = ledger.entry(index).unwrap();
        assert!(receipt.verify(&entry.bytes, keys().verifiers()).is_ok());
    }
    for (new, new_root) in &roots {
        for (old, old_root) in roots.iter().filter(|(old, _)| old <= new) {
            let path = ledger.consistency(*old, *new).unwrap();
            assert_eq!(verify_consistency(*old, *old_root, *new, *new_root, &path), Ok(()));
        }
        let path = ledger.inclusion(0, *new).unwrap();
        assert_eq!(
            verify_inclusion(ledger.entry(0).unwrap().leaf(), 0, *new, &path, *new_root),
            Ok(())
        );
    }
    assert!(matches!(ledger.receipt(327), Err(LedgerError::NoSuchEntry { asked: 327, size: 327 })));
    assert!(ledger.consistency(1, 328).is_err() && ledger.entry(u64::MAX).is_err());
    assert_eq!(verified(&fs).size, 327);
}

#[test]
fn the_reader_gives_the_same_entries_and_receipts() {
    let fs = ledger_of(5);
    let (ledger, _) = open(&fs).unwrap();
    let reader = Reader::new(fs.clone());
    let all: Vec<Entry> = reader.entries().unwrap().collect::<Result<_, _>>().unwrap();
    assert_eq!(all.len(), 6);
    assert_eq!(all, ledger.entries(0).collect::<Result<Vec<_>, _>>().unwrap());
    assert_eq!(reader.entry(3).unwrap(), all[3]);
    assert_eq!(reader.receipt(3).unwrap(), ledger.receipt(3).unwrap());
    assert_eq!(reader.consistency(2, 6).unwrap(), ledger.consistency(2, 6).unwrap());
    assert_eq!(reader.checkpoint().unwrap().0, ledger.checkpoint());
}

#[test]
fn an_entry_never_gets_an_earlier_time_than_the_one_before() {
    let fs = MemFs::default();
    let (mut ledger, _) = open(&fs).unwrap();
    ledger.append(noon().plus(60), &[refused(1)]).unwrap();
    let late = ledger.append(noon(), &[refused(2)]).unwrap();
    assert_eq!(late[0].time(), noon().plus(60));
    assert_eq!(index_of(&fs).newest_time(), Some(noon().plus(60)));
}

#[test]
fn the_chain_can_be_followed_by_hand() {
    let (ledger, _) = open(&ledger_of(3)).unwrap();
    let mut prev = Hash::ZERO;
    for entry in ledger.entries(0) {
        let entry = entry.unwrap();
        assert_eq!(entry.prev, prev);
        prev = Hash::leaf(&entry.bytes);
    }
}

#[test]
fn a_batch_is_refused_whole_and_leaves_nothing() {
    let fs = ledger_of(1);
    let before = fs.files();
    let (mut ledger, _) = open(&fs).unwrap();
    let large = Record::PolicyKept { code: "ARCH-D004".into(), message: "x".repeat(70_000) };
    let found = ledger.append(noon(), &[refused(8), large]).unwrap_err();
    assert!(matches!(&found, LedgerError::Entry(EntryError::TooLarge(_))), "{found}");
    assert_eq!(found.code(), codes::ENTRY_TOO_LARGE);
    let many: Vec<_> = (0..4097).map(refused).collect();
    assert!(matches!(ledger.append(noon(), &many), Err(LedgerError::BatchTooLarge)));
    drop(ledger);
    assert!(fs.files() == before);
}

/// What a reader makes of the entries.
fn index_of(fs: &MemFs) -> Index {
    let mut index = Index::default();
    for entry in Reader::new(fs.clone()).entries().unwrap() {
        index.take(&entry.unwrap());
    }
    index
}

fn open_jobs(fs: &MemFs) -> usize {
    use JobState::{Accepted, Interrupted, Started};
    let open = |state| matches!(state, Accepted | Started | Interrupted);
    index_of(fs).jobs().filter(|(_, job)| open(job.state)).count()
}

#[test]
fn a_job_is_accepted_once_and_ends_once() {
    let fs = MemFs::default();
    let (mut ledger, _) = open(&fs).unwrap();
    ledger.append(noon(), &[accepted(1), started(1, 1), accepted(2)]).unwrap();
    assert_eq!(open_jobs(&fs), 2);
    let illegal = |ledger: &mut Ledger<MemFs>, record: Record| {
        matches!(ledger.append(noon(), &[record]), Err(LedgerError::IllegalStep { .. }))
    };
    assert!(illegal(&mut ledger, accepted(1)));
    assert!(illegal(&mut ledger, started(1, 2)));
    assert!(illegal(&mut ledger, started(3, 1)));
    assert!(matches!(
        ledger
            .append(noon(), &[finished(1, EndState::Completed), finished(1, EndState::Completed)]),
        Err(LedgerError::IllegalStep { state: Some(JobState::Completed), .. })
    ));
    ledger.append(noon(), &[finished(1, EndState::Quarantined)]).unwrap();
    assert!(illegal(&mut ledger, finished(1, EndState::Completed)));
    ledger.append(noon(), &[Record::Released { document: digest(1), by: "ada".into() }]).unwrap();
    ledger.append(noon(), &[Record::Cancelled { document: digest(2), by: "ada".into() }]).unwrap();
    ledger.append(noon(), &[finished(2, EndState::Cancelled)]).unwrap();
    assert!(illegal(&mut ledger, finished(2, EndState::Cancelled)));
    drop(ledger);
    let (mut ledger, _) = open(&fs).unwrap();
    assert!(illegal(&mut ledger, accepted(1)) && illegal(&mut ledger, started(1, 2)));
    assert!(illegal(&mut ledger, finished(2, EndState::Cancelled)));
    drop(ledger);
    assert_eq!(index_of(&fs).job(&digest(1)).unwrap().state, JobState::Released);
    assert!(index_of(&fs).was_accepted(&digest(2)) && open_jobs(&fs) == 0);
    assert_eq!(verified(&fs).size, 8);
}

#[test]
fn the_newest_version_is_told_by_the_entries() {
    let fs = MemFs::default();
    let (mut ledger, _) = open(&fs).unwrap();
    let policy =
        |version| Record::Policy { document: digest(version), name: "node".into(), version };
    ledger.append(noon(), &[policy(3), policy(5), policy(4), refused(9)]).unwrap();
    drop(ledger);
    let index = index_of(&fs);
    assert_eq!(index.newest(VersionedKind::Policy, "node").unwrap().version, 5);
    assert_eq!(index.newest(VersionedKind::Root, ""), None);
    assert_eq!(index.refused(&digest(9)), Some(4));
}

#[test]
fn one_writer_at_a_time() {
    let fs = ledger_of(0);
    let (first, _) = open(&fs).unwrap();
    assert!(matches!(open(&fs), Err(LedgerError::Busy)));
    drop(first);
    assert!(open(&fs).is_ok());
}

#[test]
fn other_keys_do_not_open_the_ledger() {
    let fs = ledger_of(1);
    let before = fs.files();
    let found = Ledger::open(fs.clone(), log_keys(8), noon()).err().unwrap();
    assert_eq!(found.code(), codes::LEDGER_OTHER_KEYS);
    assert!(fs.files() == before);
}

#[test]
fn derived_files_deleted_or_changed_are_written_anew_byte_for_byte() {
    let fs = MemFs::default();
    let (mut ledger, _) = open(&fs).unwrap();
    for n in 0..3_u64 {
        ledger.append(noon(), &(n * 90..n * 90 + 90).map(refused).collect::<Vec<_>>()).unwrap();
    }
    drop(ledger);
    let whole = fs.files();
    for path in whole.keys().filter(|path| *path != "journal") {
        fs.tamper(path, None);
    }
    let (_, recovery) = open(&fs).unwrap();
    assert_eq!(recovery.rebuilt.len(), whole.len() - 2);
    assert!(fs.files() == whole);
    for path in whole.keys().filter(|path| path.starts_with("tile")) {
        let mut bytes = whole[path].clone();
        bytes[5] ^= 1;
        fs.tamper(path, Some(bytes));
    }
    fs.tamper("new.tmp", Some(b"left over".to_vec()));
    open(&fs).unwrap();
    assert!(fs.files() == whole);
}

#[test]
fn a_real_folder_holds_the_same_bytes_as_the_one_in_memory() {
    let place = tempfile::tempdir().unwrap();
    let fs = MemFs::default();
    let (mut in_memory, _) = open(&fs).unwrap();
    let (mut on_disk, _) =
        Ledger::open(StdFs::open(place.path()).unwrap(), keys(), noon()).unwrap();
    for batch in [1_u64, 254, 1, 40] {
        let records: Vec<_> = (0..batch).map(refused).collect();
        in_memory.append(noon(), &records).unwrap();
        on_disk.append(noon(), &records).unwrap();
    }
    for (path, bytes) in fs.files() {
        assert!(std::fs::read(place.path().join(&path)).unwrap() == bytes, "{path}");
    }
    let reader = Reader::open(place.path()).unwrap();
    // The agent still has it open: a stranger may look all the same.
    assert_eq!(reader.verify(Some(keys().verifiers())).unwrap().size, 297);
    assert!(matches!(
        Ledger::open(StdFs::open(place.path()).unwrap(), keys(), noon()),
        Err(LedgerError::Busy)
    ));
}

#[test]
fn the_checkpoint_has_the_two_signatures_in_order() {
    let (ledger, _) = open(&ledger_of(2)).unwrap();
    let note = Note::parse(ledger.checkpoint().as_bytes()).unwrap();
    let lengths: Vec<_> = note.signatures.iter().map(|s| s.bytes.len()).collect();
    assert_eq!(lengths, [64, 8 + 2420]);
    assert!(note.text.starts_with("example.org/node\n3\n"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn random_batches_agree_with_a_naive_tree(batches in prop::collection::vec(1..120_u64, 1..8)) {
        let fs = MemFs::default();
        let (mut ledger, _) = open(&fs).unwrap();
        for batch in &batches {
            ledger.append(noon(), &(0..*batch).map(refused).collect::<Vec<_>>()).unwrap();
        }
        let leaves: Vec<Hash> = ledger.entries(0).map(|e| e.unwrap().leaf()).collect();
        prop_assert_eq!(leaves.len() as u64, 1 + batches.iter().sum::<u64>());
        prop_assert_eq!(naive_root(&leaves), ledger.root());
        prop_assert_eq!(verified(&fs).root, ledger.root());
    }
}

fn naive_root(leaves: &[Hash]) -> Hash {
    match leaves {
        [one] => *one,
        many => {
            let (left, right) = many.split_at(many.len().next_power_of_two() / 2);
            Hash::node(naive_root(left), naive_root(right))
        }
    }
}
