//! Compiled modules on disk, believed only under a MAC that this node made.
//!
//! ```text
//! DIR/key                       32 bytes, mode 0600, made on first start
//! DIR/modules/<64 hex>          magic, MAC, native code
//! DIR/modules/.new-*            being written; swept at start
//! ```
//!
//! Native code is run as it is, so an entry that anybody else could have written is never loaded:
//! malformed, cut, forged or foreign entries are compiled again and replaced.

mod entry;
mod folder;
mod key;

use std::path::Path;

use arch_identity::Digest;
use rustix::io::Errno;

use self::folder::Folder;
pub use self::key::KeyPage;

/// Most bytes of compiled code that one module may have.
pub const CODE_CAP: u64 = 256 << 20;

/// Why there is no cache.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CacheError {
    /// A file or folder cannot be used.
    #[error("`{path}` cannot be used: {errno}")]
    Path {
        /// Which.
        path: String,
        /// What the system says.
        errno: Errno,
    },
    /// Somebody else could write there.
    #[error("`{0}` belongs to somebody else, or others may write to it")]
    NotOurs(String),
    /// The key file does not have its 32 bytes.
    #[error("`{0}` is no key; remove it to have a fresh one made")]
    Key(String),
}

impl CacheError {
    /// The catalogue's code.
    #[must_use]
    pub fn code(&self) -> arch_problem::Code {
        arch_problem::codes::CACHE_FOLDER
    }
}

/// What makes two compilations the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// SHA-256 of the wasm bytes.
    pub module: Digest,
    /// Digest of engine, version, target and settings.
    pub environment: Digest,
}

/// A lookup's answer.
#[derive(Debug, PartialEq, Eq)]
pub enum Lookup {
    /// Compiled code, as this node wrote it.
    Found(Vec<u8>),
    /// Never compiled here, or evicted.
    Missing,
    /// There was something that this node did not write; it is gone now.
    Forged,
}

/// The folder of compiled modules.
#[derive(Debug)]
pub struct Cache {
    folder: Folder,
    key: KeyPage,
    /// Bytes that all entries together may have.
    cap: u64,
}

impl Cache {
    /// Opens the folder, and makes it and the key when they are missing.
    pub fn open(path: &Path, cap: u64) -> Result<Self, CacheError> {
        let base = folder::private(path)?;
        let key = key::open(&base, path)?;
        let folder = Folder::open(&base, path)?;
        folder.sweep();
        Ok(Self { folder, key, cap })
    }

    /// Looks an entry up; one that does not hold is removed.
    pub fn find(&self, entry: Entry) -> Lookup {
        let name = entry::name(entry);
        let Some(bytes) = self.folder.read(&name) else { return Lookup::Missing };
        match entry::open(&self.key, entry, bytes) {
            Some(code) => Lookup::Found(code),
            None => {
                self.folder.remove(&name);
                Lookup::Forged
            }
        }
    }

    /// Keeps compiled code, and lets go of the oldest when there is too much. That it cannot be
    /// kept is no failure of the run; the reason comes back for the log.
    pub fn keep(&self, entry: Entry, code: &[u8]) -> Result<(), Errno> {
        let head = entry::seal(&self.key, entry, code);
        self.folder.write(&entry::name(entry), &[&head, code])?;
        self.folder.evict(self.cap);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::PathBuf;

    use super::*;

    fn entry(module: &[u8]) -> Entry {
        Entry { module: Digest::of(module), environment: Digest::of(b"engine") }
    }

    fn fresh() -> (tempfile::TempDir, Cache) {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::open(&dir.path().join("cache"), 1 << 20).unwrap();
        (dir, cache)
    }

    fn only_file(dir: &tempfile::TempDir) -> PathBuf {
        let mut all = fs::read_dir(dir.path().join("cache/modules")).unwrap();
        let one = all.next().unwrap().unwrap().path();
        assert!(all.next().is_none());
        one
    }

    #[test]
    fn what_was_kept_is_found_after_a_restart() {
        let (dir, cache) = fresh();
        cache.keep(entry(b"a"), b"code").unwrap();
        drop(cache);
        let cache = Cache::open(&dir.path().join("cache"), 1 << 20).unwrap();
        assert_eq!(cache.find(entry(b"a")), Lookup::Found(b"code".to_vec()));
        assert_eq!(cache.find(entry(b"b")), Lookup::Missing);
    }

    #[test]
    fn any_changed_byte_and_any_cut_makes_an_entry_void_and_gone() {
        let (dir, cache) = fresh();
        cache.keep(entry(b"a"), b"code").unwrap();
        let whole = fs::read(only_file(&dir)).unwrap();
        for at in 0..whole.len() {
            let mut bent = whole.clone();
            bent[at] ^= 1;
            fs::write(dir.path().join("cache/modules").join(entry::name(entry(b"a"))), &bent)
                .unwrap();
            assert_eq!(cache.find(entry(b"a")), Lookup::Forged, "byte {at}");
            assert_eq!(cache.find(entry(b"a")), Lookup::Missing);
            fs::write(
                dir.path().join("cache/modules").join(entry::name(entry(b"a"))),
                &whole[..at],
            )
            .unwrap();
            assert_eq!(cache.find(entry(b"a")), Lookup::Forged, "cut at {at}");
        }
    }

    #[test]
    fn an_entry_under_another_modules_name_or_another_engine_is_void() {
        let (dir, cache) = fresh();
        cache.keep(entry(b"a"), b"code").unwrap();
        let file = only_file(&dir);
        for other in
            [entry(b"b"), Entry { environment: Digest::of(b"other engine"), ..entry(b"a") }]
        {
            fs::copy(&file, file.with_file_name(entry::name(other))).unwrap();
            assert_eq!(cache.find(other), Lookup::Forged);
        }
    }

    #[test]
    fn another_nodes_entry_is_void() {
        let ((ours, cache), (theirs, other)) = (fresh(), fresh());
        other.keep(entry(b"a"), b"evil").unwrap();
        cache.keep(entry(b"a"), b"code").unwrap();
        fs::copy(only_file(&theirs), only_file(&ours)).unwrap();
        assert_eq!(cache.find(entry(b"a")), Lookup::Forged);
    }

    #[test]
    fn links_pipes_and_folders_in_place_of_an_entry_are_not_read() {
        let (dir, cache) = fresh();
        cache.keep(entry(b"a"), b"code").unwrap();
        let file = only_file(&dir);
        let aside = dir.path().join("aside");
        fs::rename(&file, &aside).unwrap();
        std::os::unix::fs::symlink(&aside, &file).unwrap();
        assert_eq!(cache.find(entry(b"a")), Lookup::Missing);
        fs::remove_file(&file).unwrap();
        fs::create_dir(&file).unwrap();
        assert_eq!(cache.find(entry(b"a")), Lookup::Missing);
    }

    #[test]
    fn the_oldest_go_when_there_is_too_much() {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::open(&dir.path().join("cache"), 3_000).unwrap();
        for name in [b"a", b"b", b"c"] {
            cache.keep(entry(name), &[0; 1_000]).unwrap();
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        assert_eq!(cache.find(entry(b"a")), Lookup::Missing);
        assert!(matches!(cache.find(entry(b"c")), Lookup::Found(_)));
    }

    #[test]
    fn the_key_is_ours_alone_and_a_short_or_shared_one_is_refused() {
        let (dir, cache) = fresh();
        drop(cache);
        let (path, key) = (dir.path().join("cache"), dir.path().join("cache/key"));
        assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(Cache::open(&path, 1), Err(CacheError::NotOurs(_))));
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&key, b"short").unwrap();
        assert!(matches!(Cache::open(&path, 1), Err(CacheError::Key(_))));
    }

    #[test]
    fn a_folder_that_others_write_to_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o777)).unwrap();
        assert!(matches!(Cache::open(dir.path(), 1), Err(CacheError::NotOurs(_))));
    }

    #[test]
    fn what_was_being_written_when_the_power_went_is_swept() {
        let (dir, cache) = fresh();
        drop(cache);
        let torn = dir.path().join("cache/modules/.new-1");
        fs::write(&torn, b"half").unwrap();
        drop(Cache::open(&dir.path().join("cache"), 1).unwrap());
        assert!(!torn.exists());
    }
}
