//! `archctl ledger verify`

use std::path::{Path, PathBuf};

use arch_ledger::{Checkpoint, Failure, KeySource, Receipt, Verification, VerifierKey};
use arch_problem::{Problem, codes};
use serde::Serialize;

use super::consistency;
use crate::answer::{Answer, Outcome, Stop};
use crate::ledger_folder::{Folder, LedgerFolder};
use crate::places::Format;
use crate::render::{self, Sources};
use crate::say;

/// The most bytes of a receipt with its entry in it.
const LARGEST_RECEIPT: u64 = 512 * 1024;

/// Check every byte of a ledger, or one receipt; needs no agent and no network
///
/// Without `--key`, the keys are taken from the ledger's own first entry: that shows that it is
/// whole, not whose it is.
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit codes: 0 all of it holds, 1 something does not, 3 could not tell")]
pub(crate) struct Args {
    #[command(flatten)]
    folder: Folder,
    /// Check this receipt instead of a ledger; needs `--key`
    #[arg(long, value_name = "FILE", requires = "keys")]
    receipt: Option<PathBuf>,
    /// The entry that the receipt is about, if it is not in the receipt
    #[arg(long, value_name = "FILE", requires = "receipt")]
    entry: Option<PathBuf>,
    /// Also check that it only appended to this older checkpoint, which somebody kept elsewhere
    #[arg(long, value_name = "CHECKPOINT", conflicts_with = "receipt")]
    consistent_with: Option<PathBuf>,
    /// Check this consistency proof instead of a ledger; needs `--consistent-with` and `--key`
    #[arg(long, value_name = "FILE", requires_all = ["consistent_with", "keys"])]
    proof: Option<PathBuf>,
    /// A verifier key that must have signed, `NAME+ID+KEY` or a file of such lines; may be given
    /// several times
    #[arg(long = "key", value_name = "VKEY")]
    keys: Vec<String>,
    #[command(flatten)]
    format: Format,
}

#[derive(Serialize)]
struct Whole {
    schema: &'static str,
    size: u64,
    root: String,
    ok: bool,
    #[serde(rename = "consistentWith", skip_serializing_if = "Option::is_none")]
    consistent_with: Option<u64>,
}

#[derive(Serialize)]
struct Broken<'a> {
    schema: &'static str,
    ok: bool,
    code: String,
    place: &'a str,
    message: &'a str,
}

#[derive(Serialize)]
struct Proved {
    schema: &'static str,
    index: u64,
    size: u64,
    root: String,
    origin: String,
    ok: bool,
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        let keys = keys(&self.keys)?;
        match (&self.receipt, &self.proof, &self.consistent_with) {
            (Some(receipt), ..) => self.receipt(receipt, &keys),
            (None, Some(proof), Some(old)) => self.proof(proof, old, &keys),
            _ => self.ledger(&keys),
        }
    }

    fn ledger(&self, keys: &[VerifierKey]) -> Outcome {
        let ledger = self.folder.open()?;
        let given = (!keys.is_empty()).then_some(keys);
        match ledger.reader.verify(given) {
            Ok(found) => {
                let Some(path) = &self.consistent_with else { return self.whole(&found, None) };
                let old = consistency::older(path, &found.keys)?;
                match extends(&ledger, &old, &found)? {
                    None => self.whole(&found, Some(old.size)),
                    Some(failure) => self.broken(&failure),
                }
            }
            Err(failure) => self.broken(&failure),
        }
    }

    fn whole(&self, found: &Verification, consistent_with: Option<u64>) -> Outcome {
        let (size, root) = (found.size, found.root.to_string());
        if self.format.json {
            let schema = "arch.ledger-verify/v1";
            say::json(&Whole { schema, size, root, ok: true, consistent_with })?;
            return Ok(Answer::Yes);
        }
        say::data(&format!("ok: {size} entries of `{}`, root {root}", found.origin))?;
        if let Some(old) = consistent_with {
            say::data(&format!("it only appended to the checkpoint of {old} entries"))?;
        }
        if found.key_source == KeySource::FirstEntry {
            say::talk("its own first entry names its keys; give `--key` to know whose it is");
        }
        Ok(Answer::Yes)
    }

    fn broken(&self, failure: &Failure) -> Outcome {
        if self.format.json {
            say::json(&Broken {
                schema: "arch.ledger-verify/v1",
                ok: false,
                code: failure.code.to_string(),
                place: &failure.place,
                message: &failure.message,
            })?;
        } else {
            let problem = Problem::new(failure.code, failure.to_string());
            say::talk(&render::problem(&problem, &Sources::default()));
        }
        Ok(Answer::No)
    }

    fn proof(&self, path: &Path, old: &Path, keys: &[VerifierKey]) -> Outcome {
        let (old, proof) = (consistency::older(old, keys)?, consistency::proof(path)?);
        if let Some((code, message)) = consistency::broken(&proof, &old, keys) {
            return self.broken(&Failure { code, place: path.display().to_string(), message });
        }
        let Checkpoint { origin, size, root } = consistency::newer(&proof)?;
        let (root, consistent_with) = (root.to_string(), Some(old.size));
        if self.format.json {
            let schema = "arch.consistency-verify/v1";
            say::json(&Whole { schema, size, root, ok: true, consistent_with })?;
        } else {
            let old = old.size;
            say::data(&format!("ok: `{origin}` only appended from {old} to {size}, root {root}"))?;
        }
        Ok(Answer::Yes)
    }

    fn receipt(&self, path: &Path, keys: &[VerifierKey]) -> Outcome {
        let bytes = arch_files::read(path, LARGEST_RECEIPT).map_err(Stop::file)?;
        let refuse =
            |code, text: String| Stop::refused(Problem::new(code, text), Sources::default());
        let receipt: Receipt = String::from_utf8_lossy(&bytes)
            .parse()
            .map_err(|error: arch_ledger::NoteError| refuse(error.code(), error.to_string()))?;
        let entry = self.entry(&receipt)?;
        let verified = receipt
            .verify(&entry, keys)
            .map_err(|error| refuse(error.code(), error.to_string()))?;
        let checkpoint = verified.checkpoint();
        if self.format.json {
            say::json(&Proved {
                schema: "arch.receipt-verify/v1",
                index: receipt.index,
                size: checkpoint.size,
                root: checkpoint.root.to_string(),
                origin: checkpoint.origin.clone(),
                ok: true,
            })?;
        } else {
            say::data(&format!(
                "ok: entry {} of {} in `{}`, root {}",
                receipt.index, checkpoint.size, checkpoint.origin, checkpoint.root
            ))?;
            say::data(&String::from_utf8_lossy(&entry))?;
        }
        Ok(Answer::Yes)
    }

    fn entry(&self, receipt: &Receipt) -> Result<Vec<u8>, Stop> {
        match (&self.entry, &receipt.extra) {
            (Some(path), _) => arch_files::read(path, LARGEST_RECEIPT).map_err(Stop::file),
            (None, Some(entry)) => Ok(entry.clone()),
            (None, None) => {
                Err(Stop::usage("the receipt does not carry its entry", "give `--entry FILE`"))
            }
        }
    }
}

/// Why the ledger does not extend an older checkpoint of itself, if so.
fn extends(
    ledger: &LedgerFolder,
    old: &Checkpoint,
    found: &Verification,
) -> Result<Option<Failure>, Stop> {
    let place = "checkpoint".to_owned();
    if old.size > found.size {
        let message = format!("it counts {} entries, the older one {}", found.size, old.size);
        return Ok(Some(Failure { code: codes::LEDGER_ROLLED_BACK, place, message }));
    }
    let proof = ledger.reader.consistency_proof(old.size)?;
    let broken = consistency::broken(&proof, old, &found.keys);
    Ok(broken.map(|(code, message)| Failure { code, place, message }))
}

/// Keys as text, or files that hold them.
pub(crate) fn keys(given: &[String]) -> Result<Vec<VerifierKey>, Stop> {
    let mut keys = Vec::new();
    for text in given {
        let read = match text.parse::<VerifierKey>() {
            Ok(key) => vec![key],
            Err(_no_key) => from_file(Path::new(text))?,
        };
        keys.extend(read);
    }
    Ok(keys)
}

fn from_file(path: &Path) -> Result<Vec<VerifierKey>, Stop> {
    let bytes = arch_files::read(path, 64 * 1024).map_err(Stop::file)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    let keys: Result<Vec<VerifierKey>, _> = lines.map(|line| line.trim().parse()).collect();
    keys.map_err(|error: arch_ledger::NoteError| {
        let what = format!("{} holds no verifier keys: {error}", path.display());
        Stop::usage(what, "`archctl ledger show --keys` prints those of a ledger")
    })
}
