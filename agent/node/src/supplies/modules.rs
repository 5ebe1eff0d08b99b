//! The modules folder: files of any name, found by their digest.

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsString,
    os::unix::fs::MetadataExt as _,
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use arch_identity::Digest;
use arch_problem::codes;

use crate::{
    shelf::Shelf,
    told::{Told, problem},
};

/// The most files that are hashed.
const MOST: usize = 4_096;

/// Enough metadata to tell that a file may have changed: inode, size, times of content and inode.
type Stamp = (u64, u64, i64, i64, i64, i64);

/// The folder, and what was hashed in it already.
#[derive(Debug)]
pub struct Modules {
    folder: PathBuf,
    known: Mutex<BTreeMap<OsString, (Stamp, Digest)>>,
    /// Modules that lie in the archive to stay: this process flushed them.
    settled: Mutex<BTreeSet<Digest>>,
}

impl Modules {
    /// A folder that may or may not be there.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, known: Mutex::default(), settled: Mutex::default() }
    }

    /// Whether the archive has this module, whole and to stay.
    pub(super) fn is_kept(&self, shelf: &Shelf, module: Digest) -> bool {
        let settled = || self.settled.lock().unwrap_or_else(PoisonError::into_inner);
        if settled().contains(&module) {
            return shelf.is_whole(&module);
        }
        let kept = shelf.settle(&module);
        if kept {
            settled().insert(module);
        }
        kept
    }

    /// The bytes of the module with this digest.
    pub(super) fn find(&self, wanted: Digest, limit: u64) -> Told<Vec<u8>> {
        let mut too_large = false;
        for (name, stamp) in self.files() {
            if self.known(&name, stamp).is_some_and(|known| known != wanted) {
                continue;
            }
            // What is kept of a file is its digest alone; the bytes are read anew, and hashed.
            match arch_files::read(&self.folder.join(&name), limit) {
                Ok(bytes) => {
                    let digest = Digest::of(&bytes);
                    self.learn(name, stamp, digest);
                    if digest == wanted {
                        return Ok(bytes);
                    }
                }
                Err(arch_files::FileError::TooLarge { .. }) => too_large = true,
                Err(error) => tracing::debug!(%error, "not a module"),
            }
        }
        let hint =
            if too_large { "; some files there are larger than a module may be" } else { "" };
        let text = format!("no module of the digest {wanted} is here{hint}");
        Err(problem(codes::MODULE_ABSENT, text))
    }

    fn files(&self) -> Vec<(OsString, Stamp)> {
        let Ok(entries) = std::fs::read_dir(&self.folder) else { return Vec::new() };
        let one = |entry: std::fs::DirEntry| {
            let m = entry.metadata().ok().filter(std::fs::Metadata::is_file)?;
            let stamp = (m.ino(), m.size(), m.mtime(), m.mtime_nsec(), m.ctime(), m.ctime_nsec());
            Some((entry.file_name(), stamp))
        };
        entries.filter_map(|entry| one(entry.ok()?)).take(MOST).collect()
    }

    fn known(&self, name: &OsString, stamp: Stamp) -> Option<Digest> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(name).filter(|(then, _)| *then == stamp).map(|(_, digest)| *digest)
    }

    fn learn(&self, name: OsString, stamp: Stamp, digest: Digest) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(name, (stamp, digest));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_is_found_by_its_digest_under_any_name() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a"), b"one").unwrap();
        std::fs::write(folder.path().join("b.wasm"), b"two").unwrap();
        std::os::unix::fs::symlink("b.wasm", folder.path().join("c")).unwrap();
        let modules = Modules::new(folder.path().to_owned());
        for _ in 0..2 {
            assert_eq!(modules.find(Digest::of(b"two"), 10).unwrap(), b"two");
            assert_eq!(modules.find(Digest::of(b"one"), 10).unwrap(), b"one");
        }
        let absent = modules.find(Digest::of(b"three"), 10).unwrap_err();
        assert_eq!(absent.code, codes::MODULE_ABSENT);
        std::fs::write(folder.path().join("a"), b"three").unwrap();
        assert_eq!(modules.find(Digest::of(b"three"), 10).unwrap(), b"three");
    }
}
