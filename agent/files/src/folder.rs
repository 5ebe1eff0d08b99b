//! Folders of signed documents, read alike by the agent and by people's tools.

use std::{
    ffi::OsStr,
    io,
    path::{Path, PathBuf},
};

use crate::{FileError, read};

/// Whether a file of this name is a document. Names that start with a dot are not: editors and
/// careful writers use them for what is not ready.
#[must_use]
pub fn is_document(name: &OsStr) -> bool {
    let bytes = name.as_encoded_bytes();
    !bytes.starts_with(b".") && (bytes.ends_with(b".yaml") || bytes.ends_with(b".json"))
}

/// Every document of a folder, each of at most `limit` bytes, in the order of their names; none if
/// there is no such folder.
///
/// # Errors
/// [`FileError`] of the first that cannot be read, or when there are more than `most`.
pub fn documents(
    folder: &Path,
    limit: u64,
    most: usize,
) -> Result<Vec<(PathBuf, Vec<u8>)>, FileError> {
    let told = |error| FileError::from_io(folder, error);
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(told(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let name = entry.map_err(told)?.file_name();
        if is_document(&name) {
            names.push(name);
        }
        if names.len() > most {
            let source = io::Error::other(format!("more than {most} documents"));
            return Err(FileError::Machine { path: folder.to_owned(), source });
        }
    }
    names.sort();
    let read = |name| {
        let path = folder.join(name);
        read(&path, limit).map(|bytes| (path, bytes))
    };
    names.into_iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_come_in_the_order_of_their_names_without_hidden_and_other_files() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.yaml", "a.json", ".c.yaml", "d.yaml~", "e.txt"] {
            std::fs::write(folder.path().join(name), name).unwrap();
        }
        let found = documents(folder.path(), 100, 2).unwrap();
        let texts: Vec<_> = found.iter().map(|(_, bytes)| bytes.as_slice()).collect();
        assert_eq!(texts, [&b"a.json"[..], b"b.yaml"]);
        assert!(documents(folder.path(), 100, 1).is_err());
        assert_eq!(documents(&folder.path().join("none"), 100, 1).unwrap(), []);
    }
}
