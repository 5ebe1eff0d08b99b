//! Durable ledger entries beside the least that any durable log has to do: write and fdatasync.
//!
//! Ours also chains the entries and hashes them into the tree, and does meanwhile what the agent's
//! thread does: every 50 ms, and at the end of a run, it publishes a checkpoint with two signatures
//! and the tiles that it counts. The peer writes as many bytes and nothing else, to the same disk.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use arch_identity::{Digest, KeyKind, KeyPair, Timestamp};
use arch_ledger::{Anchored, Ledger, LogKeys, Record, StdFs, Turn};
use tempfile::TempDir;

use crate::{Bench, Side, Sides};

/// A full batch: what group commit is for.
pub(crate) const BATCH: Bench =
    Bench { name: "ledger", unit: "durable entries/s, 256 a batch", prepare: || prepare(256) };

/// One entry a batch: what a quiet node does.
pub(crate) const SINGLE: Bench =
    Bench { name: "ledger-1", unit: "durable entries/s, 1 a batch", prepare: || prepare(1) };

/// Batches a run: enough for the agent to publish several times, so that the checkpoint of a run's end
/// weighs no more than it should beside those that are due.
fn batches(entries: u32) -> u32 {
    if entries > 1 { 400 } else { 2_000 }
}

/// How long what is durable may wait for its checkpoint.
const VISIBLE: Duration = Duration::from_millis(50);

fn prepare(entries: u32) -> Result<Sides, String> {
    let Ours { folder, side, bytes } = ours(entries)?;
    let bytes = bytes.concat();
    let mut file = File::create(folder.path().join("raw")).map_err(|error| error.to_string())?;
    let peer = move || {
        let _lives_as_long = &folder;
        rate(entries, || {
            let written = file.write_all(&bytes).and_then(|()| file.sync_data());
            written.map_err(|error| error.to_string())
        })
    };
    Ok(Sides { ours: side, peer: Some(Box::new(peer)) })
}

/// Our side, with what a peer needs to do the same.
pub(crate) struct Ours {
    /// Where the ledger is; to be kept as long as its side runs.
    pub(crate) folder: TempDir,
    pub(crate) side: Side,
    /// The entries of one batch.
    pub(crate) bytes: Vec<Vec<u8>>,
}

/// Appends batches of so many entries to a fresh ledger.
pub(crate) fn ours(entries: u32) -> Result<Ours, String> {
    let folder = beside_the_programs()?;
    let mut ledger = open(folder.path().to_owned())?;
    let (now, record) = (now()?, record());
    let records: Vec<Record> = (0..entries).map(|_| record.clone()).collect();
    let first = ledger.append(now, &records).map_err(|error| error.to_string())?;
    let entries_of = |anchored: &Anchored| anchored.entry().map(|entry| entry.bytes);
    let bytes = first.iter().map(entries_of).collect::<Result<_, _>>();
    let bytes = bytes.map_err(|error| error.to_string())?;
    let side = move || {
        // The peer has its bytes ready, too.
        let ready: Vec<_> = (0..batches(entries)).map(|_| records.clone()).collect();
        rate_of_all(entries, || {
            if entries > 1 { busy(&mut ledger, now, ready) } else { quiet(&mut ledger, now, ready) }
        })
    };
    Ok(Ours { folder, side: Box::new(side), bytes })
}

/// As the agent's thread does it when full batches wait: in turn, with a checkpoint when one is due.
fn busy(
    ledger: &mut Ledger<StdFs>,
    now: Timestamp,
    batches: Vec<Vec<Record>>,
) -> Result<(), String> {
    let (mut left, mut published, mut said) = (batches.into_iter(), Instant::now(), Ok(()));
    ledger.commit_in_turn(
        || {
            if published.elapsed() >= VISIBLE {
                published = Instant::now();
                return Some(Turn::Publish(now));
            }
            left.next().map(|records| Turn::Commit(now, records))
        },
        |committed| {
            let committed = committed.map(drop).map_err(|refused| refused.error);
            said = std::mem::replace(&mut said, Ok(())).and(committed);
        },
    );
    said.and_then(|()| ledger.publish(now)).map_err(|error| error.to_string())
}

/// As it does it when one waits at a time.
fn quiet(
    ledger: &mut Ledger<StdFs>,
    now: Timestamp,
    batches: Vec<Vec<Record>>,
) -> Result<(), String> {
    let mut published = Instant::now();
    for records in batches {
        ledger.commit(now, &records).map_err(|error| error.to_string())?;
        if published.elapsed() >= VISIBLE {
            ledger.publish(now).map_err(|error| error.to_string())?;
            published = Instant::now();
        }
    }
    ledger.publish(now).map_err(|error| error.to_string())
}

/// Entries a second of many batches, one after the other.
pub(crate) fn rate(
    entries: u32,
    mut batch: impl FnMut() -> Result<(), String>,
) -> Result<f64, String> {
    rate_of_all(entries, || (0..batches(entries)).try_for_each(|_| batch()))
}

/// Entries a second of all batches of a run.
fn rate_of_all(entries: u32, all: impl FnOnce() -> Result<(), String>) -> Result<f64, String> {
    let started = Instant::now();
    all()?;
    Ok(f64::from(entries) * f64::from(batches(entries)) / started.elapsed().as_secs_f64())
}

/// A folder on a disk; that for temporary files may be no disk at all.
pub(crate) fn beside_the_programs() -> Result<TempDir, String> {
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let beside = own.parent().ok_or("no folder of my own")?;
    tempfile::tempdir_in(beside).map_err(|error| error.to_string())
}

pub(crate) fn open(folder: PathBuf) -> Result<Ledger<StdFs>, String> {
    let keys = LogKeys::new("bench", KeyPair::from_seed(KeyKind::Hybrid, &[7; 32]));
    let keys = keys.ok_or("no keys for the log")?;
    let fs = StdFs::open(&folder).map_err(|error| error.to_string())?;
    Ledger::open(fs, keys, now()?).map(|(ledger, _)| ledger).map_err(|error| error.to_string())
}

pub(crate) fn now() -> Result<Timestamp, String> {
    Timestamp::from_unix(1_800_000_000).ok_or_else(|| "no such time".to_owned())
}

/// An entry of the usual size, of a kind that may follow any other.
pub(crate) fn record() -> Record {
    Record::Refused {
        subject: Digest::of(b"job"),
        file: "embed-wikipedia.yaml".to_owned(),
        code: "ARCH-P003".to_owned(),
        message: "policy denies `egress:25`".to_owned(),
        line: Some(8),
        column: Some(25),
        rule: Some("net.egress".to_owned()),
    }
}
