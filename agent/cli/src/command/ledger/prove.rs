//! `archctl ledger prove`

use std::num::NonZeroU64;

use arch_ledger::{Checkpoint, Entry, LedgerError, Receipt};
use serde::Serialize;
use serde_json::Value;

use super::consistency;
use crate::answer::{Answer, Outcome, Stop};
use crate::ledger_folder::{Folder, LedgerFolder, broken};
use crate::named_job::NamedJob;
use crate::places::Format;
use crate::say;

/// Print the proof that an entry is in the log, or that the log only appended
///
/// The first is a receipt, a C2SP tlog-proof, and is checked without the log: it carries the entry itself in its `extra` line, so that
/// `archctl ledger verify --receipt` needs nothing else.
///
/// With `--from` or `--since` it is a consistency proof, in the form that C2SP tlog-witness asks of who
/// adds a checkpoint. `archctl ledger verify --proof` checks it.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("which").required(true))]
pub(crate) struct Args {
    /// Index of the entry
    #[arg(value_name = "INDEX", group = "which")]
    index: Option<u64>,
    /// The end of this job instead, or the newest entry about it: its digest, or its first digits
    #[arg(long, value_name = "DIGEST", group = "which")]
    job: Option<NamedJob>,
    /// That the log only appended to its own tree of so many entries
    #[arg(long, value_name = "SIZE", group = "which")]
    from: Option<u64>,
    /// That it only appended to the tree of this older checkpoint; refused if it did not
    #[arg(long, value_name = "CHECKPOINT", group = "which")]
    since: Option<std::path::PathBuf>,
    /// The ledger's folder, or the state folder that it is in
    #[arg(
        long = "ledger",
        value_name = "DIR",
        env = "ARCH_LEDGER",
        default_value = "/var/lib/archagent/ledger"
    )]
    dir: std::path::PathBuf,
    /// Leave the entry out of the receipt
    #[arg(long, conflicts_with_all = ["from", "since"])]
    bare: bool,
    #[command(flatten)]
    format: Format,
}

#[derive(Serialize)]
struct Consistent {
    schema: &'static str,
    old: u64,
    size: u64,
    proof: String,
}

#[derive(Serialize)]
struct Proved {
    schema: &'static str,
    index: u64,
    entry: Value,
    receipt: String,
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        let ledger = Folder::at(&self.dir).open()?;
        if let Some(path) = &self.since {
            let old = consistency::older(path, &ledger.reader.stated_keys()?)?;
            return self.consistent(&ledger, old.size, Some(&old));
        }
        if let Some(size) = self.from {
            return self.consistent(&ledger, size, None);
        }
        let index = self.index(&ledger)?;
        let entry = ledger.reader.entry(index).map_err(|error| no(&error))?;
        let receipt = receipt(&ledger, &entry, self.bare)?;
        if self.format.json {
            let schema = "arch.ledger-proof/v1";
            let entry = serde_json::from_slice(&entry.bytes).unwrap_or_default();
            say::json(&Proved { schema, index, entry, receipt })?;
        } else {
            say::data(&receipt)?;
        }
        Ok(Answer::Yes)
    }

    fn consistent(&self, ledger: &LedgerFolder, old: u64, kept: Option<&Checkpoint>) -> Outcome {
        let proof = ledger.reader.consistency_proof(old).map_err(|error| no(&error))?;
        if let Some(kept) = kept {
            consistency::require(&proof, kept, &ledger.reader.stated_keys()?)?;
        }
        if self.format.json {
            let (schema, size) = ("arch.ledger-consistency/v1", consistency::newer(&proof)?.size);
            say::json(&Consistent { schema, old, size, proof: proof.to_string() })?;
        } else {
            say::data(&proof.to_string())?;
        }
        Ok(Answer::Yes)
    }

    fn index(&self, ledger: &LedgerFolder) -> Result<u64, Stop> {
        let Some(job) = &self.job else { return Ok(self.index.unwrap_or_default()) };
        let known = ledger.known()?;
        let digest = known.find(job)?;
        let job =
            known.index().job(&digest).map(|job| job.finished.map_or(job.last, NonZeroU64::get));
        job.or_else(|| known.index().refused(&digest)).ok_or_else(|| {
            Stop::no(
                format!("the ledger says nothing of {digest}"),
                "`archctl ledger show` lists it",
            )
        })
    }
}

/// The receipt of one entry, with the entry in it unless it is to be bare.
pub(crate) fn receipt(ledger: &LedgerFolder, entry: &Entry, bare: bool) -> Result<String, Stop> {
    let text = ledger.reader.receipt(entry.index).map_err(|error| broken(&error))?;
    if bare {
        return Ok(text);
    }
    let receipt: Receipt = text
        .parse()
        .map_err(|error: arch_ledger::NoteError| Stop::could_not(error.to_string(), "tell us"))?;
    Ok(Receipt { extra: Some(entry.bytes.clone()), ..receipt }.to_string())
}

/// An index that does not exist is an answer; a ledger that cannot be read is none.
fn no(error: &LedgerError) -> Stop {
    match error {
        LedgerError::NoSuchEntry { .. } => Stop::no(error.to_string(), "entries count from 0"),
        _ => broken(error),
    }
}
