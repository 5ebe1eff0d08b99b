//! How often the journal is synced for a batch, as another program sees it: strace.

use std::path::Path;
use std::process::{Command, Stdio};

use arch_ledger::Record;

use crate::ledger::{beside_the_programs, now, open, record};
use crate::{Bench, Sides, places};

/// Each acknowledged batch has cost one sync of the journal.
pub(crate) const SYNCS: Bench =
    Bench { name: "ledger-syncs", unit: "syncs of the journal per batch, by strace", prepare };

/// Every way to wait for a disk.
const CALLS: &str = "trace=fsync,fdatasync,sync,syncfs,sync_file_range,msync";

const BATCHES: u32 = 200;

fn prepare() -> Result<Sides, String> {
    let Some(strace) = places::other("ARCH_STRACE") else {
        return Ok(Sides::skipped("there is no strace"));
    };
    let ours = move || {
        // What opening and closing cost is the same with and without batches.
        let (none, all) = (watch(&strace, 0)?, watch(&strace, BATCHES)?);
        let per_batch =
            |with: u32, without: u32| (f64::from(with) - f64::from(without)) / f64::from(BATCHES);
        let others = per_batch(all.others, none.others);
        if others > 0.0 {
            eprintln!("beside the journal's, {others} syncs of other files per batch");
        }
        Ok(per_batch(all.journal, none.journal))
    };
    Ok(Sides { ours: Box::new(ours), peer: None })
}

/// Syncs that were seen.
struct Seen {
    journal: u32,
    others: u32,
}

/// Has a process of its own append to a fresh ledger, and counts.
fn watch(strace: &Path, batches: u32) -> Result<Seen, String> {
    let folder = beside_the_programs()?;
    let (ledger, log) = (folder.path().join("ledger"), folder.path().join("calls"));
    std::fs::create_dir(&ledger).map_err(|error| error.to_string())?;
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut command = Command::new(strace);
    // Descriptors are shown with their paths.
    command.args(["-f", "-y", "-qq", "-e", CALLS, "-o"]).arg(&log).arg("--").arg(own);
    command.arg("--append-in").arg(&ledger).args(["--batches", &batches.to_string()]);
    let status = command.stdin(Stdio::null()).status().map_err(|error| error.to_string())?;
    if !status.success() {
        return Err(format!("{} ended with {status}", strace.display()));
    }
    let calls = std::fs::read_to_string(&log).map_err(|error| error.to_string())?;
    let count = |of: &dyn Fn(&&str) -> bool| {
        u32::try_from(calls.lines().filter(of).count()).unwrap_or(u32::MAX)
    };
    // A call during which another thread was heard has a second line, without its name.
    let call = |line: &&str| line.contains("sync(") || line.contains("sync_file_range(");
    let journal = |line: &&str| call(line) && line.contains("/journal>");
    let seen = count(&journal);
    Ok(Seen { journal: seen, others: count(&call).saturating_sub(seen) })
}

/// The process that is watched.
pub(crate) fn append(folder: &Path, batches: u32) -> Result<(), String> {
    let mut ledger = open(folder.to_owned())?;
    let (now, records): (_, Vec<Record>) = (now()?, vec![record(); 256]);
    (0..batches)
        .try_for_each(|_| ledger.append(now, &records).map(drop).map_err(|error| error.to_string()))
}
