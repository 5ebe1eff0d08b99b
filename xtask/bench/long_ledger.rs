//! A ledger of a million entries: how long a proof takes, and a start. There is no peer.

use std::sync::OnceLock;
use std::time::Instant;

use arch_ledger::Record;
use tempfile::TempDir;

use crate::ledger::{beside_the_programs, now, open, record};
use crate::{Bench, Sides};

/// An inclusion proof of any entry.
pub(crate) const PROOF: Bench =
    Bench { name: "proof-1m", unit: "us per inclusion proof of 1,000,000 entries", prepare: proof };

/// Opening the ledger: journal read, chain and tree checked, tiles compared.
pub(crate) const RECOVER: Bench =
    Bench { name: "recover-1m", unit: "s to open 1,000,000 entries", prepare: recover };

const ENTRIES: u64 = 1_000_000;

/// Proofs a run, spread over the log.
const PROOFS: u32 = 200;

fn proof() -> Result<Sides, String> {
    let ledger = open(folder()?.path().to_owned())?;
    let mut index = 0_u64;
    let ours = move || {
        let started = Instant::now();
        for _ in 0..PROOFS {
            index = index.wrapping_add(7_919) % ENTRIES;
            ledger.inclusion(index, ledger.size()).map_err(|error| error.to_string())?;
        }
        Ok(started.elapsed().as_secs_f64() * 1e6 / f64::from(PROOFS))
    };
    Ok(Sides { ours: Box::new(ours), peer: None })
}

fn recover() -> Result<Sides, String> {
    let folder = folder()?;
    let ours = move || {
        let started = Instant::now();
        open(folder.path().to_owned())?;
        Ok(started.elapsed().as_secs_f64())
    };
    Ok(Sides { ours: Box::new(ours), peer: None })
}

/// Written once for both.
fn folder() -> Result<&'static TempDir, String> {
    static FOLDER: OnceLock<Result<TempDir, String>> = OnceLock::new();
    FOLDER.get_or_init(write).as_ref().map_err(Clone::clone)
}

fn write() -> Result<TempDir, String> {
    let folder = beside_the_programs()?;
    let mut ledger = open(folder.path().to_owned())?;
    let (now, records) = (now()?, vec![record(); 4_096]);
    while ledger.size() < ENTRIES {
        let left = usize::try_from(ENTRIES.saturating_sub(ledger.size())).unwrap_or(usize::MAX);
        let batch: &[Record] = records.get(..left.min(records.len())).unwrap_or_default();
        ledger.append(now, batch).map_err(|error| error.to_string())?;
    }
    ledger.settle().map_err(|error| error.to_string())?;
    Ok(folder)
}
