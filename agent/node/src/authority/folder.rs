//! Signed documents of the configuration folder, read in the order of their names.

use std::path::Path;

use arch_document::{MAX_ENVELOPE_BYTES, SignedDocument};
use arch_problem::Problem;

use crate::told::Told;

/// The most documents in one folder.
const MOST: usize = 1_000;

/// One document.
pub(super) fn document(path: &Path) -> Told<SignedDocument> {
    let bytes = arch_files::read(path, MAX_ENVELOPE_BYTES).map_err(|e| Box::new(e.problem()))?;
    SignedDocument::parse(&path.display().to_string(), &bytes)
}

/// The documents of a folder that are documents, and the first problem with one that is not.
pub(super) fn readable(folder: &Path) -> Told<(Vec<SignedDocument>, Option<Box<Problem>>)> {
    let found = arch_files::documents(folder, MAX_ENVELOPE_BYTES, MOST)
        .map_err(|e| Box::new(e.problem()))?;
    let (mut documents, mut refused) = (Vec::new(), None);
    for (path, bytes) in found {
        match SignedDocument::parse(&path.display().to_string(), &bytes) {
            Ok(document) => documents.push(document),
            Err(problem) => refused = refused.or(Some(problem)),
        }
    }
    Ok((documents, refused))
}

/// Every document of a folder; none if there is no such folder.
pub(super) fn documents(folder: &Path) -> Told<Vec<SignedDocument>> {
    let found = arch_files::documents(folder, MAX_ENVELOPE_BYTES, MOST);
    let found = found.map_err(|e| Box::new(e.problem()))?.into_iter();
    found.map(|(path, bytes)| SignedDocument::parse(&path.display().to_string(), &bytes)).collect()
}
