//! Signed documents of the configuration folder, read in the order of their names.

use std::path::Path;

use arch_document::{MAX_BYTES, SignedDocument};
use arch_problem::codes;

use crate::told::{Told, problem};

/// The most documents in one folder.
const MOST: usize = 1_000;

/// One document.
pub(super) fn document(path: &Path) -> Told<SignedDocument> {
    let bytes = arch_files::read(path, MAX_BYTES).map_err(|e| Box::new(e.problem()))?;
    SignedDocument::parse(&path.display().to_string(), &bytes)
}

/// Every document of a folder; none if there is no such folder.
pub(super) fn documents(folder: &Path) -> Told<Vec<SignedDocument>> {
    let told = |error: std::io::Error| {
        let text = format!("`{}`: {error}", folder.display());
        problem(codes::FILE_MACHINE, text)
    };
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(told(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let name = entry.map_err(told)?.file_name();
        if crate::drop_folder::is_ours(&name) {
            names.push(name);
        }
    }
    if names.len() > MOST {
        let text = format!("`{}` has more than {MOST} documents", folder.display());
        return Err(problem(codes::FILE_TOO_LARGE, text));
    }
    names.sort();
    names.iter().map(|name| document(&folder.join(name))).collect()
}
