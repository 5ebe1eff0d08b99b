//! The archive as the agent uses it: bytes by digest, and the documents of jobs.

use std::{fs::File, io::Read, path::Path};

use arch_archive::{Archive, ArchiveError};
use arch_document::SignedDocument;
use arch_identity::Digest;
use arch_problem::{Problem, codes};
use serde::Serialize;

use crate::told::{Told, problem};

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

    /// Whether it has bytes of this digest, whole and durable.
    ///
    /// # Errors
    /// When the disk refuses to make them durable.
    pub fn is_kept(&self, digest: &Digest) -> Told<bool> {
        self.0.is_kept(digest).map_err(told)
    }

    /// Keeps bytes; durable when this returns.
    ///
    /// # Errors
    /// When the disk refuses; nothing is kept then.
    pub fn put(&self, bytes: &[u8]) -> Told<Digest> {
        self.0.put(bytes).map_err(told)
    }

    /// Keeps what people are to read, as JSON; durable when this returns.
    ///
    /// # Errors
    /// When the disk refuses; nothing is kept then.
    pub fn put_json(&self, what: &impl Serialize) -> Told<Digest> {
        let bytes = serde_json::to_vec(what)
            .map_err(|error| problem(codes::FILE_MACHINE, format!("a report: {error}")))?;
        self.put(&bytes)
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

    /// An object for reading at any place, and its length; all of it was hashed before.
    ///
    /// # Errors
    /// When it is absent or damaged.
    pub fn open_object(&self, digest: &Digest) -> Told<(File, u64)> {
        let file = self.0.open_object(digest).map_err(told)?;
        let length = file.metadata().map_err(|error| {
            problem(codes::ARCHIVE_IO, format!("an object of the archive: {error}"))
        })?;
        Ok((file, length.len()))
    }

    /// The first bytes of a digest, and how many there are in all.
    ///
    /// # Errors
    /// When they are absent or damaged.
    pub fn head(&self, digest: &Digest, most: usize) -> Told<(Vec<u8>, u64)> {
        self.0.head(digest, most).map_err(told)
    }

    /// Keeps a job's document; durable when this returns.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn keep_document(&self, document: &SignedDocument) -> Told<()> {
        self.0.keep_document(&document.digest(), document.source()).map_err(told)
    }

    /// The bytes of a job's document, signatures and all, by the document's digest. Whoever reads them
    /// parses them and compares.
    ///
    /// # Errors
    /// When the job is not here, or its bytes cannot be read.
    pub fn document(&self, digest: &Digest) -> Told<Vec<u8>> {
        self.0.document(digest).map_err(told)
    }
}

fn told(error: ArchiveError) -> Box<Problem> {
    Box::new(error.problem())
}
