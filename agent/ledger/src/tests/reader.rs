//! Whatever changes in the folder, a stranger sees it and can say where.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use arch_problem::codes;

use super::world::*;
use crate::fault::MemFs;
use crate::fs::Fs as _;
use crate::ledger::tree_on_disk;
use crate::{Failure, Hash, Ledger, LedgerError, Reader, Receipt, StdFs, proof};

fn failure(fs: &MemFs) -> Option<Failure> {
    Reader::new(fs.clone()).verify(None).err()
}

#[test]
fn a_changed_byte_anywhere_is_found() {
    let fs = ledger_of(3);
    for (path, bytes) in fs.files() {
        // Zeros are sampled; so is the checkpoint, whose every byte has its turn in
        // `checkpoint::tests`. Everything else is tried byte by byte.
        let (closely, step) = match path.as_str() {
            "reserve" => (0, 65_521),
            "journal" => (bare(&fs).len(), 509),
            "checkpoint" => (0, 13),
            _ => (bytes.len(), 1),
        };
        for at in (0..closely).chain((closely..bytes.len()).step_by(step)) {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << (at % 8);
            fs.tamper(&path, Some(changed));
            let found = failure(&fs).unwrap_or_else(|| panic!("{path}, byte {at}"));
            assert!(found.place.starts_with(path.as_str()), "{path}, byte {at}: {found}");
        }
        fs.tamper(&path, Some(bytes));
    }
    assert_eq!(failure(&fs), None);
}

#[test]
fn removed_added_and_foreign_bytes_are_found() {
    let fs = ledger_of(0);
    let (mut ledger, _) = open(&fs).unwrap();
    ledger.append(noon(), &(0..260).map(refused).collect::<Vec<_>>()).unwrap();
    drop(ledger);
    for (path, bytes) in fs.files() {
        for len in [0, 1, bytes.len() / 2, bytes.len() - 1] {
            fs.tamper(&path, Some(bytes[..len].to_vec()));
            assert!(failure(&fs).is_some(), "{path} cut to {len}");
        }
        fs.tamper(&path, Some([bytes.as_slice(), &[0]].concat()));
        assert!(failure(&fs).is_some(), "{path} with one more byte");
        fs.tamper(&path, None);
        let found = failure(&fs).unwrap();
        assert_eq!((found.code, found.place.as_str()), (codes::LEDGER_INCOMPLETE, path.as_str()));
        fs.tamper(&path, Some(bytes));
    }
    for foreign in [
        "notes.txt",
        "tile/0/001.p/3",
        "tile/0/002",
        "tile/9/000",
        "tile/entries/x",
        "tile/0/x001/000",
    ] {
        fs.tamper(foreign, Some(vec![1]));
        let found = failure(&fs).unwrap();
        assert_eq!((found.code, found.place.as_str()), (codes::UNEXPECTED_FILE, foreign));
        fs.tamper(foreign, None);
    }
    assert_eq!(failure(&fs), None);
}

#[test]
fn an_empty_folder_or_a_link_is_foreign_too() {
    let place = tempfile::tempdir().unwrap();
    for (path, bytes) in ledger_of(2).files() {
        let path = place.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    let verify = || Reader::open(place.path()).unwrap().verify(Some(keys().verifiers()));
    assert_eq!(verify().unwrap().size, 3);
    std::fs::create_dir(place.path().join("tile/7")).unwrap();
    assert_eq!(verify().unwrap_err().place, "tile/7");
    std::fs::remove_dir(place.path().join("tile/7")).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let target = elsewhere.path().join("checkpoint");
    std::fs::rename(place.path().join("checkpoint"), &target).unwrap();
    std::os::unix::fs::symlink(&target, place.path().join("checkpoint")).unwrap();
    assert_eq!(verify().unwrap_err().place, "checkpoint");
}

#[test]
fn a_broken_off_write_is_not_called_damage() {
    let fs = ledger_of(2);
    let journal = bare(&fs);
    fs.tamper("journal", Some([journal.as_slice(), &[9, 0, 0]].concat()));
    let found = failure(&fs).unwrap();
    assert_eq!(found.code, codes::LEDGER_UNFINISHED);
    assert_eq!(found.place, format!("journal: entry 3, offset {}", journal.len()));
    fs.tamper("journal", Some(journal));
    fs.tamper("new.tmp", Some(vec![]));
    assert_eq!(failure(&fs).unwrap().code, codes::LEDGER_UNFINISHED);
}

#[test]
fn a_ledger_of_somebody_else_is_whole_but_not_ours() {
    let fs = ledger_of(1);
    let reader = Reader::new(fs);
    assert!(reader.verify(None).is_ok());
    let found = reader.verify(Some(log_keys(8).verifiers())).unwrap_err();
    assert_eq!(found.code, codes::LEDGER_OTHER_KEYS);
    assert!(reader.verify(Some(&keys().verifiers()[..1])).is_ok());
}

#[test]
fn a_forger_who_rewrites_everything_still_lacks_the_key() {
    // Entry, checksums, commits and tiles all fit: only the signature does not.
    let (honest, forged) = (ledger_of(3), MemFs::default());
    let (mut ledger, _) = open(&forged).unwrap();
    for n in [0, 1, 9] {
        ledger.append(noon(), &[refused(n)]).unwrap();
    }
    drop(ledger);
    forged.tamper("checkpoint", Some(honest.files()["checkpoint"].clone()));
    assert_eq!(failure(&forged).unwrap().code, codes::LEDGER_FORKED);
}

#[test]
fn reading_ends_at_the_first_damage() {
    let fs = ledger_of(3);
    let cut = bare(&ledger_of(1)).len();
    let mut journal = fs.files()["journal"].clone();
    journal[cut + 20] ^= 1;
    fs.tamper("journal", Some(journal));
    let reader = Reader::new(fs);
    let mut entries = reader.entries().unwrap();
    assert!(entries.next().unwrap().is_ok() && entries.next().unwrap().is_ok());
    assert!(matches!(entries.next(), Some(Err(LedgerError::Damaged { index: 2, .. }))));
    assert!(entries.next().is_none());
}

#[test]
fn a_write_that_is_under_way_ends_the_entries_and_a_lost_one_is_damage() {
    let (before, after) = (ledger_of(2), ledger_of(3));
    let (short, whole) = (bare(&before).len(), bare(&after));
    for len in (short..whole.len()).step_by(31) {
        for (fs, damaged) in [(&before, false), (&after, true)] {
            let fs = MemFs::with(&fs.files());
            fs.tamper("journal", Some(whole[..len].to_vec()));
            let reader = Reader::new(fs);
            let entries: Vec<_> = reader.entries().unwrap().collect();
            let broken = matches!(
                entries.last(),
                Some(Err(LedgerError::Damaged { .. } | LedgerError::RolledBack { .. }))
            );
            assert_eq!((entries.iter().filter(|e| e.is_ok()).count(), broken), (3, damaged));
        }
    }
}

#[test]
fn a_tail_with_a_later_batch_in_it_is_damage_though_the_checkpoint_is_lost() {
    let fs = ledger_of(3);
    let cut = bare(&ledger_of(1)).len();
    let mut journal = fs.files()["journal"].clone();
    journal[cut + 20] ^= 1;
    fs.tamper("journal", Some(journal));
    fs.tamper("checkpoint", None);
    let reader = Reader::new(fs);
    assert!(matches!(
        reader.entries().unwrap().last(),
        Some(Err(LedgerError::Damaged { index: 2, .. }))
    ));
    assert_eq!(reader.verify(None).unwrap_err().code, codes::LEDGER_DAMAGED);
}

#[test]
fn an_older_checkpoint_is_proved_from_the_wider_and_full_files_of_a_newer_one() {
    let fs = MemFs::default();
    let (mut ledger, _) = open(&fs).unwrap();
    ledger.append(noon(), &(0..3).map(refused).collect::<Vec<_>>()).unwrap();
    let (old, root) = (ledger.checkpoint().to_owned(), ledger.root());
    for more in [2_u64, 300] {
        ledger.append(noon(), &(0..more).map(refused).collect::<Vec<_>>()).unwrap();
        // What somebody sees who read the checkpoint of 4 entries before this was appended.
        let journal = fs.open("journal").unwrap();
        let tiles = tree_on_disk(&fs, &journal, 4);
        for index in 0..4 {
            let receipt: Receipt =
                tiles.receipt(index, &old, keys().verifiers()).unwrap().parse().unwrap();
            assert_eq!(receipt.path, ledger.inclusion(index, 4).unwrap());
        }
        assert!(tiles.entry(4).is_err());
        let path = proof::consistency(&tiles, 2, 4).unwrap();
        assert_eq!(path, ledger.consistency(2, 4).unwrap());
        let mut copied = BTreeMap::new();
        let copy = Reader::new(fs.clone()).copy_tiles(4, |path, bytes| {
            copied.insert(path.to_owned(), bytes.to_vec());
            Ok::<(), LedgerError>(())
        });
        copy.unwrap();
        assert!(copied.keys().eq(["tile/0/000.p/4", "tile/entries/000.p/4"]));
        let leaves = Hash::many(&copied["tile/0/000.p/4"]).unwrap();
        assert_eq!(
            Hash::node(Hash::node(leaves[0], leaves[1]), Hash::node(leaves[2], leaves[3])),
            root
        );
        let older = ledger_of(3);
        assert!(copied["tile/0/000.p/4"] == older.files()["tile/0"]);
        let older = Reader::new(older);
        let entries = older.entries().unwrap().flat_map(|entry| {
            let bytes = entry.unwrap().bytes;
            [&u16::try_from(bytes.len()).unwrap().to_be_bytes(), bytes.as_slice()].concat()
        });
        assert!(entries.eq(copied["tile/entries/000.p/4"].iter().copied()));
    }
    fs.tamper("tile/0", None);
    let journal = fs.open("journal").unwrap();
    let gone = tree_on_disk(&fs, &journal, 4).receipt(0, &old, keys().verifiers());
    assert!(matches!(gone, Err(LedgerError::Incomplete(path)) if path == "tile/0"));
}

#[test]
fn a_reader_that_races_an_appender_always_gets_its_proof() {
    let place = tempfile::tempdir().unwrap();
    let fs = StdFs::open(place.path()).unwrap();
    let (mut ledger, _) = Ledger::open(fs, keys(), noon()).unwrap();
    let (over, proved) = (AtomicBool::new(false), AtomicU64::new(0));
    std::thread::scope(|scope| {
        let reading = scope.spawn(|| {
            let reader = Reader::open(place.path()).unwrap();
            while !over.load(Ordering::SeqCst) {
                let size = reader.checkpoint().unwrap().1.size;
                reader.entry(size - 1).unwrap();
                reader.consistency(size / 2, size).unwrap();
                reader.receipt(size - 1).unwrap();
                assert!(reader.entries().unwrap().all(|entry| entry.is_ok()));
                proved.fetch_add(1, Ordering::SeqCst);
            }
        });
        // Until somebody who seldom has a turn was in the race, too.
        let enough = || proved.load(Ordering::SeqCst) > 10 || reading.is_finished();
        for n in (0..).take_while(|n| *n < 400 || !enough()) {
            ledger.append(noon(), &[refused(n)]).unwrap();
        }
        over.store(true, Ordering::SeqCst);
        reading.join().unwrap();
    });
}

#[test]
fn somebody_who_looks_whether_the_agent_writes_does_not_keep_it_from_starting() {
    let fs = ledger_of(1);
    let looking = fs.lock().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            std::thread::sleep(std::time::Duration::from_millis(20));
            drop(looking);
        });
        assert!(open(&fs).is_ok());
    });
}
