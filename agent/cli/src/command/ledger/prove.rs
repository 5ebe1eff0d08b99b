//! `archctl ledger prove`

use arch_ledger::{Entry, LedgerError, Receipt};
use serde::Serialize;
use serde_json::Value;

use crate::answer::{Answer, Outcome, Stop};
use crate::ledger_folder::{Folder, LedgerFolder, broken};
use crate::named_job::NamedJob;
use crate::places::Format;
use crate::say;

/// Print a receipt: the proof that an entry is in the log, checkable without the log
///
/// The receipt is a C2SP tlog-proof. It carries the entry itself in its `extra` line, so that
/// `archctl ledger verify --receipt` needs nothing else.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("which").required(true))]
pub(crate) struct Args {
    /// Index of the entry
    #[arg(value_name = "INDEX", group = "which")]
    index: Option<u64>,
    /// The end of this job instead, or the newest entry about it: its digest, or its first digits
    #[arg(long, value_name = "DIGEST", group = "which")]
    job: Option<NamedJob>,
    /// The ledger's folder, or the state folder that it is in
    #[arg(
        long = "ledger",
        value_name = "DIR",
        env = "ARCH_LEDGER",
        default_value = "/var/lib/archagent/ledger"
    )]
    dir: std::path::PathBuf,
    /// Leave the entry out of the receipt
    #[arg(long)]
    bare: bool,
    #[command(flatten)]
    format: Format,
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

    fn index(&self, ledger: &LedgerFolder) -> Result<u64, Stop> {
        let Some(job) = &self.job else { return Ok(self.index.unwrap_or_default()) };
        let known = ledger.known()?;
        let digest = known.find(job)?;
        let job = known.index().job(&digest).map(|job| job.finished.unwrap_or(job.last));
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
