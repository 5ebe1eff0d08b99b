//! The demo's own folder: fresh, closed to others, gone at the end unless somebody wants it.

use std::path::{Path, PathBuf};

use crate::answer::Stop;
use crate::chance;

/// Everything the demo writes lies below it.
#[derive(Debug)]
pub(super) struct Folder {
    root: PathBuf,
    keep: bool,
}

impl Folder {
    /// Below the system's folder for temporary files, or the one to keep.
    pub(super) fn make(keep: Option<&Path>) -> Result<Self, Stop> {
        let folder = match keep {
            Some(path) => Self { root: empty(path)?, keep: true },
            None => Self { root: fresh()?, keep: false },
        };
        for part in ["config/jobs", "config/modules", "state", "keys", "inputs"] {
            arch_files::private_dir(&folder.root.join(part)).map_err(Stop::file)?;
        }
        Ok(folder)
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// Whether somebody wants it afterwards.
    pub(super) fn is_kept(&self) -> bool {
        self.keep
    }

    pub(super) fn path(&self, part: &str) -> PathBuf {
        self.root.join(part)
    }

    /// Writes a file whole, as an operator's tools would put it there.
    pub(super) fn put(&self, part: &str, bytes: &[u8], mode: u32) -> Result<PathBuf, Stop> {
        let path = self.path(part);
        arch_files::write_whole(&path, bytes, mode).map_err(Stop::file)?;
        Ok(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.keep {
            let _gone_already = std::fs::remove_dir_all(&self.root);
        }
    }
}

/// What the names of our temporary folders begin with.
const TEMPORARY: &str = "arch-demo-";

/// Whether it is named as our temporary folders are: nothing else is ever swept.
pub(super) fn is_temporary(folder: &Path) -> bool {
    folder.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(TEMPORARY.as_bytes()))
}

pub(super) fn fresh() -> Result<PathBuf, Stop> {
    let name = format!("{TEMPORARY}{}", chance::nonce()?);
    let root = std::env::temp_dir().join(name);
    made(&root)
}

/// The folder to keep must be new or empty: the demo overwrites nothing.
fn empty(path: &Path) -> Result<PathBuf, Stop> {
    let busy = std::fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_some());
    if busy {
        return Err(Stop::no(format!("{} is not empty", path.display()), "choose a new folder"));
    }
    made(path)
}

/// Links in the way are resolved here, because sandboxed paths must have none.
fn made(path: &Path) -> Result<PathBuf, Stop> {
    arch_files::private_dir(path).map_err(Stop::file)?;
    path.canonicalize().map_err(|error| {
        Stop::could_not(format!("{}: {error}", path.display()), "choose another folder")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_gone_afterwards() {
        let folder = Folder::make(None).unwrap();
        let root = folder.root().to_path_buf();
        assert!(root.join("config/jobs").is_dir());
        drop(folder);
        assert!(!root.exists());
    }

    #[test]
    fn a_kept_folder_stays_and_must_have_been_empty() {
        let dir = tempfile::tempdir().unwrap();
        let keep = dir.path().join("kept");
        drop(Folder::make(Some(&keep)).unwrap());
        assert!(keep.join("state").is_dir());
        assert!(matches!(Folder::make(Some(&keep)), Err(Stop::No { .. })));
    }
}
