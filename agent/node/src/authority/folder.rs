//! Signed documents of the configuration folder, read in the order of their names.

use std::path::Path;

use arch_document::{MAX_BYTES, SignedDocument};

use crate::told::Told;

/// The most documents in one folder.
const MOST: usize = 1_000;

/// One document.
pub(super) fn document(path: &Path) -> Told<SignedDocument> {
    let bytes = arch_files::read(path, MAX_BYTES).map_err(|e| Box::new(e.problem()))?;
    SignedDocument::parse(&path.display().to_string(), &bytes)
}

/// Every document of a folder; none if there is no such folder.
pub(super) fn documents(folder: &Path) -> Told<Vec<SignedDocument>> {
    let found = arch_files::documents(folder, MAX_BYTES, MOST);
    let found = found.map_err(|e| Box::new(e.problem()))?.into_iter();
    found.map(|(path, bytes)| SignedDocument::parse(&path.display().to_string(), &bytes)).collect()
}
