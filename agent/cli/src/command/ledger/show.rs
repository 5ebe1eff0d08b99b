//! `archctl ledger show`

use std::collections::VecDeque;

use arch_identity::Digest;
use arch_ledger::{Entry, Record};
use serde::Serialize;
use serde_json::Value;

use crate::answer::{Answer, Outcome, Stop};
use crate::ledger_folder::{Folder, LedgerFolder, broken};
use crate::named_job::NamedJob;
use crate::places::Format;
use crate::say;

/// Print entries, oldest first
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    folder: Folder,
    /// Only this entry
    #[arg(long, value_name = "INDEX", conflicts_with_all = ["job", "last"])]
    entry: Option<u64>,
    /// Only entries about this job: its digest, or its first digits
    #[arg(long, value_name = "DIGEST")]
    job: Option<NamedJob>,
    /// Only the newest so many
    #[arg(long, value_name = "NUMBER")]
    last: Option<usize>,
    /// With `--entry`: the exact bytes that are hashed, without a line end
    #[arg(long, requires = "entry")]
    raw: bool,
    /// Print the verifier keys that the ledger names, one a line, instead of entries
    #[arg(long, conflicts_with_all = ["entry", "job", "last"])]
    keys: bool,
    #[command(flatten)]
    format: Format,
}

#[derive(Serialize)]
struct Entries {
    schema: &'static str,
    entries: Vec<Shown>,
}

#[derive(Serialize)]
struct Shown {
    index: u64,
    leaf: String,
    entry: Value,
}

#[derive(Serialize)]
struct Keys {
    schema: &'static str,
    keys: Vec<String>,
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        let ledger = self.folder.open()?;
        if self.keys {
            return self.show_keys(&ledger);
        }
        let entries = self.wanted(&ledger)?;
        if self.raw {
            entries.iter().try_for_each(|entry| say::raw(&entry.bytes))?;
        } else if self.format.json {
            let entries = entries.iter().map(shown).collect();
            say::json(&Entries { schema: "arch.ledger-entries/v1", entries })?;
        } else {
            entries.iter().try_for_each(|entry| say::data(&line(entry)))?;
        }
        Ok(Answer::Yes)
    }

    fn show_keys(&self, ledger: &LedgerFolder) -> Outcome {
        let keys = ledger.reader.stated_keys().map_err(|error| broken(&error))?;
        let keys: Vec<String> = keys.iter().map(ToString::to_string).collect();
        if self.format.json {
            say::json(&Keys { schema: "arch.ledger-keys/v1", keys })?;
        } else {
            keys.iter().try_for_each(|key| say::data(key))?;
        }
        Ok(Answer::Yes)
    }

    fn wanted(&self, ledger: &LedgerFolder) -> Result<Vec<Entry>, Stop> {
        if let Some(index) = self.entry {
            return ledger.reader.entry(index).map(|e| vec![e]).map_err(|error| broken(&error));
        }
        let job = match &self.job {
            Some(job) => Some(ledger.known()?.find(job)?),
            None => None,
        };
        let most = self.last.unwrap_or(usize::MAX);
        let mut kept = VecDeque::new();
        for entry in ledger.reader.entries().map_err(|error| broken(&error))? {
            let entry = entry.map_err(|error| broken(&error))?;
            if job.is_none_or(|job| is_about(&entry, &job)) {
                kept.push_back(entry);
            }
            if kept.len() > most {
                kept.pop_front();
            }
        }
        Ok(kept.into())
    }
}

fn is_about(entry: &Entry, job: &Digest) -> bool {
    match &entry.record {
        Record::Refused { subject, .. } => subject == job,
        record => record.job() == Some(job),
    }
}

fn shown(entry: &Entry) -> Shown {
    let value = serde_json::from_slice(&entry.bytes).unwrap_or_default();
    Shown { index: entry.index, leaf: entry.leaf().to_string(), entry: value }
}

/// Index, time and kind in columns, then what the record says of itself.
fn line(entry: &Entry) -> String {
    let value: Value = serde_json::from_slice(&entry.bytes).unwrap_or_default();
    let kind = value.get("kind").and_then(Value::as_str).unwrap_or_default();
    let rest: Vec<String> = value
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, _value)| !matches!(name.as_str(), "v" | "kind" | "time" | "prev"))
        .map(|(name, value)| format!("{name}={}", bare(value)))
        .collect();
    format!("{:>6}  {}  {kind:<12} {}", entry.index, entry.time, rest.join(" "))
}

fn bare(value: &Value) -> String {
    match value {
        Value::String(text) if !text.contains(' ') => text.clone(),
        other => other.to_string(),
    }
}
