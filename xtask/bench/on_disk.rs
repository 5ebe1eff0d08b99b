//! What a ledger takes on disk beside the bytes of its entries.

use std::path::Path;

use arch_ledger::{Anchored, Record};

use crate::ledger::{beside_the_programs, now, open, record};
use crate::{Bench, Sides};

/// Journal, tiles and everything else but the reserve for a full disk, which is there once.
pub(crate) const BYTES: Bench =
    Bench { name: "ledger-bytes", unit: "bytes on disk per byte of entries of 512 bytes", prepare };

/// The usual size of an entry.
const ENTRY: usize = 512;

/// Batches of 256.
const BATCHES: u32 = 100;

fn prepare() -> Result<Sides, String> {
    Ok(Sides { ours: Box::new(write), peer: None })
}

fn write() -> Result<f64, String> {
    let folder = beside_the_programs()?;
    let mut ledger = open(folder.path().to_owned())?;
    let now = now()?;
    // One entry to see how long a message makes it 512 bytes.
    let first = ledger.append(now, &[padded(0)]).map_err(|error| error.to_string())?;
    let bare = first.first().map_or(Ok(0), bytes)?;
    let records = vec![padded(ENTRY.saturating_sub(bare)); 256];
    let mut payload = 0.0;
    for _ in 0..BATCHES {
        let batch = ledger.append(now, &records).map_err(|error| error.to_string())?;
        for anchored in &batch {
            payload += length(bytes(anchored)?);
        }
    }
    ledger.settle().map_err(|error| error.to_string())?;
    drop(ledger);
    Ok(below(folder.path())? / payload)
}

fn bytes(anchored: &Anchored) -> Result<usize, String> {
    anchored.entry().map(|entry| entry.bytes.len()).map_err(|error| error.to_string())
}

/// A refusal whose message is so much longer.
fn padded(by: usize) -> Record {
    match record() {
        Record::Refused { subject, file, code, line, column, rule, message } => {
            let message = format!("{message}{}", "x".repeat(by));
            Record::Refused { subject, file, code, line, column, rule, message }
        }
        other => other,
    }
}

/// Lengths of all files but the reserve.
fn below(folder: &Path) -> Result<f64, String> {
    let told = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut sum = 0.0;
    for entry in std::fs::read_dir(folder).map_err(told)? {
        let entry = entry.map_err(told)?;
        let found = entry.metadata().map_err(told)?;
        if found.is_dir() {
            sum += below(&entry.path())?;
        } else if entry.file_name() != "reserve" {
            sum += length(usize::try_from(found.len()).unwrap_or(usize::MAX));
        }
    }
    Ok(sum)
}

fn length(bytes: usize) -> f64 {
    f64::from(u32::try_from(bytes).unwrap_or(u32::MAX))
}
