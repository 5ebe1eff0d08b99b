//! Reads signed documents from files; a refusal keeps the text it points into.

use std::path::Path;

use arch_document::{MAX_ENVELOPE_BYTES, SignedDocument};
use arch_problem::Problem;

use crate::answer::Stop;
use crate::render::Sources;

/// Reads and parses; believes nothing yet.
pub(crate) fn read(path: &Path) -> Result<SignedDocument, Stop> {
    let name = path.display().to_string();
    let bytes = arch_files::read(path, MAX_ENVELOPE_BYTES).map_err(Stop::file)?;
    parse(&name, &bytes)
}

/// Parses what was read already.
pub(crate) fn parse(name: &str, bytes: &[u8]) -> Result<SignedDocument, Stop> {
    SignedDocument::parse(name, bytes)
        .map_err(|problem| Stop::refused(*problem, Sources::default().with(name, bytes)))
}

/// The text of a document, for refusals that point into it.
pub(crate) fn sources(document: &SignedDocument) -> Sources {
    Sources::default().with(document.file(), document.source())
}

/// A refusal of this document.
pub(crate) fn refused(document: &SignedDocument, problem: Problem) -> Stop {
    Stop::refused(problem, sources(document))
}
