//! Entries changed by somebody who knows the format: lengths, checksums and roots of the journal are right,
//! and half of the times each entry names the one before it as it is now. What is left to refuse is what
//! the entries say, and what the checkpoint says of them.

use arch_campaign::{Campaign, Case, Mutator};

use super::{TOUCHED, UNSTEADY, is_whole, opened};
use crate::fault::MemFs;
use crate::journal::{JOURNAL_MAGIC, Writing};
use crate::tests::world::*;
use crate::tree::Edge;
use crate::{Entry, Hash};

const BELIEVED: &str = "believed beside a checkpoint";
const UNCHAINED: &str = "believed out of its chain";

const WORDS: [&str; 24] = [
    "\"kind\":",
    "\"accepted\"",
    "\"started\"",
    "\"finished\"",
    "\"refused\"",
    "\"opened\"",
    "\"recovered\"",
    "\"policy\"",
    "\"attempt\":1",
    "\"attempt\":0",
    "\"attempt\":2",
    "\"v\":1",
    "\"v\":2",
    "\"state\":\"completed\"",
    "\"state\":\"failed\"",
    "\"time\":",
    "2026-11-23T12:00:00Z",
    "2026-11-23T11:59:59Z",
    "\"prev\":",
    "null",
    "{}",
    ",",
    "\\u0061",
    "1.0",
];

/// A life of a few jobs: the folder, and its entries.
fn life() -> (MemFs, Vec<Vec<u8>>) {
    let fs = ledger_of(3);
    let (mut ledger, _) = open(&fs).unwrap();
    for n in 1..3 {
        ledger.append(noon(), &[accepted(n), started(n, 1)]).unwrap();
        ledger.append(noon(), &[finished(n, crate::EndState::Completed)]).unwrap();
    }
    ledger.append(noon(), &[accepted(3)]).unwrap();
    ledger.settle().unwrap();
    let entries = ledger.entries(0).map(|entry: Result<Entry, _>| entry.unwrap().bytes).collect();
    drop(ledger);
    (fs, entries)
}

/// A journal of these entries, a batch each; none if one is longer than an entry may be.
fn journal(entries: &[Vec<u8>]) -> Option<Vec<u8>> {
    let mut bytes = JOURNAL_MAGIC.to_vec();
    let mut edge = Edge::default();
    for entry in entries {
        let mut writing = Writing::of(1);
        let written = writing.entry(|out| {
            out.extend_from_slice(entry);
            Ok::<(), ()>(())
        });
        let leaf = Hash::leaf(written.ok()??);
        let first = edge.size();
        edge.push(leaf, |_, _| {});
        bytes.extend(writing.end(first, edge.root())?);
    }
    Some(bytes)
}

/// Has each entry behind the first name the one before it.
fn chain(entries: &mut [Vec<u8>]) {
    const PREV: &[u8] = b"\"prev\":\"";
    let mut before: Option<Hash> = None;
    for entry in entries {
        let at =
            entry.windows(PREV.len()).position(|window| window == PREV).map(|at| at + PREV.len());
        if let (Some(at), Some(before)) = (at, before) {
            let name = before.to_string();
            let end = entry.len().min(at + name.len());
            drop(entry.splice(at..end, name.into_bytes()));
        }
        before = Some(Hash::leaf(entry));
    }
}

#[test]
fn an_entry_changed_with_right_sums_is_refused_by_what_it_says_or_by_the_checkpoint() {
    let (good, honest) = life();
    let same = MemFs::with(&good.files());
    same.tamper("journal", journal(&honest));
    assert_eq!(open(&same).unwrap().1.cut_bytes, 0, "the honest entries are a journal");
    let mut again = honest.clone();
    chain(&mut again);
    assert!(again == honest, "and their chain is the one that they have");

    let mutator = Mutator::new(honest.clone()).with_words(&WORDS);
    let watched = Campaign::new("fuzz-entries", 400).watch(BELIEVED).watch(UNCHAINED);
    watched.watch(TOUCHED).watch(UNSTEADY).run(|case| {
        let mut entries = honest.clone();
        let at = case.index(entries.len());
        match case.below(8) {
            0 => drop(entries.remove(at)),
            1 => entries.insert(at, case.pick(&honest).clone()),
            2 => entries.swap(at, case.index(honest.len())),
            _ => entries[at] = mutator.mutant(case, &honest[at]),
        }
        let chained = case.once_in(2);
        if chained {
            chain(&mut entries);
        }
        let Some(journal) = journal(&entries) else { return case.count("too long") };
        let fs = MemFs::with(&good.files());
        let alone = case.once_in(2);
        if alone {
            for path in fs.files().keys().filter(|path| *path != "journal") {
                fs.tamper(path, None);
            }
        }
        fs.tamper("journal", Some(journal));
        judge(case, &fs, &honest, (alone, chained));
    });
}

#[test]
fn an_entry_in_another_spelling_is_refused_however_right_all_sums_are() {
    let (good, honest) = life();
    for at in 0..honest.len() {
        let mut entries = honest.clone();
        let end = entries[at].len() - 1;
        entries[at].insert(end, b' ');
        chain(&mut entries);
        let fs = MemFs::with(&good.files());
        for path in fs.files().keys() {
            fs.tamper(path, None);
        }
        fs.tamper("journal", journal(&entries));
        let refused = open(&fs).err().map(|error| error.to_string());
        let why = format!("entry {at} is not in canonical form");
        assert!(refused.as_ref().is_some_and(|told| told.contains(&why)), "{refused:?}");
    }
}

fn judge(case: &mut Case, fs: &MemFs, honest: &[Vec<u8>], (alone, chained): (bool, bool)) {
    let Some((ledger, _)) = opened(case, fs) else { return };
    let found: Vec<Vec<u8>> = ledger.entries(0).map(|entry| entry.unwrap().bytes).collect();
    drop(ledger);
    case.count("opened");
    // An end that is cut off is told by an entry of its own; nothing signed counts what was there.
    let differ = found.iter().zip(honest).position(|(found, honest)| found != honest);
    let first = differ.unwrap_or(found.len().min(honest.len()));
    if !alone && first < honest.len() {
        case.fault(BELIEVED, format!("entry {first} is another one"));
    }
    // Without a new chain the entry behind a changed one names what is not there any more.
    if alone && !chained && first + 1 < found.len() {
        let said = String::from_utf8_lossy(&found[first]).into_owned();
        if !said.contains("\"recovered\"") {
            case.fault(UNCHAINED, format!("entry {first} of {}: {said}", found.len()));
        }
    }
    is_whole(case, fs);
}
