//! The archive as the agent uses it: bytes by digest, a pin for each job, its records with receipts.

use std::{collections::BTreeMap, io::Read, path::Path};

use arch_archive::{Archive, ArchiveError, Archived, Pin};
use arch_document::{MAX_ENVELOPE_BYTES, SignedDocument};
use arch_identity::Digest;
use arch_ledger::Anchored;
use arch_problem::Problem;

use crate::told::Told;

/// The archive. What it gives is hashed again on every reading.
#[derive(Debug)]
pub struct Shelf(Archive);

impl Shelf {
    /// Opens it, or begins one.
    ///
    /// # Errors
    /// When the folder is not ours alone or cannot be written.
    pub fn open(folder: &Path) -> Told<Self> {
        Archive::open(folder).map(Self).map_err(told)
    }

    /// Whether it has bytes of this digest.
    #[must_use]
    pub fn has(&self, digest: &Digest) -> bool {
        self.0.has(digest)
    }

    /// Whether it has bytes of this digest, and they still are those.
    #[must_use]
    pub fn is_whole(&self, digest: &Digest) -> bool {
        self.0.check(digest).is_ok()
    }

    /// The same, and it survives a power cut from now on: whoever put it there may have been killed
    /// before its name was flushed.
    #[must_use]
    pub fn settle(&self, digest: &Digest) -> bool {
        self.0.settle(digest).is_ok()
    }

    /// Keeps bytes; durable when this returns.
    ///
    /// # Errors
    /// When the disk refuses; nothing is kept then.
    pub fn put(&self, bytes: &[u8]) -> Told<Digest> {
        self.0.put(bytes).map_err(told)
    }

    /// Keeps what a stream of at most `size` bytes gives.
    ///
    /// # Errors
    /// When the disk refuses or the stream breaks; nothing is kept then.
    pub fn put_stream(&self, stream: &mut dyn Read, size: u64) -> Told<Digest> {
        self.0.put_from(stream, size).map(|(digest, _)| digest).map_err(told)
    }

    /// The bytes of a digest, at most `limit`.
    ///
    /// # Errors
    /// When they are absent, damaged or more.
    pub fn get(&self, digest: &Digest, limit: u64) -> Told<Vec<u8>> {
        self.0.get(digest, limit).map_err(told)
    }

    /// The first bytes of a digest, and how many there are in all.
    ///
    /// # Errors
    /// When they are absent or damaged.
    pub fn head(&self, digest: &Digest, most: usize) -> Told<(Vec<u8>, u64)> {
        self.0.head(digest, most).map_err(told)
    }

    /// Keeps a job's document and what it is run with; durable when this returns.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn keep_job(
        &self,
        document: &SignedDocument,
        module: Digest,
        inputs: BTreeMap<String, Digest>,
    ) -> Told<()> {
        let source = self.put(document.source())?;
        let mut pin = Pin::new(document.digest(), source);
        pin.module = Some(module);
        pin.inputs = inputs;
        self.0.pin(&pin).map_err(told)
    }

    /// The bytes of a job's document, signatures and all, by the document's digest.
    ///
    /// # Errors
    /// When the job is not here, or its bytes are damaged.
    pub fn document(&self, digest: &Digest) -> Told<Vec<u8>> {
        let pin = self.0.pin_of(digest).map_err(told)?;
        self.get(&pin.source, MAX_ENVELOPE_BYTES)
    }

    /// Keeps an acceptance or an end, with its receipt, beside its job.
    ///
    /// # Errors
    /// When the disk refuses, or the entry belongs to no job here.
    pub fn keep(&self, anchored: Anchored, receipt: Option<&str>) -> Told<Archived> {
        self.0.keep(anchored, receipt).map_err(told)
    }
}

fn told(error: ArchiveError) -> Box<Problem> {
    Box::new(error.problem())
}
