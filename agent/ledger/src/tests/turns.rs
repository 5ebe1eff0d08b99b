//! Batches in turn: the same ledger as one after the other, and no worse when something fails.

use std::collections::VecDeque;

use super::world::*;
use crate::fault::{Fault, MemFs, Trouble};
use crate::{EndState, Ledger, LedgerError, Record, Turn};

fn batches() -> Vec<Vec<Record>> {
    let mut batches = vec![
        vec![accepted(1), started(1, 1)],
        (0..300).map(refused).collect(),
        // Fits only behind a batch that is still on its way.
        vec![finished(1, EndState::Quarantined)],
        vec![Record::Released { document: digest(1), by: "ada".into() }],
    ];
    batches.extend((0..5).map(|n| vec![refused(1000 + n), accepted(10 + n)]));
    batches
}

/// What was said of each batch, in order. Before each, what is there already is published.
fn in_turn(
    ledger: &mut Ledger<MemFs>,
    batches: Vec<Vec<Record>>,
) -> Vec<Result<usize, LedgerError>> {
    let (mut waiting, mut said) = (VecDeque::new(), Vec::new());
    for batch in batches.clone() {
        waiting.extend([Turn::Publish(noon()), Turn::Commit(noon(), batch)]);
    }
    ledger.commit_in_turn(
        || waiting.pop_front(),
        |result| {
            // What is not anchored comes back whole, to whoever asked for it.
            let batch = &batches[said.len()];
            said.push(result.map(|anchored| anchored.len()).map_err(|refused| {
                assert_eq!(&refused.records, batch);
                refused.error
            }));
        },
    );
    said
}

#[test]
fn batches_in_turn_leave_the_same_bytes_as_one_after_the_other() {
    let (together, apart) = (MemFs::default(), MemFs::default());
    let (mut first, _) = open(&together).unwrap();
    let before = together.syncs();
    let said = in_turn(&mut first, batches());
    assert_eq!(together.syncs() - before, 9, "one sync a batch");
    assert!(
        said.iter().zip(batches()).all(|(said, batch)| said.as_ref().ok() == Some(&batch.len()))
    );
    first.publish(noon()).unwrap();
    let (mut second, _) = open(&apart).unwrap();
    for batch in batches() {
        second.append(noon(), &batch).unwrap();
    }
    assert!(together.files() == apart.files());
    assert_eq!(first.root(), second.root());
    drop((first, second));
    assert_eq!(verified(&together).size, 315);
    assert!(open(&together).is_ok());
}

#[test]
fn a_checkpoint_that_is_asked_for_between_two_batches_counts_what_was_durable_then() {
    let fs = MemFs::default();
    let (mut ledger, _) = open(&fs).unwrap();
    let mut turns = VecDeque::from([
        Turn::Commit(noon(), (0..300).map(refused).collect()),
        Turn::Commit(noon(), vec![refused(300)]),
        Turn::Publish(noon()),
        Turn::Commit(noon(), vec![refused(301)]),
    ]);
    ledger.commit_in_turn(|| turns.pop_front(), |said| assert!(said.is_ok()));
    // Of the batch that was on its way nobody knew yet.
    assert!(ledger.checkpoint().starts_with("example.org/node\n301\n"), "{}", ledger.checkpoint());
    assert_eq!((ledger.size(), ledger.is_published()), (303, false));
    assert!(ledger.receipt(300).is_ok() && ledger.receipt(301).is_err());
    ledger.publish(noon()).unwrap();
    drop(ledger);
    assert_eq!(verified(&fs).size, 303);
}

#[test]
fn a_disk_that_is_too_full_for_tiles_alone_leaves_them_behind_until_there_is_room() {
    let fs = MemFs::default();
    let (mut ledger, _) = open(&fs).unwrap();
    ledger.append(noon(), &(0..300).map(refused).collect::<Vec<_>>()).unwrap();
    fs.tamper("reserve", None);
    // The next batch fits into what the one before left behind it.
    ledger.append(noon(), &[refused(300)]).unwrap();
    fs.limit(Some(fs.files().values().map(Vec::len).sum()));
    let mut turns = VecDeque::from([
        Turn::Commit(noon(), vec![accepted(1)]),
        Turn::Commit(noon(), vec![refused(301)]),
        Turn::Publish(noon()),
        Turn::Commit(noon(), vec![refused(302)]),
    ]);
    let mut said = Vec::new();
    ledger.commit_in_turn(|| turns.pop_front(), |result| said.push(result.is_ok()));
    assert_eq!(said, [true; 3]);
    assert!(!ledger.is_poisoned() && !ledger.is_published());
    fs.limit(None);
    ledger.publish(noon()).unwrap();
    drop(ledger);
    let size = verified(&fs).size;
    assert!((305..=306).contains(&size), "{size}: perhaps with `outOfSpace`");
}

#[test]
fn a_batch_that_makes_no_sense_is_refused_in_its_turn_and_the_next_goes_on() {
    let fs = MemFs::default();
    let (mut ledger, _) = open(&fs).unwrap();
    let odd = vec![refused(5), finished(9, EndState::Completed)];
    let said = in_turn(&mut ledger, vec![vec![accepted(1)], odd, vec![], vec![started(1, 1)]]);
    assert!(matches!(
        said.as_slice(),
        [Ok(1), Err(LedgerError::IllegalStep { state: None, .. }), Ok(0), Ok(1)]
    ));
    drop(ledger);
    drop(open(&fs).unwrap());
    assert_eq!(verified(&fs).size, 3);
}

#[test]
fn whatever_fails_nothing_that_was_told_durable_is_lost_and_nothing_else_appears_behind_it() {
    for trouble in [Trouble::Eio, Trouble::Enospc, Trouble::ShortWrite, Trouble::Eintr] {
        for happened in [false, true] {
            for call in 1..=20 {
                let fs = ledger_of(2);
                let (mut ledger, _) = open(&fs).unwrap();
                fs.fail(Some(Fault { call, trouble, happened }));
                let said = in_turn(&mut ledger, batches());
                fs.fail(None);
                let place = format!("{trouble:?} at call {call}, happened: {happened}");
                assert_eq!(said.len(), batches().len(), "{place}");
                let told: Vec<Record> = said
                    .iter()
                    .zip(batches())
                    .filter(|(said, _)| said.is_ok())
                    .flat_map(|(_, batch)| batch)
                    .collect();
                let poisoned = ledger.is_poisoned();
                drop(ledger);
                let (ledger, _) = open(&fs).unwrap_or_else(|e| panic!("{place}: {e}"));
                let mut found: Vec<Record> =
                    ledger.entries(3).map(|entry| entry.unwrap().record).collect();
                found.retain(|record| {
                    use Record as R;
                    let own = R::Recovered { cut_bytes: 0 };
                    !matches!(record, R::OutOfSpace {} | R::SpaceRegained {})
                        && std::mem::discriminant(record) != std::mem::discriminant(&own)
                });
                drop(ledger);
                assert!(found.starts_with(&told), "{place}: {} of {}", found.len(), told.len());
                // At most the one batch of which nobody could say.
                let one_more = batches().into_iter().any(|batch| found[told.len()..] == batch[..]);
                assert!(found == told || (poisoned && one_more), "{place}");
                verified(&fs);
            }
        }
    }
}
