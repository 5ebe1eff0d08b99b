//! A full disk: refusals and endings go through, new work does not.

use super::world::*;
use crate::fault::MemFs;
use crate::layout::RESERVE_BYTES;
use crate::{EndState, LedgerError, Record};

fn used(fs: &MemFs) -> usize {
    fs.files().values().map(Vec::len).sum()
}

#[test]
fn a_full_disk_takes_no_new_work_but_lets_jobs_end() {
    let fs = MemFs::default();
    let (mut ledger, _) = open(&fs).unwrap();
    ledger.append(noon(), &[accepted(1), started(1, 1)]).unwrap();
    take_room(&fs);
    fs.limit(Some(used(&fs) + 100));
    assert!(matches!(ledger.append(noon(), &[accepted(2)]), Err(LedgerError::OutOfSpace)));
    assert!(ledger.is_out_of_space() && !ledger.is_poisoned());
    assert!(!fs.files().contains_key("reserve"));
    ledger.append(noon(), &[finished(1, EndState::Completed), refused(5)]).unwrap();
    assert!(matches!(ledger.append(noon(), &[started(1, 2)]), Err(LedgerError::OutOfSpace)));
    assert_eq!(ledger.entry(3).unwrap().record, Record::OutOfSpace {});
    assert!(ledger.receipt(4).is_ok());
    // A stranger accepts the missing reserve, because the ledger says why.
    assert_eq!(verified_while_open(&fs), 6);
    fs.limit(None);
    assert!(ledger.append(noon().plus(60), &[accepted(2)]).is_ok());
    assert_eq!(ledger.entry(6).unwrap().record, Record::SpaceRegained {});
    drop(ledger);
    assert_eq!(verified(&fs).size, 8);
}

#[test]
fn a_refusal_that_meets_the_full_disk_first_is_written_all_the_same() {
    let fs = MemFs::default();
    let (mut ledger, _) = open(&fs).unwrap();
    take_room(&fs);
    fs.limit(Some(used(&fs)));
    ledger.append(noon(), &[refused(1)]).unwrap();
    let records: Vec<_> = ledger.entries(1).map(|e| e.unwrap().record).collect();
    assert_eq!(records, [Record::OutOfSpace {}, refused(1)]);
}

#[test]
fn a_disk_without_any_room_refuses_everything_and_loses_nothing() {
    let fs = MemFs::default();
    let (mut ledger, _) = open(&fs).unwrap();
    fs.tamper("reserve", None);
    take_room(&fs);
    fs.limit(Some(used(&fs)));
    assert!(matches!(ledger.append(noon(), &[refused(1)]), Err(LedgerError::OutOfSpace)));
    assert!(matches!(ledger.append(noon(), &[accepted(1)]), Err(LedgerError::OutOfSpace)));
    drop(ledger);
    fs.limit(None);
    let (mut ledger, _) = open(&fs).unwrap();
    ledger.append(noon(), &[accepted(1)]).unwrap();
    drop(ledger);
    assert_eq!(verified(&fs).size, 2);
}

#[test]
fn a_start_on_a_full_disk_says_so_in_the_ledger() {
    let fs = ledger_of(1);
    fs.tamper("reserve", None);
    take_room(&fs);
    fs.limit(Some(used(&fs) + 8000));
    let (ledger, _) = open(&fs).unwrap();
    assert!(ledger.is_out_of_space());
    assert_eq!(ledger.entry(2).unwrap().record, Record::OutOfSpace {});
    drop(ledger);
    fs.limit(None);
    let (ledger, _) = open(&fs).unwrap();
    assert!(!ledger.is_out_of_space());
    drop(ledger);
    assert_eq!(verified(&fs).size, 4);
}

fn verified_while_open(fs: &MemFs) -> u64 {
    crate::Reader::new(fs.clone()).verify(None).unwrap().size
}

#[test]
fn what_a_full_disk_is_told_reaches_tiles_and_checkpoint_though_the_batch_is_refused() {
    let fs = MemFs::default();
    let (mut ledger, _) = open(&fs).unwrap();
    take_room(&fs);
    fs.limit(Some(used(&fs) + 100));
    assert!(matches!(ledger.append(noon(), &[accepted(1)]), Err(LedgerError::OutOfSpace)));
    drop(ledger);
    assert_eq!(verified(&fs).size, 2);
}

#[test]
fn space_that_is_regained_by_a_batch_that_is_refused_reaches_tiles_and_checkpoint() {
    let fs = MemFs::default();
    let (mut ledger, _) = open(&fs).unwrap();
    ledger.append(noon(), &[accepted(1)]).unwrap();
    take_room(&fs);
    fs.limit(Some(used(&fs)));
    assert!(ledger.append(noon(), &[accepted(2)]).is_err());
    fs.limit(None);
    let twice = ledger.append(noon().plus(60), &[accepted(1)]);
    assert!(matches!(twice, Err(LedgerError::IllegalStep { .. })));
    assert_eq!(ledger.entry(3).unwrap().record, Record::SpaceRegained {});
    drop(ledger);
    assert_eq!(verified(&fs).size, 4);
}

#[test]
fn a_reserve_that_leaves_no_room_to_say_so_is_given_up_and_the_node_starts() {
    let fs = MemFs::default();
    let (mut ledger, _) = open(&fs).unwrap();
    take_room(&fs);
    fs.limit(Some(used(&fs)));
    ledger.append(noon(), &[refused(1)]).unwrap();
    take_room(&fs);
    fs.limit(Some(used(&fs) + RESERVE_BYTES + 50));
    ledger.append(noon().plus(60), &[refused(2)]).unwrap();
    assert!(ledger.is_out_of_space() && !fs.files().contains_key("reserve"));
    drop(ledger);
    for _ in 0..2 {
        take_room(&fs);
        fs.limit(Some(used(&fs) + RESERVE_BYTES + 50));
        let (ledger, _) = open(&fs).unwrap();
        assert!(ledger.is_out_of_space() && !fs.files().contains_key("reserve"));
        drop(ledger);
        assert_eq!(verified(&fs).size, 4);
    }
    fs.limit(None);
    assert!(!open(&fs).unwrap().0.is_out_of_space());
}

#[test]
fn a_short_torn_tail_on_a_full_disk_is_cut_with_the_room_of_the_reserve() {
    let fs = ledger_of(3);
    fs.tamper("journal", Some([bare(&fs).as_slice(), &[9; 9]].concat()));
    fs.limit(Some(used(&fs)));
    let (ledger, recovery) = open(&fs).unwrap();
    assert_eq!(recovery.cut_bytes, 9);
    let records: Vec<_> = ledger.entries(4).map(|e| e.unwrap().record).collect();
    assert_eq!(records, [Record::Recovered { cut_bytes: 9 }, Record::OutOfSpace {}]);
    assert!(ledger.is_out_of_space());
    drop(ledger);
    assert_eq!(verified(&fs).size, 6);
}

#[test]
fn a_torn_tail_without_any_room_stays_as_it_is() {
    let fs = ledger_of(3);
    fs.tamper("reserve", None);
    let torn = [bare(&fs).as_slice(), &[9; 9]].concat();
    fs.tamper("journal", Some(torn.clone()));
    fs.limit(Some(used(&fs)));
    assert!(matches!(open(&fs), Err(LedgerError::OutOfSpace)));
    assert_eq!(fs.files()["journal"].len(), torn.len());
    fs.limit(None);
    assert_eq!(open(&fs).unwrap().1.cut_bytes, 9);
}

#[test]
fn lost_tiles_on_a_full_disk_are_written_with_the_room_of_the_reserve() {
    let fs = MemFs::default();
    let (mut ledger, _) = open(&fs).unwrap();
    ledger.append(noon(), &(0..260).map(refused).collect::<Vec<_>>()).unwrap();
    drop(ledger);
    for lost in ["tile/0", "tile/places"] {
        fs.tamper(lost, None);
    }
    take_room(&fs);
    fs.limit(Some(used(&fs)));
    let (ledger, recovery) = open(&fs).unwrap();
    // The checkpoint, too: it counts `outOfSpace` now.
    assert_eq!(recovery.rebuilt, ["tile/0", "tile/places", "checkpoint"]);
    assert!(ledger.is_out_of_space());
    drop(ledger);
    assert_eq!(verified(&fs).size, 262);
}
