//! The folder itself, and the faults.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::fs::{Found, FoundKind, Fs};

/// A folder in memory. Clones are the same folder, as two processes see it.
#[derive(Debug, Clone, Default)]
pub struct MemFs {
    inner: Arc<Mutex<Inner>>,
    locked: Arc<AtomicBool>,
}

/// One thing that goes wrong, at one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// Which call, counted from 1; calls that only read do not count ([`MemFs::fail_read`]).
    pub call: u64,
    /// What goes wrong.
    pub trouble: Trouble,
    /// Whether the call did its work although it reports a failure.
    pub happened: bool,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The device reports an error.
    Eio,
    /// The device is full.
    Enospc,
    /// A signal came in between.
    Eintr,
    /// A write takes half of what it was given and reports that; other calls are as [`Trouble::Eintr`].
    ShortWrite,
}

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

#[derive(Debug, Clone, Default)]
pub(crate) struct Inner {
    pub(crate) names: BTreeMap<String, u64>,
    pub(crate) folders: BTreeMap<String, ()>,
    pub(crate) files: BTreeMap<u64, Vec<u8>>,
    pub(crate) ops: Vec<Op>,
    next_file: u64,
    calls: u64,
    syncs: u64,
    fault: Option<Fault>,
    reads: u64,
    unreadable: Option<u64>,
    capacity: Option<usize>,
}

/// An open file of a [`MemFs`].
#[derive(Debug)]
pub struct MemFile(u64);

/// Holds the lock of a [`MemFs`] until dropped.
#[derive(Debug)]
pub struct MemLock(Arc<AtomicBool>);

impl Drop for MemLock {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

impl MemFs {
    /// A folder with these files in it, safely on disk.
    #[must_use]
    pub fn with(files: &BTreeMap<String, Vec<u8>>) -> Self {
        let fs = Self::default();
        {
            let mut inner = fs.inner();
            for (number, (path, bytes)) in (1..).zip(files) {
                for folder in crate::layout::folders_above(path) {
                    inner.folders.insert(folder.to_owned(), ());
                }
                inner.names.insert(path.clone(), number);
                inner.files.insert(number, bytes.clone());
                inner.next_file = number;
            }
        }
        fs
    }

    /// All files with their bytes, as a running process sees them.
    #[must_use]
    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let inner = self.inner();
        let bytes = |file: &u64| inner.files.get(file).cloned().unwrap_or_default();
        inner.names.iter().map(|(path, file)| (path.clone(), bytes(file))).collect()
    }

    /// Puts a file there, or takes it away, behind the ledger's back.
    pub fn tamper(&self, path: &str, bytes: Option<Vec<u8>>) {
        let mut inner = self.inner();
        let Some(bytes) = bytes else {
            inner.names.remove(path);
            return;
        };
        let file =
            inner.names.get(path).copied().unwrap_or_else(|| inner.next_file.saturating_add(1));
        inner.next_file = inner.next_file.max(file);
        inner.names.insert(path.to_owned(), file);
        inner.files.insert(file, bytes);
    }

    /// Makes one later call go wrong; calls are counted anew from here.
    pub fn fail(&self, fault: Option<Fault>) {
        let mut inner = self.inner();
        inner.fault = fault;
        inner.calls = 0;
    }

    /// Makes one later call that only reads end in EIO; such calls are counted anew from here.
    pub fn fail_read(&self, call: Option<u64>) {
        let mut inner = self.inner();
        inner.unreadable = call;
        inner.reads = 0;
    }

    /// Calls that only read, since the last [`MemFs::fail_read`].
    #[must_use]
    pub fn reads(&self) -> u64 {
        self.inner().reads
    }

    /// Calls that change something, since the last [`MemFs::fail`].
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.inner().calls
    }

    /// fdatasync and fsync calls so far.
    #[must_use]
    pub fn syncs(&self) -> u64 {
        self.inner().syncs
    }

    /// Lets all files together hold at most so many bytes.
    pub fn limit(&self, capacity: Option<usize>) {
        self.inner().capacity = capacity;
    }

    /// Forgets what was done so far: it counts as safely on disk.
    pub fn forget(&self) {
        self.inner().ops.clear();
    }

    pub(crate) fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn look(&self) -> io::Result<MutexGuard<'_, Inner>> {
        let mut inner = self.inner();
        inner.reads = inner.reads.saturating_add(1);
        if inner.unreadable == Some(inner.reads) {
            return Err(rustix::io::Errno::IO.into());
        }
        Ok(inner)
    }

    fn change<T>(
        &self,
        short: bool,
        work: impl FnOnce(&mut Inner, bool) -> io::Result<T>,
    ) -> io::Result<T> {
        let mut inner = self.inner();
        inner.calls = inner.calls.saturating_add(1);
        let fault = inner.fault.filter(|fault| fault.call == inner.calls);
        let Some(fault) = fault else { return work(&mut inner, false) };
        let error = match fault.trouble {
            Trouble::Eio => rustix::io::Errno::IO,
            Trouble::Enospc => rustix::io::Errno::NOSPC,
            Trouble::ShortWrite if short => return work(&mut inner, true),
            Trouble::Eintr | Trouble::ShortWrite => rustix::io::Errno::INTR,
        };
        if fault.happened {
            work(&mut inner, false)?;
        }
        Err(error.into())
    }
}

impl Inner {
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

    fn run(&mut self, op: Op) {
        self.apply(&op);
        self.ops.push(op);
    }

    fn used(&self) -> usize {
        let size = |file: &u64| self.files.get(file).map_or(0, Vec::len);
        self.names.values().map(size).fold(0, usize::saturating_add)
    }

    /// How many bytes of a write that ends at `end` there is room for.
    fn room(&self, file: u64, offset: usize, len: usize) -> usize {
        let Some(capacity) = self.capacity else { return len };
        let have = self.files.get(&file).map_or(0, Vec::len);
        let free = capacity.saturating_sub(self.used());
        have.saturating_sub(offset).saturating_add(free).min(len)
    }

    fn grow(&mut self, file: u64, offset: usize, bytes: &[u8]) -> io::Result<usize> {
        let room = self.room(file, offset, bytes.len());
        if room == 0 && !bytes.is_empty() {
            return Err(rustix::io::Errno::NOSPC.into());
        }
        let bytes = bytes.get(..room).unwrap_or_default().to_vec();
        self.run(Op::Write { file, offset, bytes });
        Ok(room)
    }
}

fn small(number: u64) -> io::Result<usize> {
    usize::try_from(number).map_err(io::Error::other)
}

impl Fs for MemFs {
    type File = MemFile;
    type Lock = MemLock;

    fn lock(&self) -> io::Result<MemLock> {
        if self.locked.swap(true, Ordering::SeqCst) {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        Ok(MemLock(Arc::clone(&self.locked)))
    }

    fn list(&self) -> io::Result<Vec<Found>> {
        let inner = self.look()?;
        let files =
            inner.names.keys().map(|path| Found { path: path.clone(), kind: FoundKind::File });
        let folders =
            inner.folders.keys().map(|path| Found { path: path.clone(), kind: FoundKind::Folder });
        Ok(files.chain(folders).collect())
    }

    fn open(&self, path: &str) -> io::Result<MemFile> {
        let found = self.look()?.names.get(path).copied();
        found.map(MemFile).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn open_to_write(&self, path: &str) -> io::Result<MemFile> {
        self.open(path)
    }

    fn create(&self, path: &str) -> io::Result<MemFile> {
        self.change(false, |inner, _| {
            if let Some(file) = inner.names.get(path).copied() {
                inner.run(Op::Truncate { file, len: 0 });
                return Ok(MemFile(file));
            }
            inner.next_file = inner.next_file.saturating_add(1);
            let file = inner.next_file;
            inner.run(Op::Create { path: path.to_owned(), file });
            Ok(MemFile(file))
        })
    }

    fn len(&self, file: &MemFile) -> io::Result<u64> {
        let len = self.look()?.files.get(&file.0).map_or(0, Vec::len);
        u64::try_from(len).map_err(io::Error::other)
    }

    fn read_at(&self, file: &MemFile, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let inner = self.look()?;
        let content = inner.files.get(&file.0).and_then(|bytes| bytes.get(small(offset).ok()?..));
        let content = content.unwrap_or_default();
        let len = content.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..len), content.get(..len)) {
            to.copy_from_slice(from);
        }
        Ok(len)
    }

    fn write_at(&self, file: &MemFile, offset: u64, bytes: &[u8]) -> io::Result<usize> {
        let offset = small(offset)?;
        self.change(true, |inner, short| {
            let half = bytes.len().div_ceil(2);
            inner.grow(
                file.0,
                offset,
                if short { bytes.get(..half).unwrap_or_default() } else { bytes },
            )
        })
    }

    fn allocate(&self, file: &MemFile, len: u64) -> io::Result<()> {
        let len = small(len)?;
        self.change(false, |inner, _| {
            if inner.room(file.0, 0, len) < len {
                return Err(rustix::io::Errno::NOSPC.into());
            }
            inner.run(Op::Truncate { file: file.0, len });
            Ok(())
        })
    }

    fn truncate(&self, file: &MemFile, len: u64) -> io::Result<()> {
        let len = small(len)?;
        self.change(false, |inner, _| {
            inner.run(Op::Truncate { file: file.0, len });
            Ok(())
        })
    }

    fn sync(&self, file: &MemFile) -> io::Result<()> {
        self.change(false, |inner, _| {
            inner.syncs = inner.syncs.saturating_add(1);
            inner.run(Op::Sync { file: file.0 });
            Ok(())
        })
    }

    fn sync_folder(&self, path: &str) -> io::Result<()> {
        self.change(false, |inner, _| {
            inner.syncs = inner.syncs.saturating_add(1);
            inner.run(Op::SyncFolder { path: path.to_owned() });
            Ok(())
        })
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.change(false, |inner, _| {
            if !inner.names.contains_key(from) {
                return Err(io::ErrorKind::NotFound.into());
            }
            inner.run(Op::Rename { from: from.to_owned(), to: to.to_owned() });
            Ok(())
        })
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        self.change(false, |inner, _| {
            inner.run(Op::Remove { path: path.to_owned() });
            Ok(())
        })
    }

    fn make_folder(&self, path: &str) -> io::Result<()> {
        self.change(false, |inner, _| {
            inner.run(Op::MakeFolder { path: path.to_owned() });
            Ok(())
        })
    }
}
