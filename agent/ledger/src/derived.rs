//! Tiles, bundles and the checkpoint on disk: always behind the journal, never ahead of it.
//!
//! Order of a write: full files, partial files, checkpoint, then removal of partial files that the
//! checkpoint no longer needs. So whoever follows the checkpoint finds every file it asks for, or a
//! newer checkpoint and by it a longer file that begins with the same bytes
//! ([`FolderTiles`](crate::ledger::FolderTiles) reads like that).
//!
//! C2SP tlog-tiles lets a *server* drop a partial tile only when the full one is there. This folder
//! is not what is served: it is the log at its newest checkpoint, and keeping up to 255 partial
//! bundles a tile, 19 MB at the usual size of an entry, would use up the reserve after a few endings
//! on a full disk. What is served is made by [`Reader::copy_tiles`](crate::Reader::copy_tiles).

use std::collections::{BTreeSet, VecDeque};
use std::io;

use crate::fs::{Fs, uninterrupted};
use crate::growth::DerivedFile;
use crate::layout::{CHECKPOINT, folders_above, folders_of, write_derived};
use crate::tree::TilePath;

/// What of the derived files is on disk.
#[derive(Debug, Default)]
pub(crate) struct Derived {
    /// Full files that wait to be written.
    pending: VecDeque<(String, Vec<u8>)>,
    /// Partial files on disk, with the right bytes.
    partial: BTreeSet<String>,
    folders: BTreeSet<String>,
    /// Written, but perhaps only in the page cache.
    unsettled: BTreeSet<String>,
}

impl Derived {
    /// Takes note of what lies in the folder already.
    pub(crate) fn found_folder(&mut self, path: &str) {
        self.folders.insert(path.to_owned());
    }

    /// Takes note of a partial file that is on disk, rightly or not.
    pub(crate) fn found_partial(&mut self, path: &str) {
        self.partial.insert(path.to_owned());
    }

    /// Writes the file anew at the next [`Derived::write`].
    pub(crate) fn distrust(&mut self, path: &str) {
        self.partial.remove(path);
    }

    /// Queues full files.
    pub(crate) fn queue(&mut self, files: Vec<DerivedFile>) {
        self.pending.extend(files.into_iter().map(|(path, bytes)| (path.to_string(), bytes)));
    }

    /// Brings the folder up to date. What was written before an error stays written.
    pub(crate) fn write<F: Fs>(
        &mut self,
        fs: &F,
        partial: Vec<DerivedFile>,
        checkpoint: &str,
    ) -> io::Result<()> {
        while let Some((path, bytes)) = self.pending.pop_front() {
            if let Err(error) = self.place(fs, &path, &bytes) {
                self.pending.push_front((path, bytes));
                return Err(error);
            }
        }
        let mut wanted = BTreeSet::new();
        for (path, bytes) in partial {
            let path = path.to_string();
            if !self.partial.contains(&path) {
                self.place(fs, &path, &bytes)?;
                self.partial.insert(path.clone());
            }
            wanted.insert(path);
        }
        self.place(fs, CHECKPOINT, checkpoint.as_bytes())?;
        self.sweep(fs, &wanted)
    }

    fn sweep<F: Fs>(&mut self, fs: &F, wanted: &BTreeSet<String>) -> io::Result<()> {
        let stale: Vec<String> = self.partial.difference(wanted).cloned().collect();
        for path in stale {
            uninterrupted(|| fs.remove(&path))?;
            self.partial.remove(&path);
            self.unsettled.remove(&path);
        }
        let needed = folders_of(self.partial.iter().map(String::as_str));
        let empty = |folder: &&String| folder.ends_with(".p") && !needed.contains(*folder);
        for folder in self.folders.iter().filter(empty).cloned().collect::<Vec<_>>() {
            uninterrupted(|| fs.remove_folder(&folder))?;
            self.folders.remove(&folder);
        }
        Ok(())
    }

    /// Writes one file to its place, with the folders above it.
    pub(crate) fn place<F: Fs>(&mut self, fs: &F, path: &str, bytes: &[u8]) -> io::Result<()> {
        for folder in folders_above(path) {
            if !self.folders.contains(folder) {
                uninterrupted(|| fs.make_folder(folder))?;
                self.folders.insert(folder.to_owned());
            }
        }
        uninterrupted(|| write_derived(fs, path, bytes))?;
        self.unsettled.insert(path.to_owned());
        Ok(())
    }

    /// Makes everything written so far survive a power cut.
    pub(crate) fn settle<F: Fs>(&mut self, fs: &F) -> io::Result<()> {
        for path in &self.unsettled {
            let file = uninterrupted(|| fs.open_to_write(path))?;
            uninterrupted(|| fs.sync(&file))?;
        }
        let mut folders = folders_of(self.unsettled.iter().map(String::as_str));
        folders.insert(String::new());
        for folder in &folders {
            uninterrupted(|| fs.sync_folder(folder))?;
        }
        self.unsettled.clear();
        Ok(())
    }
}

/// The largest size that the name of any derived file shows, and that file.
pub(crate) fn largest_named<'a>(paths: impl Iterator<Item = &'a str>) -> Option<(u64, &'a str)> {
    let sizes = paths.filter_map(|path| Some((TilePath::parse(path)?.least_size(), path)));
    sizes.max_by_key(|(size, _)| *size)
}
