//! Torn tails are cut, damage is refused.

use arch_problem::codes;

use super::world::*;
use crate::fault::MemFs;
use crate::{LedgerError, Note, Reader, Record};

/// The folder after three batches, and after the next one; the length of both journals without room.
fn before_and_after() -> (MemFs, MemFs, usize, usize) {
    let (before, after) = (ledger_of(3), ledger_of(4));
    let (short, long) = (bare(&before).len(), bare(&after).len());
    (before, after, short, long)
}

fn damaged(fs: &MemFs) -> Option<(u64, u64)> {
    let files = fs.files();
    let found = open(fs).err();
    assert!(fs.files() == files, "a refused ledger was changed");
    match found {
        Some(LedgerError::Damaged { index, offset, .. }) => Some((index, offset)),
        _ => None,
    }
}

#[test]
fn a_torn_tail_is_cut_wherever_it_is_torn_and_the_ledger_says_so() {
    let (before, after, short, long) = before_and_after();
    let whole = after.files()["journal"].clone();
    for len in (short + 1..long).step_by(13).chain([long - 1]) {
        let cut = u64::try_from(len - short).unwrap();
        // In a file that grew with it, and in the room that was there already.
        let mut in_room = before.files()["journal"].clone();
        in_room[short..len].copy_from_slice(&whole[short..len]);
        for torn in [whole[..len].to_vec(), in_room] {
            let fs = MemFs::with(&before.files());
            fs.tamper("journal", Some(torn));
            let (ledger, recovery) = open(&fs).unwrap();
            let zeros = whole[short..len].iter().rev().take_while(|byte| **byte == 0).count();
            assert_eq!((recovery.cut_bytes, ledger.size()), (cut - zeros as u64, 5));
            let recovered = Record::Recovered { cut_bytes: recovery.cut_bytes };
            assert_eq!(ledger.entry(4).unwrap().record, recovered);
            drop(ledger);
            assert_eq!(verified(&fs).size, 5);
            assert_eq!(open(&fs).unwrap().1.cut_bytes, 0);
        }
    }
}

#[test]
fn a_whole_batch_that_was_never_acknowledged_is_kept() {
    let (before, after, ..) = before_and_after();
    let fs = MemFs::with(&before.files());
    fs.tamper("journal", Some(after.files()["journal"].clone()));
    let (ledger, recovery) = open(&fs).unwrap();
    assert_eq!((ledger.size(), recovery.cut_bytes), (5, 0));
    drop(ledger);
    assert!(fs.files() == after.files());
}

#[test]
fn a_changed_bit_of_the_newest_batch_is_damage_when_checkpoint_or_tiles_name_it() {
    let (_, after, short, long) = before_and_after();
    let files = after.files();
    for at in (short..long).step_by(9) {
        let fs = MemFs::with(&files);
        let mut journal = files["journal"].clone();
        journal[at] ^= 0x10;
        fs.tamper("journal", Some(journal));
        let (index, offset) = damaged(&fs).unwrap_or_else(|| panic!("byte {at}"));
        assert!((index, offset) == (4, short as u64) || index == 5, "{index} {offset}");
        fs.tamper("checkpoint", None);
        assert!(damaged(&fs).is_some(), "tiles alone, byte {at}");
    }
}

#[test]
fn a_changed_bit_of_the_newest_batch_that_nothing_else_names_looks_torn() {
    // The undecidable case of `ledger::open::journal`: pinned, so that nobody believes it away.
    let (before, after, short, _) = before_and_after();
    let fs = MemFs::with(&before.files());
    let mut journal = after.files()["journal"].clone();
    journal[short + 20] ^= 1;
    fs.tamper("journal", Some(journal));
    assert!(open(&fs).unwrap().1.cut_bytes > 0);
}

#[test]
fn damage_before_the_newest_batch_is_found_from_the_journal_alone() {
    let files = ledger_of(4).files();
    let journal = &files["journal"];
    let newest = bare(&ledger_of(3)).len();
    for at in (0..newest).step_by(37) {
        let mut changed = journal.clone();
        changed[at] ^= 1;
        let fs = MemFs::with(&[("journal".to_owned(), changed)].into());
        assert!(damaged(&fs).is_some(), "byte {at}");
    }
}

#[test]
fn the_damaged_entry_and_its_offset_are_named() {
    let one = bare(&ledger_of(1)).len();
    let fs = MemFs::with(&ledger_of(4).files());
    let mut journal = fs.files()["journal"].clone();
    journal[one + 30] ^= 1;
    fs.tamper("journal", Some(journal));
    assert_eq!(damaged(&fs), Some((2, one as u64)));
    let found = open(&fs).err().unwrap();
    assert_eq!(found.code().as_str(), "ARCH-L003");
    assert!(found.to_string().contains(&format!("entry 2, offset {one}")), "{found}");
}

#[test]
fn an_older_journal_beside_a_newer_checkpoint_is_refused() {
    let (before, after, ..) = before_and_after();
    let fs = MemFs::with(&after.files());
    fs.tamper("journal", Some(before.files()["journal"].clone()));
    let found = open(&fs).err().unwrap();
    assert!(matches!(&found, LedgerError::RolledBack { found: 4, committed: 5, .. }), "{found}");
    assert_eq!(found.code(), codes::LEDGER_ROLLED_BACK);
    for path in after.files().keys().filter(|path| path.starts_with("tile")) {
        fs.tamper(path, None);
    }
    assert!(matches!(open(&fs), Err(LedgerError::RolledBack { .. })));
}

#[test]
fn a_journal_cut_short_inside_a_committed_batch_is_damage() {
    let (_, after, short, long) = before_and_after();
    for len in [short + 1, short + 9, long - 1, 9, 8, 3, 0] {
        let fs = MemFs::with(&after.files());
        fs.tamper("journal", Some(bare(&after)[..len].to_vec()));
        assert!(damaged(&fs).is_some() || len == 8, "{len}");
        assert!(open(&fs).is_err());
    }
}

#[test]
fn a_missing_journal_is_not_begun_anew() {
    let fs = ledger_of(2);
    fs.tamper("journal", None);
    assert_eq!(open(&fs).err().unwrap().code(), codes::LEDGER_INCOMPLETE);
    assert_eq!(Reader::new(fs).verify(None).unwrap_err().code, codes::LEDGER_INCOMPLETE);
}

#[test]
fn a_checkpoint_of_another_history_is_a_fork() {
    let fs = MemFs::default();
    let (mut ledger, _) = open(&fs).unwrap();
    ledger.append(noon(), &[refused(77)]).unwrap();
    let other = ledger.checkpoint().to_owned();
    drop(ledger);
    for size in [1, 4] {
        let fs = ledger_of(size);
        fs.tamper("checkpoint", Some(other.clone().into_bytes()));
        assert_eq!(open(&fs).err().unwrap().code(), codes::LEDGER_FORKED);
    }
}

#[test]
fn a_forged_checkpoint_is_refused_and_a_lost_one_written_anew() {
    let fs = ledger_of(2);
    let whole = fs.files();
    let mut note = Note::parse(&whole["checkpoint"]).unwrap();
    note.signatures[1].bytes[100] ^= 1;
    fs.tamper("checkpoint", Some(note.to_string().into_bytes()));
    assert_eq!(open(&fs).err().unwrap().code(), codes::CHECKPOINT_UNVERIFIED);
    let torn = [&whole["checkpoint"][..512], &[0; 900]].concat();
    for lost in [vec![], vec![0; 3000], torn, whole["checkpoint"][..512].to_vec()] {
        fs.tamper("checkpoint", Some(lost));
        assert_eq!(open(&fs).unwrap().1.rebuilt, ["checkpoint"]);
        assert!(fs.files() == whole);
    }
}

#[test]
fn what_a_second_crash_leaves_of_a_tail_is_cut_too() {
    let (before, after, short, long) = before_and_after();
    let whole = after.files()["journal"].clone();
    let fs = MemFs::with(&before.files());
    fs.tamper("journal", Some([&whole[..long - 1], &[0; 5000]].concat()));
    fs.forget();
    let base = fs.files();
    drop(open(&fs).unwrap());
    for state in fs.crash_states(&base) {
        let again = MemFs::with(&state.files);
        let (ledger, _) =
            open(&again).unwrap_or_else(|e| panic!("{} {}: {e}", state.after, state.what));
        let recovered = ledger
            .entries(4)
            .filter(|e| matches!(e.as_ref().unwrap().record, Record::Recovered { .. }));
        assert!(recovered.count() >= 1, "{} {}", state.after, state.what);
        drop(ledger);
        assert_eq!(verified(&again).size, again_size(&again));
    }
    assert!(short < long);
}

fn again_size(fs: &MemFs) -> u64 {
    u64::try_from(Reader::new(fs.clone()).entries().unwrap().count()).unwrap()
}

#[test]
fn a_journal_of_a_later_version_is_told_from_one_whose_beginning_went_bad() {
    let fs = ledger_of(3);
    let whole = fs.files()["journal"].clone();
    // A later version frames its batches in another way, or it would not be one.
    for later in [&b"ARCHLJ3\nARCHCMT3 and what we cannot know"[..], b"ARCHLJ3\n", b"ARCHLJa\n\0"] {
        fs.tamper("journal", Some(later.to_vec()));
        let files = fs.files();
        let told = open(&fs).err().unwrap();
        assert!(fs.files() == files, "a ledger of a later version was changed");
        assert_eq!(told.code(), codes::LEDGER_OTHER_FORMAT, "{told}");
        let Err(told) = Reader::new(fs.clone()).entries() else { panic!("it is read") };
        assert_eq!(told.code(), codes::LEDGER_OTHER_FORMAT, "{told}");
        let told = Reader::new(fs.clone()).verify(None).unwrap_err();
        assert_eq!(told.code, codes::LEDGER_OTHER_FORMAT, "{told:?}");
    }
    for begins in [&b"ARCHLJ3\n"[..], b"ARCHLJ1\n", b"ARCHLX3\n"] {
        let bad = [begins, &whole[begins.len()..]].concat();
        fs.tamper("journal", Some(bad));
        assert_eq!(damaged(&fs), Some((0, 0)));
    }
}
