//! Every call of a ledger's life goes wrong in turn, in every way, until a life ends without it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use arch_campaign::{Campaign, Case};

use super::disk::{Disk, Files};
use super::faulty::{Faulty, Planned, Trouble};
use super::trace::{Driver, LATER, life};
use super::world::*;
use crate::fault::MemFs;
use crate::{Entry, KeySource, Ledger, LedgerError, Reader, Record, Recovery};

const LOST: &str = "acknowledged entries lost";
const INVENTED: &str = "invented entries";
const DISHONEST: &str = "dishonest errors";
const UNOPENED: &str = "later starts refused";
const UNVERIFIED: &str = "states that do not verify";

/// What goes wrong, and whether the call did its work all the same.
const WAYS: [(Trouble, bool); 9] = [
    (Trouble::Eio, false),
    (Trouble::Eio, true),
    (Trouble::Enospc, false),
    (Trouble::Enospc, true),
    (Trouble::Eintr, false),
    (Trouble::Eintr, true),
    (Trouble::EintrAgain, false),
    (Trouble::EintrAgain, true),
    (Trouble::Short, false),
];

/// How many calls a life without faults makes.
static CALLS: LazyLock<u64> = LazyLock::new(|| {
    let disk = MemFs::default();
    let fs = Faulty::new(disk.clone(), None);
    Driver::new(fs.clone(), disk).run(&life()).unwrap();
    fs.calls()
});

type Fault = (&'static str, String);

#[test]
fn every_call_of_a_whole_life_fails_in_every_way_and_nothing_is_lost() {
    println!("{} calls of a life without faults, {} ways to fail", *CALLS, WAYS.len());
    assert!(*CALLS > 300);
    let watched = [LOST, INVENTED, DISHONEST, UNOPENED, UNVERIFIED];
    let campaign = Campaign::new("nth-call", 60);
    watched.iter().fold(campaign, |campaign, fault| campaign.watch(fault)).run(|case| {
        let planned = planned(case.number());
        if let Err((fault, why)) = live(case, planned) {
            case.fault(fault, format!("{why}; {planned:?}"));
        }
    });
}

/// All positions times all ways, and the position after the last call, in an order that mixes them.
fn planned(number: u64) -> Planned {
    let ways = u64::try_from(WAYS.len()).unwrap();
    let total = (*CALLS + 1) * ways;
    let step = [7_919, 7_907].into_iter().find(|prime| !total.is_multiple_of(*prime)).unwrap();
    // The first case comes after the last call: a life that does not meet its fault.
    let index = (number % total * step + total - ways) % total;
    let (trouble, happened) = WAYS[usize::try_from(index % ways).unwrap()];
    Planned { call: index / ways + 1, trouble, happened }
}

fn live(case: &mut Case, planned: Planned) -> Result<(), Fault> {
    let disk = MemFs::default();
    let fs = Faulty::new(disk.clone(), Some(planned));
    let mut driver = Driver::new(fs.clone(), disk.clone());
    let ended = driver.run(&life());
    disk.limit(None);
    case.count("faults");
    match (&ended, fs.hit()) {
        (Ok(()), None) => case.count("lives without meeting it"),
        (Ok(()), Some(_)) => case.count("lives that went on"),
        (Err(_), _) => case.count("lives that ended"),
    }
    if let Err(error) = &ended
        && !is_honest(error, planned)
    {
        return Err((DISHONEST, format!("{error:?} from `{}`", fs.hit().unwrap_or("nowhere"))));
    }
    // After a kill everything written is there; after a power cut what was synced, at least.
    let (all, broken) = (u64::MAX, ended.is_err());
    let cut = Disk::new(&BTreeMap::new(), &disk);
    start_again(&disk.files(), &driver, all, broken)?;
    start_again(&cut.without_data_and_names(cut.len()), &driver, all, broken)?;
    // A power cut as soon as somebody was told something after the fault.
    let next = driver.told.iter().find(|(done, _)| *done > fs.hit_after());
    if let Some((done, size)) = next.filter(|_| fs.hit().is_some()) {
        start_again(&cut.without_data(*done), &driver, *size, false)?;
    }
    Ok(())
}

/// The next start, with at least so many of the acknowledged entries, and one more, which finds
/// nothing to do.
fn start_again(
    files: &Files,
    driver: &Driver<Faulty>,
    least: u64,
    broken: bool,
) -> Result<(), Fault> {
    let disk = MemFs::with(files);
    let start = || Ledger::open(disk.clone(), keys(), noon().plus(LATER));
    drop(start().map_err(|error| (UNOPENED, error.to_string()))?);
    judge(&disk, driver, least, broken)?;
    let before = disk.files();
    let (_, recovery) = start().map_err(|error| (UNOPENED, error.to_string()))?;
    if recovery != Recovery::default() || disk.files() != before {
        return Err((UNVERIFIED, format!("a second start changes it: {recovery:?}")));
    }
    Ok(())
}

/// An error of the operating system is told as that; signals and short reads are none.
fn is_honest(error: &LedgerError, planned: Planned) -> bool {
    match error {
        LedgerError::Poisoned(_) | LedgerError::Io { .. } => {
            !matches!(planned.trouble, Trouble::Short) || planned.happened
        }
        LedgerError::OutOfSpace => planned.trouble == Trouble::Enospc,
        _ => false,
    }
}

/// What was acknowledged is there; what is there was acknowledged, or under way, or is the ledger's
/// own; a stranger agrees.
fn judge(disk: &MemFs, driver: &Driver<Faulty>, least: u64, broken: bool) -> Result<(), Fault> {
    let entries = Reader::new(disk.clone()).entries().and_then(Iterator::collect);
    let entries: Vec<Entry> = entries.map_err(|e| (UNVERIFIED, e.to_string()))?;
    let told = driver.acknowledged.iter().filter(|told| told.index < least);
    let told: Vec<&Entry> = told.collect();
    let lost = told.iter().find(|told| {
        let at = usize::try_from(told.index).unwrap();
        entries.get(at) != Some(**told)
    });
    if let Some(lost) = lost {
        return Err((LOST, format!("entry {}", lost.index)));
    }
    let others = entries.iter().filter(|entry| !told.contains(entry));
    let others: Vec<&Record> = others.map(|entry| &entry.record).filter(|r| !is_own(r)).collect();
    let pending: Vec<&Record> = driver.pending.iter().collect();
    if !others.is_empty() && (others != pending || !broken) {
        return Err((INVENTED, format!("{others:?}")));
    }
    let verified = Reader::new(disk.clone()).verify(Some(keys().verifiers()));
    let verified = verified.map_err(|failure| (UNVERIFIED, failure.to_string()))?;
    if verified.key_source != KeySource::Given || verified.size != entries.len() as u64 {
        return Err((UNVERIFIED, format!("{} of {} entries", verified.size, entries.len())));
    }
    Ok(())
}

fn is_own(record: &Record) -> bool {
    matches!(
        record,
        Record::Opened { .. }
            | Record::Recovered { .. }
            | Record::OutOfSpace {}
            | Record::SpaceRegained {}
    )
}
