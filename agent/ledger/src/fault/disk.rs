//! What the folder in memory consists of: names, bytes, and all that was done, so that a crash can
//! undo it.

use std::collections::BTreeMap;
use std::io;

/// What was done, as far as a crash may undo it.
#[derive(Debug, Clone)]
pub(crate) enum Op {
    Write { file: u64, offset: usize, bytes: Vec<u8> },
    Truncate { file: u64, len: usize },
    Sync { file: u64 },
    Create { path: String, file: u64 },
    Rename { from: String, to: String },
    Remove { path: String },
    MakeFolder { path: String },
    SyncFolder { path: String },
}

/// The folder as a running process sees it, and how it came to be so.
#[derive(Debug, Clone, Default)]
pub(crate) struct Disk {
    pub(crate) names: BTreeMap<String, u64>,
    pub(crate) folders: BTreeMap<String, ()>,
    pub(crate) files: BTreeMap<u64, Vec<u8>>,
    pub(crate) ops: Vec<Op>,
    /// How often something was synced.
    pub(super) syncs: u64,
    /// The most bytes of all files.
    pub(super) capacity: Option<usize>,
    newest_file: u64,
}

impl Disk {
    /// These files, and nothing that a crash could undo.
    pub(super) fn with(files: &BTreeMap<String, Vec<u8>>) -> Self {
        let mut disk = Self::default();
        for (path, bytes) in files {
            for folder in crate::layout::folders_above(path) {
                disk.folders.insert(folder.to_owned(), ());
            }
            disk.put(path, bytes.clone());
        }
        disk
    }

    /// Puts bytes under a name, as if they had always been there.
    pub(super) fn put(&mut self, path: &str, bytes: Vec<u8>) {
        let file = self.names.get(path).copied().unwrap_or_else(|| self.number());
        self.names.insert(path.to_owned(), file);
        self.files.insert(file, bytes);
    }

    /// The number of a new file.
    pub(super) fn number(&mut self) -> u64 {
        self.newest_file = self.newest_file.saturating_add(1);
        self.newest_file
    }

    /// All files with their bytes.
    pub(crate) fn content(&self) -> BTreeMap<String, Vec<u8>> {
        let bytes = |file: &u64| self.files.get(file).cloned().unwrap_or_default();
        self.names.iter().map(|(path, file)| (path.clone(), bytes(file))).collect()
    }

    /// Does `op` to the folder as a running process sees it.
    pub(crate) fn apply(&mut self, op: &Op) {
        match op {
            Op::Write { file, offset, bytes } => {
                let content = self.files.entry(*file).or_default();
                let end = offset.saturating_add(bytes.len());
                if content.len() < end {
                    content.resize(end, 0);
                }
                if let Some(place) = content.get_mut(*offset..end) {
                    place.copy_from_slice(bytes);
                }
            }
            Op::Truncate { file, len } => self.files.entry(*file).or_default().resize(*len, 0),
            Op::Create { path, file } => {
                self.files.insert(*file, Vec::new());
                self.names.insert(path.clone(), *file);
            }
            Op::Rename { from, to } => {
                if let Some(file) = self.names.remove(from) {
                    self.names.insert(to.clone(), file);
                }
            }
            Op::Remove { path } => {
                self.names.remove(path);
            }
            Op::MakeFolder { path } => {
                self.folders.insert(path.clone(), ());
            }
            Op::Sync { .. } | Op::SyncFolder { .. } => {}
        }
    }

    /// Does `op`, and remembers it.
    pub(super) fn run(&mut self, op: Op) {
        if matches!(op, Op::Sync { .. } | Op::SyncFolder { .. }) {
            self.syncs = self.syncs.saturating_add(1);
        }
        self.apply(&op);
        self.ops.push(op);
    }

    fn used(&self) -> usize {
        let size = |file: &u64| self.files.get(file).map_or(0, Vec::len);
        self.names.values().map(size).fold(0, usize::saturating_add)
    }

    /// How many bytes of a write that ends at `end` there is room for.
    pub(super) fn room(&self, file: u64, offset: usize, len: usize) -> usize {
        let Some(capacity) = self.capacity else { return len };
        let have = self.files.get(&file).map_or(0, Vec::len);
        let free = capacity.saturating_sub(self.used());
        have.saturating_sub(offset).saturating_add(free).min(len)
    }

    /// Writes as much as there is room for; says how much that was.
    pub(super) fn write(&mut self, file: u64, offset: usize, bytes: &[u8]) -> io::Result<usize> {
        let room = self.room(file, offset, bytes.len());
        if room == 0 && !bytes.is_empty() {
            return Err(rustix::io::Errno::NOSPC.into());
        }
        let bytes = bytes.get(..room).unwrap_or_default().to_vec();
        self.run(Op::Write { file, offset, bytes });
        Ok(room)
    }
}
