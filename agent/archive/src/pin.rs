//! What belongs to a job: a small JSON file under `pins/`, named after the job's digest.
//!
//! A pin is an index, not evidence: each digest in it is checked on reading, and what was anchored is
//! proved by the receipt.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use arch_files::{FileError, read, write_whole};
use arch_identity::{Digest, canonical};
use arch_ledger::fs::Fs;
use arch_ledger::{Anchored, Entry, Reader, Record as Anchoring};
use serde::{Deserialize, Serialize};

use crate::error::ArchiveError;
use crate::store::{Archive, entries};

const SCHEMA: &str = "arch.pin/v1";
const MAX_PIN: u64 = 1024 * 1024;

/// Everything the archive holds for a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Pin {
    schema: String,
    /// The job: digest of the signed document's canonical form.
    pub document: Digest,
    /// The document's bytes as they were read, signatures and all.
    pub source: Digest,
    /// The module, if it is known already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module: Option<Digest>,
    /// Inputs by name.
    #[serde(default)]
    pub inputs: BTreeMap<String, Digest>,
    /// Outputs by name, as the entry that ended the job names them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub outputs: BTreeMap<String, Digest>,
    /// What it wrote to standard error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logs: Option<Digest>,
    /// List of the files read through read grants.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reads: Option<Digest>,
    /// The entry that accepted the job.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<Record>,
    /// The entry that ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished: Option<Record>,
}

/// An entry of the ledger as the archive keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Record {
    /// Its index.
    pub index: u64,
    /// Its bytes.
    pub entry: Digest,
    /// Its receipt, C2SP tlog-proof.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Digest>,
}

/// The evidence that an anchored entry is kept. Made only by [`Archive::keep`].
#[derive(Debug)]
pub struct Archived {
    anchored: Anchored,
}

impl Archived {
    /// The entry that is kept.
    #[must_use]
    pub fn anchored(&self) -> &Anchored {
        &self.anchored
    }
}

impl Pin {
    /// A pin for a job, before it is accepted.
    #[must_use]
    pub fn new(document: Digest, source: Digest) -> Self {
        let schema = SCHEMA.to_owned();
        Self {
            schema,
            document,
            source,
            module: None,
            inputs: BTreeMap::new(),
            outputs: BTreeMap::new(),
            logs: None,
            reads: None,
            accepted: None,
            finished: None,
        }
    }

    /// Every digest that must stay for the sake of this job, as far as the pin names it.
    pub fn digests(&self) -> impl Iterator<Item = Digest> {
        let records = self.accepted.iter().chain(&self.finished);
        let records = records.flat_map(|record| [Some(record.entry), record.receipt]).flatten();
        let results = self.outputs.values().chain(&self.logs).chain(&self.reads);
        let given = self.inputs.values().chain(&self.module);
        [self.source].into_iter().chain(results.chain(given).copied()).chain(records)
    }

    /// Takes in what an entry says was used or came out.
    fn learn(&mut self, entry: &Anchoring) {
        match entry {
            Anchoring::Accepted { module, inputs, .. } => {
                self.module = Some(*module);
                self.inputs.clone_from(inputs);
            }
            Anchoring::Finished { outputs, logs, reads, .. } => {
                self.outputs.clone_from(outputs);
                (self.logs, self.reads) = (*logs, *reads);
            }
            _ => {}
        }
    }
}

impl Archive {
    /// Writes a job's pin whole.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn pin(&self, pin: &Pin) -> Result<(), ArchiveError> {
        let path = self.pin_path(&pin.document);
        let bytes = canonical::bytes(pin).map_err(|e| unreadable(&path, &e.to_string()))?;
        Ok(write_whole(&path, &bytes, 0o600)?)
    }

    /// A job's pin.
    ///
    /// # Errors
    /// [`ArchiveError::Absent`] if there is none, [`ArchiveError::Unreadable`], and others.
    pub fn pin_of(&self, document: &Digest) -> Result<Pin, ArchiveError> {
        let path = self.pin_path(document);
        let bytes = match read(&path, MAX_PIN) {
            Err(FileError::Absent { .. }) => return Err(ArchiveError::Absent(*document)),
            other => other?,
        };
        let pin: Pin =
            serde_json::from_slice(&bytes).map_err(|e| unreadable(&path, &e.to_string()))?;
        if pin.schema != SCHEMA || pin.document != *document {
            return Err(unreadable(&path, "it is of another schema or job"));
        }
        Ok(pin)
    }

    /// The jobs that have a pin.
    ///
    /// # Errors
    /// [`ArchiveError`].
    pub fn pins(&self) -> Result<Vec<Digest>, ArchiveError> {
        let paths = entries(&self.pins_folder())?;
        let hex = paths.iter().filter_map(|path| path.file_name()?.to_str()?.strip_suffix(".json"));
        Ok(hex.filter_map(|hex| format!("sha256:{hex}").parse().ok()).collect())
    }

    /// Keeps the acceptance or the end of a job beside its document, module and inputs: the entry's
    /// bytes and its receipt, if there is one already.
    ///
    /// # Errors
    /// [`ArchiveError::NotAResult`] for another kind of entry, or one that contradicts the pin;
    /// [`ArchiveError::Absent`] for a job without pin.
    pub fn keep(
        &self,
        anchored: Anchored,
        receipt: Option<&str>,
    ) -> Result<Archived, ArchiveError> {
        let entry = anchored.entry();
        let not = |why| ArchiveError::NotAResult { index: entry.index, why };
        let document = *entry.record.job().ok_or(not("it is about no job"))?;
        let mut pin = self.pin_of(&document)?;
        let record = self.record(entry, receipt)?;
        match &entry.record {
            Anchoring::Accepted { module, .. } => {
                if pin.module.is_some_and(|pinned| pinned != *module) {
                    return Err(not("it names another module than the pin"));
                }
                pin.accepted = Some(record);
            }
            Anchoring::Finished { .. } => pin.finished = Some(record),
            _ => return Err(not("it is neither an acceptance nor an end")),
        }
        pin.learn(&entry.record);
        self.pin(&pin)?;
        Ok(Archived { anchored })
    }

    /// Every digest that must stay: what the pins name, and what the ledger names, whose newest entries
    /// a crash may have kept from the pins.
    ///
    /// # Errors
    /// [`ArchiveError`]; whoever cannot read all of it must remove nothing.
    pub fn wanted<F: Fs>(&self, ledger: &Reader<F>) -> Result<BTreeSet<Digest>, ArchiveError> {
        let mut wanted = BTreeSet::new();
        for document in self.pins()? {
            wanted.extend(self.pin_of(&document)?.digests());
        }
        for entry in ledger.entries()? {
            let record = entry?.record;
            if let Some(document) = record.job() {
                let mut named = Pin::new(*document, *document);
                named.learn(&record);
                wanted.extend(named.digests());
            }
        }
        Ok(wanted)
    }

    fn record(&self, entry: &Entry, receipt: Option<&str>) -> Result<Record, ArchiveError> {
        let receipt = receipt.map(|text| self.put(text.as_bytes())).transpose()?;
        Ok(Record { index: entry.index, entry: self.put(&entry.bytes)?, receipt })
    }

    fn pin_path(&self, document: &Digest) -> PathBuf {
        self.pins_folder().join(format!("{}.json", document.hex()))
    }
}

fn unreadable(path: &std::path::Path, why: &str) -> ArchiveError {
    ArchiveError::Unreadable { path: path.to_owned(), why: why.to_owned() }
}
