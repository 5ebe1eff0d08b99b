//! Whatever changes in the folder, a stranger sees it and can say where.

use arch_problem::codes;

use super::world::*;
use crate::fault::MemFs;
use crate::{Failure, LedgerError, Reader};

fn failure(fs: &MemFs) -> Option<Failure> {
    Reader::new(fs.clone()).verify(None).err()
}

#[test]
fn a_changed_byte_anywhere_is_found() {
    let fs = ledger_of(3);
    for (path, bytes) in fs.files() {
        // A mebibyte of zeros is sampled; so is the checkpoint, whose every byte has its turn in
        // `checkpoint::tests`. Everything else is tried byte by byte.
        let step = match path.as_str() {
            "reserve" => 65_521,
            "checkpoint" => 13,
            _ => 1,
        };
        for at in (0..bytes.len()).step_by(step) {
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
    let journal = fs.files()["journal"].clone();
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
    // Entry, checksums, commits, tiles and bundles all fit: only the signature does not.
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
    let cut = ledger_of(1).files()["journal"].len();
    let mut journal = fs.files()["journal"].clone();
    journal[cut + 20] ^= 1;
    fs.tamper("journal", Some(journal));
    let reader = Reader::new(fs);
    let mut entries = reader.entries().unwrap();
    assert!(entries.next().unwrap().is_ok() && entries.next().unwrap().is_ok());
    assert!(matches!(entries.next(), Some(Err(LedgerError::Damaged { index: 2, .. }))));
    assert!(entries.next().is_none());
}
