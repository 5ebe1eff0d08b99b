//! A replay bundle: one folder from which a job can be run again, and its end be proved, without the
//! node that ran it.
//!
//! ```text
//! bundle.json            what the rest is, canonical JSON
//! manifest               the signed job document, as it was read
//! module                 the exact program
//! inputs/<name>          the inputs
//! accepted.json          the ledger's entry that accepted the job     accepted.tlog-proof  its receipt
//! result.json            the ledger's entry that ended it             receipt.txt          its receipt
//! ```
//!
//! Verification covers every byte of the folder. It does not parse the document: whoever replays
//! checks that `manifest` is signed and that its canonical digest is [`Bundle::document`].

mod verify;
mod write;

use std::collections::BTreeMap;

use arch_identity::Digest;
use serde::{Deserialize, Serialize};

use crate::error::ArchiveError;

pub use verify::{Bundle, verify};
pub use write::write;

pub(crate) const SCHEMA: &str = "arch.replay/v1";
pub(crate) const INDEX: &str = "bundle.json";
pub(crate) const MANIFEST: &str = "manifest";
pub(crate) const MODULE: &str = "module";
pub(crate) const INPUTS: &str = "inputs";
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
    pub(crate) inputs: BTreeMap<String, Digest>,
    /// C2SP verifier keys of the node's ledger, as the node states them.
    pub(crate) vkeys: Vec<String>,
}

fn invalid(place: &str, why: impl Into<String>) -> ArchiveError {
    ArchiveError::Bundle { place: place.to_owned(), why: why.into() }
}

/// Whether a name of an input can be a file's name here.
fn is_plain(name: &str) -> bool {
    let odd = |c: char| c == '/' || c.is_control();
    !name.is_empty() && name.len() <= 255 && !matches!(name, "." | "..") && !name.contains(odd)
}
