//! A replay bundle: one folder from which a job can be run again, and its end be proved, without the
//! node that ran it.
//!
//! ```text
//! bundle.json            what the rest is, canonical JSON
//! manifest               the signed job document, as it was read
//! module                 the exact program
//! inputs/<name>          the inputs
//! outputs/<name>         what came out          logs  standard error          reads  files that it read
//! accepted.json          the ledger's entry that accepted the job     accepted.tlog-proof  its receipt
//! result.json            the ledger's entry that ended it             receipt.txt          its receipt
//! ```
//!
//! Entries and receipts come from the ledger, so a bundle can be made of every job that ended. Digests
//! of module, inputs and outputs are those that the entries name. Of inputs and outputs a policy may
//! have kept the digest alone: such files are listed as `absent`.
//!
//! Verification covers every byte of the folder. It does not parse the document: whoever looks checks
//! that `manifest` is signed and that its canonical digest is [`Bundle::document`] (`archctl bundle
//! verify` does).

mod verify;
mod write;

use std::collections::{BTreeMap, BTreeSet};

use arch_identity::Digest;
use arch_ledger::Record;
use serde::{Deserialize, Serialize};

use crate::error::ArchiveError;

pub use verify::{Bundle, verify};
pub use write::write;

pub(crate) const SCHEMA: &str = "arch.replay/v1";
pub(crate) const INDEX: &str = "bundle.json";
pub(crate) const MANIFEST: &str = "manifest";
pub(crate) const MODULE: &str = "module";
pub(crate) const INPUTS: &str = "inputs";
pub(crate) const OUTPUTS: &str = "outputs";
pub(crate) const LOGS: &str = "logs";
pub(crate) const READS: &str = "reads";
pub(crate) const ACCEPTED: &str = "accepted.json";
pub(crate) const ACCEPTED_RECEIPT: &str = "accepted.tlog-proof";
pub(crate) const RESULT: &str = "result.json";
pub(crate) const RECEIPT: &str = "receipt.txt";

/// `bundle.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Contents {
    pub(crate) schema: String,
    pub(crate) document: Digest,
    /// Digest of `manifest` as bytes.
    pub(crate) manifest: Digest,
    /// Files that the archive did not hold.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) absent: BTreeSet<String>,
    /// C2SP verifier keys of the node's ledger, as the node states them.
    pub(crate) vkeys: Vec<String>,
}

/// What the ledger says was used and came out: files of the bundle by their digest, without the
/// module.
fn named(accepted: &Record, finished: &Record) -> Result<BTreeMap<String, Digest>, ArchiveError> {
    let (Record::Accepted { inputs, .. }, Record::Finished { outputs, logs, reads, .. }) =
        (accepted, finished)
    else {
        return Err(invalid(RESULT, "the entries are no acceptance and no end of a job"));
    };
    let mut files = BTreeMap::new();
    for (folder, names) in [(INPUTS, inputs), (OUTPUTS, outputs)] {
        for (name, digest) in names {
            if !is_plain(name) {
                return Err(invalid(folder, format!("`{name}` cannot be the name of a file")));
            }
            files.insert(format!("{folder}/{name}"), *digest);
        }
    }
    files.extend(logs.map(|digest| (LOGS.to_owned(), digest)));
    files.extend(reads.map(|digest| (READS.to_owned(), digest)));
    Ok(files)
}

fn invalid(place: &str, why: impl Into<String>) -> ArchiveError {
    ArchiveError::Bundle { place: place.to_owned(), why: why.into() }
}

/// Whether a name of an input or output can be a file's name here.
fn is_plain(name: &str) -> bool {
    let odd = |c: char| c == '/' || c.is_control();
    !name.is_empty() && name.len() <= 255 && !matches!(name, "." | "..") && !name.contains(odd)
}

#[cfg(test)]
mod tests;
