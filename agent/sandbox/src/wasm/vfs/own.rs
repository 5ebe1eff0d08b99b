//! Which files under write grants are this run's own, and so may be read without being noted.

use std::collections::BTreeMap;

/// Which real file it is. An inode's number comes back as another file's when the first is gone,
/// whoever removed it; with the time of birth it does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FileId {
    /// Major and minor.
    pub(crate) device: (u32, u32),
    pub(crate) inode: u64,
    /// Seconds and nanoseconds; zero where the file system does not keep it.
    // KNOWN GAP: there, a file of this run that somebody else removes can hand its number on.
    pub(crate) birth: (i64, u32),
}

/// How much of a file is from this run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Share {
    /// Others' bytes, into which this run has written.
    Part,
    /// Made or emptied by this run.
    Whole,
}

/// The files that this run has made or written to.
#[derive(Debug, Default)]
pub(crate) struct Own {
    files: BTreeMap<FileId, Share>,
}

impl Own {
    /// How much of a file is ours, if any.
    pub(crate) fn share(&self, id: FileId) -> Option<Share> {
        self.files.get(&id).copied()
    }

    /// The file is ours altogether.
    pub(crate) fn made(&mut self, id: FileId) {
        self.files.insert(id, Share::Whole);
    }

    /// The file may be written to.
    pub(crate) fn written(&mut self, id: FileId) {
        self.files.entry(id).or_insert(Share::Part);
    }

    /// The file lost a name: its inode may come back as somebody else's file.
    pub(crate) fn removed(&mut self, id: FileId) {
        self.files.remove(&id);
    }
}
