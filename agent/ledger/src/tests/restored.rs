//! An older copy of the folder, put back whole or in part over a newer state.

use std::collections::{BTreeMap, BTreeSet};

use arch_problem::codes;

use super::world::*;
use crate::fault::MemFs;
use crate::{Checkpoint, ConsistencyProof, Entry, LedgerError, Reader, Record};

type Files = BTreeMap<String, Vec<u8>>;

/// The same ledger at two times.
struct Times {
    old: Files,
    new: Files,
    /// The checkpoint that somebody kept at the newer time.
    kept: Checkpoint,
}

/// Settled, then so many entries more and settled again.
fn times(first: u64, more: u64) -> Times {
    let fs = MemFs::default();
    let (mut ledger, _) = open(&fs).unwrap();
    ledger.append(noon(), &(0..first).map(refused).collect::<Vec<_>>()).unwrap();
    ledger.settle().unwrap();
    let old = fs.files();
    ledger.append(noon(), &(first..first + more).map(refused).collect::<Vec<_>>()).unwrap();
    ledger.settle().unwrap();
    drop(ledger);
    let kept = Reader::new(fs.clone()).checkpoint().unwrap().1;
    Times { old, new: fs.files(), kept }
}

fn records(fs: &MemFs) -> Vec<Record> {
    let entries: Result<Vec<Entry>, _> = Reader::new(fs.clone()).entries().unwrap().collect();
    entries.unwrap().into_iter().map(|entry| entry.record).collect()
}

impl Times {
    /// Mixtures: each file that differs in one of its two versions. With the journal's version,
    /// and whether anything else is left of the newer time.
    fn mixtures(&self) -> Vec<(Files, bool, bool)> {
        let paths: BTreeSet<&String> = self.old.keys().chain(self.new.keys()).collect();
        let differing: Vec<&String> =
            paths.into_iter().filter(|path| self.old.get(*path) != self.new.get(*path)).collect();
        assert!(differing.len() >= 3, "{differing:?}");
        let mixture = |mask: usize| {
            let (mut files, mut journal, mut trace) = (self.old.clone(), false, false);
            for (bit, path) in differing.iter().enumerate() {
                let newer = mask & (1 << bit) != 0;
                let version = if newer { &self.new } else { &self.old };
                match version.get(*path) {
                    Some(bytes) => drop(files.insert((*path).clone(), bytes.clone())),
                    None => drop(files.remove(*path)),
                }
                // That an older tile is gone tells nothing: nobody remembers it.
                let there = self.new.contains_key(*path);
                if *path == "journal" { journal = newer } else { trace |= newer && there }
            }
            (files, journal, trace)
        };
        // All of few; of many, every eleventh.
        let step = if differing.len() > 6 { 11 } else { 1 };
        (0..1 << differing.len()).step_by(step).map(mixture).collect()
    }
}

/// Of one tile, over the end of one, and of one entry.
fn all_times() -> [Times; 3] {
    [times(3, 4), times(252, 6), times(254, 1)]
}

#[test]
fn an_older_journal_is_refused_wherever_any_newer_file_is_left() {
    let mut refused = 0;
    for times in all_times() {
        for (files, _, _) in times.mixtures().into_iter().filter(|(_, new, trace)| !new && *trace) {
            let fs = MemFs::with(&files);
            let found = open(&fs).err().unwrap();
            assert!(matches!(found, LedgerError::RolledBack { .. }), "{found}");
            assert!(fs.files() == files, "a refused ledger was changed");
            let stranger = Reader::new(fs).verify(Some(keys().verifiers())).unwrap_err();
            let told = [
                codes::LEDGER_ROLLED_BACK,
                codes::UNEXPECTED_FILE,
                codes::LEDGER_INCOMPLETE,
                codes::TILE_DIFFERS,
            ];
            assert!(told.contains(&stranger.code), "{stranger}");
            refused += 1;
        }
    }
    assert!(refused > 20, "{refused}");
}

#[test]
fn older_files_beside_a_newer_journal_are_made_anew_and_nothing_is_lost() {
    for times in all_times() {
        let told = records(&MemFs::with(&times.new));
        for (files, _, _) in times.mixtures().into_iter().filter(|(_, new, _)| *new) {
            let fs = MemFs::with(&files);
            drop(open(&fs).unwrap());
            assert_eq!(records(&fs), told);
            assert!(fs.files() == times.new);
        }
    }
}

#[test]
fn a_whole_older_folder_is_taken_for_the_newest_and_only_a_kept_checkpoint_shows_it() {
    for times in all_times() {
        let whole = times.mixtures().into_iter().filter(|(_, new, trace)| !new && !trace);
        let mut seen = 0;
        for (files, _, _) in whole {
            let fs = MemFs::with(&files);
            // The node cannot know better: everything agrees.
            drop(open(&fs).unwrap());
            assert_eq!(records(&fs), records(&MemFs::with(&times.old)));
            assert!(verified(&fs).size < times.kept.size);
            // Who kept the newer checkpoint sees that it shrank …
            let reader = Reader::new(fs.clone());
            assert!(matches!(
                reader.consistency_proof(times.kept.size),
                Err(LedgerError::NoSuchEntry { .. })
            ));
            // … and after it has grown past it, that it tells another history.
            let (mut ledger, _) = open(&fs).unwrap();
            let more = (900..900 + 2 * times.kept.size).map(refused).collect::<Vec<_>>();
            ledger.append(noon(), &more).unwrap();
            drop(ledger);
            let proof: ConsistencyProof = reader.consistency_proof(times.kept.size).unwrap();
            assert!(proof.verify(&times.kept, keys().verifiers()).is_err());
            seen += 1;
        }
        assert!(seen >= 1);
    }
}

#[test]
fn a_journal_written_anew_without_its_checkpoint_is_signed_and_only_a_kept_one_shows_it() {
    // KNOWN GAP, pinned so that nobody believes it away: what is signed is the checkpoint. Who may
    // write to the folder can take it away, and the node signs what it then finds.
    let honest = ledger_of(3);
    let kept = Reader::new(honest).checkpoint().unwrap().1;
    let forged = MemFs::default();
    let (mut ledger, _) = open(&forged).unwrap();
    ledger.append(noon(), &[refused(0), refused(66), refused(2)]).unwrap();
    drop(ledger);
    let journal = forged.files()["journal"].clone();
    let fs = MemFs::with(&[("journal".to_owned(), journal)].into());
    let (_, recovery) = open(&fs).unwrap();
    assert!(recovery.rebuilt.iter().any(|path| path == "checkpoint"), "it says that it did");
    assert_eq!(verified(&fs).size, kept.size);
    let proof = Reader::new(fs).consistency_proof(kept.size).unwrap();
    assert!(proof.verify(&kept, keys().verifiers()).is_err());
}

#[test]
fn a_batch_appended_behind_the_checkpoint_is_signed_at_the_next_start_and_no_kept_one_shows_it() {
    // KNOWN GAP, pinned like the one above: a batch needs no secret, so it looks like one whose writer was
    // killed before he signed. Whoever may write to the folder may write one.
    let honest = ledger_of(3);
    let kept = Reader::new(honest.clone()).checkpoint().unwrap().1;
    let elsewhere = MemFs::with(&honest.files());
    let (mut ledger, _) = open(&elsewhere).unwrap();
    ledger.append(noon(), &[refused(66)]).unwrap();
    drop(ledger);
    let mut files = honest.files();
    files.insert("journal".to_owned(), elsewhere.files()["journal"].clone());
    let fs = MemFs::with(&files);
    let stranger = Reader::new(fs.clone()).verify(Some(keys().verifiers())).unwrap_err();
    assert_eq!(stranger.code, codes::TILE_DIFFERS, "{stranger}");

    drop(open(&fs).unwrap());
    assert_eq!(verified(&fs).size, kept.size + 1);
    let proof = Reader::new(fs).consistency_proof(kept.size).unwrap();
    proof.verify(&kept, keys().verifiers()).unwrap();
}
