//! Every crash of a ledger's life, by the thousand with every test run and all of them in a soak.

use std::collections::{BTreeMap, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::LazyLock;

use arch_campaign::{Campaign, Case};

use super::disk::{Crash, Disk, Files};
use super::trace::{Driver, LATER, life};
use super::world::*;
use crate::fault::MemFs;
use crate::fs::is_full;
use crate::journal::{Batches, Step as Walk};
use crate::layout::{CHECKPOINT, JOURNAL};
use crate::proof::verify_consistency;
use crate::{Checkpoint, Entry, Hash, Ledger, LedgerError, Note, Reader, Record, Recovery};

const LOST: &str = "acknowledged entries lost";
const INVENTED: &str = "invented entries";
const REFUSED: &str = "refusals without a rule";
const RESTLESS: &str = "recoveries that a second start changes";
const UNVERIFIED: &str = "states that do not verify";
const FORKED: &str = "checkpoints contradicted";

/// The life, once without any fault.
struct Life {
    disk: Disk,
    /// All entries, in the bytes that were hashed.
    entries: Vec<Vec<u8>>,
    /// Where batches end: only so many entries can be there.
    borders: Vec<u64>,
    /// After each number of operations.
    known: Vec<Known>,
    crashes: Vec<Crash>,
}

/// What is known to others, and what may be on disk, at one moment.
#[derive(Debug, Clone, Default)]
struct Known {
    /// So many entries were acknowledged.
    least: u64,
    /// So many had been written, whole.
    most: u64,
    /// Checkpoints that somebody may have seen.
    published: Vec<(u64, Hash)>,
}

static LIFE: LazyLock<Life> = LazyLock::new(|| {
    let fs = MemFs::default();
    let mut driver = Driver::new(fs.clone(), fs.clone());
    driver.run(&life()).unwrap();
    let reader = Reader::new(fs.clone());
    let entries = reader.entries().unwrap().map(|entry| entry.unwrap().bytes).collect();
    let disk = Disk::new(&BTreeMap::new(), &fs);
    let mut known = vec![Known::default()];
    let (mut borders, mut published) = (vec![0], BTreeMap::new());
    for (done, files) in disk.live().iter().enumerate().skip(1) {
        let least = driver.told.iter().filter(|(ops, _)| *ops <= done).map(|(_, size)| *size).max();
        let most = whole_batches(files);
        if borders.last() < Some(&most) {
            borders.push(most);
        }
        if let Some(checkpoint) = checkpoint(files) {
            published.insert(checkpoint.size, checkpoint.root);
        }
        let published = published.iter().map(|(size, root)| (*size, *root)).collect();
        known.push(Known { least: least.unwrap_or(0), most, published });
    }
    let crashes = disk.every_crash();
    Life { disk, entries, borders, known, crashes }
});

fn whole_batches(files: &Files) -> u64 {
    let fs = MemFs::with(files);
    let Ok(file) = crate::fs::Fs::open(&fs, JOURNAL) else { return 0 };
    let Ok(mut walk) = Batches::new(&fs, file).unwrap() else { return 0 };
    while let Walk::Batch(batch) = walk.next().unwrap() {
        assert!(batch.has_the_root_of_its_commit());
    }
    walk.size()
}

fn checkpoint(files: &Files) -> Option<Checkpoint> {
    let note = Note::parse(files.get(CHECKPOINT)?).ok()?;
    Checkpoint::from_text(&note.text).ok()
}

fn open_later(fs: &MemFs) -> Result<(Ledger<MemFs>, Recovery), LedgerError> {
    Ledger::open(fs.clone(), keys(), noon().plus(LATER))
}

/// What a recovery may add by itself.
fn is_own(record: &Record) -> bool {
    matches!(record, Record::Recovered { .. } | Record::OutOfSpace {} | Record::SpaceRegained {})
}

type Fault = (&'static str, String);

impl Life {
    /// The crash of this number: all of one loss in an order that mixes them, and between them, and
    /// after them, any that can be drawn.
    fn crash(&self, case: &mut Case) -> Crash {
        let total = u64::try_from(self.crashes.len()).unwrap();
        let (round, drawn) = (case.number() / 8, case.number() % 8 == 7);
        let number = case.number() - round;
        if drawn || number >= total {
            case.count("drawn ones");
            return self.disk.draw(case);
        }
        // A prime that does not divide the total walks through all of it.
        let step =
            [1_000_003, 999_983].into_iter().find(|prime| !total.is_multiple_of(*prime)).unwrap();
        let index = usize::try_from(number * step % total).unwrap();
        self.crashes[index].clone()
    }

    /// Opens what a crash left, as the product does, and holds it against what is known.
    fn recover(
        &self,
        files: &Files,
        known: &Known,
        full: bool,
        rest: bool,
    ) -> Result<Found, Fault> {
        let fs = MemFs::with(files);
        fs.limit(full.then(|| files.values().map(Vec::len).sum()));
        let (mut cut, mut refused) = (false, false);
        match open_later(&fs) {
            Ok((_, recovery)) => cut = recovery.cut_bytes > 0,
            // An honest refusal; with room, it opens.
            Err(LedgerError::OutOfSpace) if full => refused = true,
            // Not even a first entry fits.
            Err(LedgerError::Io { source, .. }) if full && is_full(&source) => refused = true,
            Err(error) => return Err((REFUSED, error.to_string())),
        }
        if full {
            fs.limit(None);
            let (_, recovery) = open_later(&fs).map_err(|e| (REFUSED, e.to_string()))?;
            cut |= recovery.cut_bytes > 0;
        }
        self.judge(&fs, known)?;
        if rest {
            rests(&fs)?;
        }
        Ok(Found { cut, refused })
    }

    /// Everything acknowledged is there, nothing else is, and nobody was told otherwise before.
    fn judge(&self, fs: &MemFs, known: &Known) -> Result<(), Fault> {
        let entries = Reader::new(fs.clone()).entries().and_then(Iterator::collect);
        let entries: Vec<Entry> = entries.map_err(|e| (UNVERIFIED, e.to_string()))?;
        let pairs = entries.iter().zip(&self.entries);
        let kept = pairs.take_while(|(found, told)| found.bytes == **told).count();
        let size = u64::try_from(kept).unwrap();
        let begun_anew = size == 0 && entries.len() == 1 && known.least == 0;
        if size < known.least {
            return Err((LOST, format!("{size} of {} are left", known.least)));
        }
        if let Some(foreign) = entries.iter().skip(kept).find(|e| !is_own(&e.record))
            && !begun_anew
        {
            return Err((INVENTED, format!("{foreign:?}")));
        }
        if size > known.most || !self.borders.contains(&size) {
            return Err((INVENTED, format!("{size} entries, of at most {}", known.most)));
        }
        let verified = Reader::new(fs.clone()).verify(Some(keys().verifiers()));
        let verified = verified.map_err(|failure| (UNVERIFIED, failure.to_string()))?;
        // The newest and the oldest one that somebody may have kept.
        for (size, root) in known.published.iter().take(1).chain(known.published.last()) {
            let path = Reader::new(fs.clone()).consistency(*size, verified.size);
            let path = path.map_err(|e| (FORKED, e.to_string()))?;
            verify_consistency(*size, *root, verified.size, verified.root, &path)
                .map_err(|e| (FORKED, format!("{size}: {e}")))?;
        }
        Ok(())
    }
}

/// A second start finds nothing to do.
fn rests(fs: &MemFs) -> Result<(), Fault> {
    let before = fs.files();
    let (_, recovery) = open_later(fs).map_err(|e| (RESTLESS, e.to_string()))?;
    if recovery == Recovery::default() && fs.files() == before {
        return Ok(());
    }
    Err((RESTLESS, format!("{recovery:?}")))
}

/// A state that was opened.
struct Found {
    cut: bool,
    refused: bool,
}

#[test]
fn no_crash_of_a_whole_life_loses_an_acknowledged_entry_or_invents_one() {
    let life = &*LIFE;
    let (operations, states) = (life.disk.len(), life.crashes.len());
    println!("{operations} operations, {states} crash states with one kind of loss");
    assert!(operations >= 200 && states >= 20_000);
    let mut seen = HashSet::new();
    let watched = [LOST, INVENTED, REFUSED, RESTLESS, UNVERIFIED, FORKED];
    let campaign = Campaign::new("crash-states", 150);
    watched.iter().fold(campaign, |campaign, fault| campaign.watch(fault)).run(|case| {
        let crash = life.crash(case);
        let (files, known) = (life.disk.after(&crash), &life.known[crash.after]);
        let (full, rest) = (case.once_in(8), case.once_in(3));
        case.count("crash states");
        let mut hasher = DefaultHasher::new();
        (&files, known.least, known.most, full).hash(&mut hasher);
        if !seen.insert(hasher.finish()) {
            return;
        }
        case.count("different ones");
        case.add("started twice", u64::from(rest));
        match life.recover(&files, known, full, rest) {
            Ok(found) => {
                case.add("cut tails", u64::from(found.cut));
                case.add("refusals", u64::from(found.refused));
                if case.once_in(6) {
                    again(life, case, &files, known);
                }
            }
            Err((fault, why)) => case.fault(fault, format!("{why}; {crash:?}")),
        }
    });
}

/// A crash while the crash is recovered from.
fn again(life: &Life, case: &mut Case, files: &Files, known: &Known) {
    let fs = MemFs::with(files);
    let recovered = open_later(&fs).map(drop);
    let recovery = Disk::new(files, &fs);
    let crash = recovery.draw(case);
    case.count("crashes during recovery");
    match (recovered, life.recover(&recovery.after(&crash), known, false, true)) {
        (Ok(()), Ok(_)) => {}
        (Err(error), _) => case.fault(REFUSED, error.to_string()),
        (_, Err((fault, why))) => case.fault(fault, format!("in recovery: {why}; {crash:?}")),
    }
}
