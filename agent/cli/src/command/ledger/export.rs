//! `archctl ledger export`

use std::path::{Path, PathBuf};

use crate::answer::{Answer, Outcome, Stop};
use crate::ledger_folder::{Folder, LedgerFolder, broken};
use crate::say;

/// Copy what stock transparency-log tools read: checkpoint, tiles and keys (C2SP tlog-tiles)
///
/// The ledger is checked first, and nothing is copied if it does not hold. The copy also has every
/// entry as a line of `entries.jsonl`, for people with jq.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    folder: Folder,
    /// Where to put the copy; must be new or empty
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        let ledger = self.folder.open()?;
        ledger.reader.verify(None).map_err(|failure| {
            Stop::from(arch_problem::Problem::new(failure.code, failure.to_string()))
        })?;
        make_empty(&self.out)?;
        // The agent may go on writing: what is copied is the tree of this checkpoint, whole.
        let (checkpoint, says) = ledger.reader.checkpoint().map_err(|e| broken(&e))?;
        put(&self.out.join("vkeys"), keys(&ledger)?.as_bytes())?;
        put(&self.out.join("entries.jsonl"), &lines(&ledger, says.size)?)?;
        ledger.reader.copy_tiles(says.size, |path, bytes| {
            let path = self.out.join(path);
            let folder = path.parent().unwrap_or(&path);
            std::fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
            put(&path, bytes)
        })?;
        // Last, as a log would: whoever sees the checkpoint finds everything it counts.
        put(&self.out.join("checkpoint"), checkpoint.as_bytes())?;
        say::data(&format!("{} entries, root {}", says.size, says.root))?;
        say::talk(&format!("wrote {}", self.out.display()));
        Ok(Answer::Yes)
    }
}

fn keys(ledger: &LedgerFolder) -> Result<String, Stop> {
    let keys = ledger.reader.stated_keys().map_err(|error| broken(&error))?;
    Ok(keys.iter().map(|key| format!("{key}\n")).collect())
}

fn lines(ledger: &LedgerFolder, size: u64) -> Result<Vec<u8>, Stop> {
    let mut lines = Vec::new();
    for entry in ledger.entries()?.into_iter().filter(|entry| entry.index < size) {
        lines.extend_from_slice(&entry.bytes);
        lines.push(b'\n');
    }
    Ok(lines)
}

fn make_empty(path: &Path) -> Result<(), Stop> {
    if std::fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(Stop::no(format!("{} is not empty", path.display()), "choose a new folder"));
    }
    std::fs::create_dir_all(path).map_err(|error| unwritable(path, &error))
}

fn put(path: &Path, bytes: &[u8]) -> Result<(), Stop> {
    arch_files::write_whole(path, bytes, 0o644).map_err(Stop::file)
}

fn unwritable(path: &Path, error: &std::io::Error) -> Stop {
    Stop::could_not(
        format!("{} cannot be written: {error}", path.display()),
        "choose a folder that you may write to",
    )
}
