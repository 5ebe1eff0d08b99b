//! A durable ledger entry beside the least that any durable log has to do: write and fdatasync.
//!
//! Ours also hashes the entry into the tree, signs a checkpoint with two algorithms and writes
//! tiles; the peer writes as many bytes and nothing else, to the same disk.

use std::fs::File;
use std::io::Write;
use std::time::{Duration, Instant};

use arch_identity::{Digest, KeyKind, KeyPair, Timestamp};
use arch_ledger::{Ledger, LogKeys, Record, StdFs};

use crate::{Bench, Sides};

/// Batches a run.
const BATCHES: u32 = 40;

/// One entry a batch: what a quiet node does.
pub(crate) const SINGLE: Bench =
    Bench { name: "ledger-append", unit: "us per durable entry", prepare: || prepare(1) };

/// A hundred entries a batch: what group commit is for.
pub(crate) const BATCH: Bench = Bench {
    name: "ledger-append-100",
    unit: "us per durable batch of 100 entries",
    prepare: || prepare(100),
};

fn prepare(entries: usize) -> Result<Sides, String> {
    // Beside the programs, since a folder for temporary files may be no disk at all.
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let beside = own.parent().ok_or("no folder of my own")?;
    let folder = tempfile::tempdir_in(beside).map_err(|error| error.to_string())?;
    let keys = LogKeys::new("bench", KeyPair::from_seed(KeyKind::Hybrid, &[7; 32]));
    let keys = keys.ok_or("no keys for the log")?;
    let now = Timestamp::from_unix(1_800_000_000).ok_or("no such time")?;
    let fs = StdFs::open(folder.path()).map_err(|error| error.to_string())?;
    let (mut ledger, _fresh) = Ledger::open(fs, keys, now).map_err(|error| error.to_string())?;
    let records = vec![record(); entries];
    let first = ledger.append(now, &records).map_err(|error| error.to_string())?;
    let bytes: Vec<u8> = first.iter().flat_map(|anchored| anchored.entry().bytes.clone()).collect();
    let mut file = File::create(folder.path().join("raw")).map_err(|error| error.to_string())?;
    Ok(Sides {
        ours: Box::new(move || {
            timed(|| ledger.append(now, &records).map(drop).map_err(|error| error.to_string()))
        }),
        peer: Box::new(move || {
            let _lives_as_long = &folder;
            timed(|| {
                file.write_all(&bytes)
                    .and_then(|()| file.sync_data())
                    .map_err(|error| error.to_string())
            })
        }),
    })
}

/// The time of one call, from that of many.
fn timed(mut once: impl FnMut() -> Result<(), String>) -> Result<Duration, String> {
    let started = Instant::now();
    for _ in 0..BATCHES {
        once()?;
    }
    Ok(started.elapsed().checked_div(BATCHES).unwrap_or_default())
}

/// An entry of the usual size, of a kind that may follow any other.
fn record() -> Record {
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
