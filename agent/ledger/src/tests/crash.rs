//! Power cuts and failing calls: the old state, the new state, or an honest refusal.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use arch_identity::Digest;

use super::world::*;
use crate::fault::{CrashState, Fault, MemFs, Op, Trouble};
use crate::{EndState, Entry, Ledger, LedgerError, Reader, Record};

fn script() -> Vec<Vec<Record>> {
    vec![
        vec![accepted(1)],
        vec![started(1, 1), refused(7), refused(8)],
        vec![finished(1, EndState::Completed), accepted(2), started(2, 1)],
        vec![refused(9)],
        vec![finished(2, EndState::Failed)],
        vec![accepted(3), started(3, 1)],
        vec![finished(3, EndState::Quarantined), refused(10)],
    ]
}

/// When what is durable is shown to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// With every batch.
    AtOnce,
    /// After every third, and then it is settled: as an agent does that is kept busy.
    Later,
}

impl Shown {
    /// Commits one batch of the script, then says whether it did, and shows it if it is time.
    fn write(
        self,
        ledger: &mut Ledger<MemFs>,
        number: usize,
        batch: &[Record],
    ) -> (bool, Result<(), LedgerError>) {
        if self == Self::AtOnce {
            let appended = ledger.append(noon(), batch).map(drop);
            return (appended.is_ok(), appended);
        }
        if let Err(error) = ledger.commit(noon(), batch) {
            return (false, Err(error));
        }
        let time = number % 3 == 2;
        (true, if time { ledger.publish(noon()).and_then(|()| ledger.settle()) } else { Ok(()) })
    }
}

/// A settled folder with `count` entries, nothing of it open to a crash any more.
fn settled(count: u64) -> BTreeMap<String, Vec<u8>> {
    let fs = MemFs::default();
    let (mut ledger, _) = open(&fs).unwrap();
    ledger.append(noon(), &(101..100 + count).map(refused).collect::<Vec<_>>()).unwrap();
    ledger.settle().unwrap();
    fs.files()
}

static SMALL: LazyLock<BTreeMap<String, Vec<u8>>> = LazyLock::new(|| settled(3));
/// The script then fills a tile and begins the next.
static NEARLY_FULL: LazyLock<BTreeMap<String, Vec<u8>>> = LazyLock::new(|| settled(250));

fn records(fs: &MemFs) -> Vec<Record> {
    let entries = Reader::new(fs.clone());
    let all: Vec<Entry> = entries.entries().unwrap().collect::<Result<_, _>>().unwrap();
    all.into_iter()
        .map(|entry| entry.record)
        .filter(|r| !matches!(r, Record::Recovered { .. }))
        .collect()
}

/// After how many operations each batch was acknowledged, and the records so far.
fn run(fs: &MemFs, shown: Shown) -> Vec<(usize, Vec<Record>)> {
    let (mut ledger, _) = open(fs).unwrap();
    let mut acknowledged = vec![(0, records(fs))];
    for (number, batch) in script().iter().enumerate() {
        let before = fs.inner().disk.ops.len();
        let (committed, written) = shown.write(&mut ledger, number, batch);
        assert!(committed && written.is_ok());
        let synced = |op: &Op| matches!(op, Op::Sync { .. });
        // A batch counts from its own sync on, not from what was shown behind it.
        let first = fs.inner().disk.ops.iter().skip(before).position(synced).unwrap();
        acknowledged.push((before + first + 1, records(fs)));
    }
    acknowledged
}

/// Opens every state that the script can be interrupted in; says how many different ones there are.
fn every_crash(
    base: &BTreeMap<String, Vec<u8>>,
    shown: Shown,
    with: impl Fn(&CrashState) -> bool,
) -> usize {
    let fs = MemFs::with(base);
    let acknowledged = run(&fs, shown);
    let mut seen = BTreeSet::new();
    for state in fs.crash_states(base).into_iter().filter(with) {
        let least = acknowledged.iter().filter(|(ops, _)| *ops <= state.after).count() - 1;
        let most = (least + 1).min(script().len());
        // Many crashes leave the same bytes.
        if !seen.insert((least, fingerprint(&state.files))) {
            continue;
        }
        let again = MemFs::with(&state.files);
        let place = format!("after {} operations, {}", state.after, state.what);
        let (ledger, _) = open(&again).unwrap_or_else(|e| panic!("{place}: {e}"));
        drop(ledger);
        let found = records(&again);
        assert!(found == acknowledged[least].1 || found == acknowledged[most].1, "{place}");
        verified(&again);
    }
    seen.len()
}

fn fingerprint(files: &BTreeMap<String, Vec<u8>>) -> Vec<(String, Digest)> {
    files.iter().map(|(path, bytes)| (path.clone(), Digest::of(bytes))).collect()
}

#[test]
fn no_crash_loses_an_acknowledged_entry_or_invents_one() {
    let states = every_crash(&SMALL, Shown::AtOnce, |_| true);
    assert!(states > 250, "{states}");
}

#[test]
fn no_crash_between_commit_and_checkpoint_does_either() {
    for base in [&SMALL, &NEARLY_FULL] {
        let states = every_crash(base, Shown::Later, |_| true);
        assert!(states > 100, "{states}");
    }
}

#[test]
fn no_crash_at_the_end_of_a_tile_does_either() {
    let states = every_crash(&NEARLY_FULL, Shown::AtOnce, |state| !state.what.contains(" at "));
    assert!(states > 100, "{states}");
}

#[test]
fn no_crash_while_a_ledger_begins_leaves_something_that_cannot_be_opened() {
    let fs = MemFs::default();
    drop(open(&fs).unwrap());
    for state in fs.crash_states(&BTreeMap::new()) {
        let again = MemFs::with(&state.files);
        let opened = open(&again);
        assert!(
            opened.is_ok(),
            "after {} operations, {}: {:?}",
            state.after,
            state.what,
            opened.err()
        );
        drop(opened);
        assert_eq!(verified(&again).size, 1);
    }
}

/// Appends the script until something fails; says what was acknowledged, and the error.
fn until_failure(fs: &MemFs, shown: Shown) -> (usize, Option<LedgerError>) {
    let (mut ledger, _) = match open(fs) {
        Ok(opened) => opened,
        Err(error) => return (0, Some(error)),
    };
    for (number, batch) in script().iter().enumerate() {
        let (committed, written) = shown.write(&mut ledger, number, batch);
        if let Err(error) = written {
            let done = number + usize::from(committed);
            if matches!(error, LedgerError::Poisoned(_)) {
                assert!(ledger.is_poisoned());
                let again = ledger.append(noon(), &[refused(1)]);
                assert!(
                    matches!(again, Err(LedgerError::Poisoned(_))),
                    "a poisoned ledger went on"
                );
            }
            return (done, Some(error));
        }
    }
    (script().len(), None)
}

/// Makes each call fail in turn until the run gets through without meeting the fault.
fn each_call_fails(
    base: &BTreeMap<String, Vec<u8>>,
    shown: Shown,
    trouble: Trouble,
    happened: bool,
) -> (u64, u64) {
    let mut failed = 0;
    for call in 1.. {
        let fs = MemFs::with(base);
        fs.fail(Some(Fault { call, trouble, happened }));
        let before = records(&fs).len();
        let (done, error) = until_failure(&fs, shown);
        let reached = fs.calls() >= call;
        fs.fail(None);
        failed += u64::from(error.is_some());
        let place =
            format!("{shown:?}, {trouble:?} at call {call}, happened: {happened}, {error:?}");
        let (ledger, _) = open(&fs).unwrap_or_else(|e| panic!("{place}: {e}"));
        drop(ledger);
        verified(&fs);
        let telling: Vec<Record> = records(&fs)
            .into_iter()
            .skip(before)
            .filter(|r| !matches!(r, Record::OutOfSpace {} | Record::SpaceRegained {}))
            .collect();
        let wanted =
            |batches: usize| script().into_iter().take(batches).flatten().collect::<Vec<_>>();
        assert!(
            telling == wanted(done) || (error.is_some() && telling == wanted(done + 1)),
            "{place}"
        );
        if !reached {
            assert!(error.is_none(), "{place}");
            return (call, failed);
        }
    }
    (0, 0)
}

#[test]
fn an_io_error_at_any_call_ends_in_an_honest_refusal() {
    for happened in [false, true] {
        let (calls, failed) = each_call_fails(&SMALL, Shown::AtOnce, Trouble::Eio, happened);
        assert!(calls > 40 && failed == calls - 1, "{calls} calls, {failed} failed");
    }
}

#[test]
fn an_io_error_at_the_end_of_a_tile_does_too() {
    let (calls, failed) = each_call_fails(&NEARLY_FULL, Shown::AtOnce, Trouble::Eio, true);
    assert!(calls > 50 && failed == calls - 1, "{calls} calls, {failed} failed");
}

#[test]
fn a_full_disk_at_any_call_ends_in_an_honest_refusal() {
    for happened in [false, true] {
        each_call_fails(&SMALL, Shown::AtOnce, Trouble::Enospc, happened);
        each_call_fails(&SMALL, Shown::Later, Trouble::Enospc, happened);
    }
}

#[test]
fn an_io_error_while_a_checkpoint_is_written_stops_the_ledger_and_takes_nothing_back() {
    for happened in [false, true] {
        let (calls, failed) = each_call_fails(&SMALL, Shown::Later, Trouble::Eio, happened);
        assert!(calls > 30 && failed == calls - 1, "{calls} calls, {failed} failed");
    }
}

#[test]
fn a_ledger_that_begins_meets_any_fault_and_begins_at_the_next_start() {
    for trouble in [Trouble::Eio, Trouble::Enospc] {
        for happened in [false, true] {
            let mut reached = true;
            for call in (1..).take_while(|call| *call < 200) {
                let fs = MemFs::default();
                fs.fail(Some(Fault { call, trouble, happened }));
                let first = open(&fs).map(drop);
                reached = fs.calls() >= call;
                fs.fail(None);
                let place = format!("{trouble:?} at call {call}, happened: {happened}, {first:?}");
                drop(open(&fs).unwrap_or_else(|e| panic!("{place}: {e}")));
                let said = records(&fs);
                assert!(matches!(said.first(), Some(Record::Opened { .. })), "{place}");
                assert_eq!(verified(&fs).size, u64::try_from(said.len()).unwrap(), "{place}");
                if !reached {
                    assert!(call > 10 && first.is_ok(), "{place}");
                    break;
                }
            }
            assert!(!reached);
        }
    }
}

#[test]
fn a_read_that_fails_is_told_and_harms_nothing() {
    for call in 1.. {
        let fs = MemFs::with(&NEARLY_FULL);
        fs.fail_read(Some(call));
        let opened = open(&fs).map(drop);
        let verified_then = Reader::new(fs.clone()).verify(None).map(drop);
        let reached = fs.reads() >= call;
        fs.fail_read(None);
        assert!(reached == (opened.is_err() || verified_then.is_err()), "read {call}");
        drop(open(&fs).unwrap());
        assert!(fs.files() == *NEARLY_FULL, "read {call}");
        if !reached {
            assert!(call > 20, "{call} reads");
            return;
        }
    }
}

#[test]
fn short_writes_and_signals_are_not_even_noticed() {
    for (trouble, happened) in
        [(Trouble::ShortWrite, false), (Trouble::Eintr, false), (Trouble::Eintr, true)]
    {
        let (calls, failed) = each_call_fails(&SMALL, Shown::AtOnce, trouble, happened);
        assert_eq!(failed, 0, "{trouble:?}, of {calls} calls");
    }
}

#[test]
fn after_a_failed_sync_every_later_call_refuses() {
    let fs = MemFs::with(&SMALL);
    let (mut ledger, _): (Ledger<MemFs>, _) = open(&fs).unwrap();
    // The second call of an append is the fdatasync of the journal.
    fs.fail(Some(Fault { call: 2, trouble: Trouble::Eio, happened: false }));
    assert!(matches!(ledger.append(noon(), &[refused(1)]), Err(LedgerError::Poisoned(_))));
    fs.fail(None);
    let found = ledger.append(noon(), &[refused(1)]).unwrap_err();
    assert_eq!(found.code().as_str(), "ARCH-L002");
    assert!(ledger.settle().is_err());
    assert_eq!(fs.calls(), 0, "a poisoned ledger touched the disk");
}
