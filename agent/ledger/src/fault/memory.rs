//! The folder as the ledger uses it, and the faults.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::disk::{Disk, Op};
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

/// The disk, and what is planned against it.
#[derive(Debug, Default)]
pub(crate) struct Inner {
    pub(crate) disk: Disk,
    calls: u64,
    fault: Option<Fault>,
    reads: u64,
    unreadable: Option<u64>,
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
        fs.inner().disk = Disk::with(files);
        fs
    }

    /// All files with their bytes, as a running process sees them.
    #[must_use]
    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        self.inner().disk.content()
    }

    /// Puts a file there, or takes it away, behind the ledger's back.
    pub fn tamper(&self, path: &str, bytes: Option<Vec<u8>>) {
        let mut inner = self.inner();
        match bytes {
            Some(bytes) => inner.disk.put(path, bytes),
            None => drop(inner.disk.names.remove(path)),
        }
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
        self.inner().disk.syncs
    }

    /// Lets all files together hold at most so many bytes.
    pub fn limit(&self, capacity: Option<usize>) {
        self.inner().disk.capacity = capacity;
    }

    /// Forgets what was done so far: it counts as safely on disk.
    pub fn forget(&self) {
        self.inner().disk.ops.clear();
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
        work: impl FnOnce(&mut Disk, bool) -> io::Result<T>,
    ) -> io::Result<T> {
        let mut inner = self.inner();
        inner.calls = inner.calls.saturating_add(1);
        let fault = inner.fault.filter(|fault| fault.call == inner.calls);
        let Some(fault) = fault else { return work(&mut inner.disk, false) };
        let error = match fault.trouble {
            Trouble::Eio => rustix::io::Errno::IO,
            Trouble::Enospc => rustix::io::Errno::NOSPC,
            Trouble::ShortWrite if short => return work(&mut inner.disk, true),
            Trouble::Eintr | Trouble::ShortWrite => rustix::io::Errno::INTR,
        };
        if fault.happened {
            work(&mut inner.disk, false)?;
        }
        Err(error.into())
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
            inner.disk.names.keys().map(|path| Found { path: path.clone(), kind: FoundKind::File });
        let folders = inner
            .disk
            .folders
            .keys()
            .map(|path| Found { path: path.clone(), kind: FoundKind::Folder });
        Ok(files.chain(folders).collect())
    }

    fn open(&self, path: &str) -> io::Result<MemFile> {
        let found = self.look()?.disk.names.get(path).copied();
        found.map(MemFile).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn open_to_write(&self, path: &str) -> io::Result<MemFile> {
        self.open(path)
    }

    fn create(&self, path: &str) -> io::Result<MemFile> {
        self.change(false, |disk, _| {
            if let Some(file) = disk.names.get(path).copied() {
                disk.run(Op::Truncate { file, len: 0 });
                return Ok(MemFile(file));
            }
            let file = disk.number();
            disk.run(Op::Create { path: path.to_owned(), file });
            Ok(MemFile(file))
        })
    }

    fn len(&self, file: &MemFile) -> io::Result<u64> {
        let len = self.look()?.disk.files.get(&file.0).map_or(0, Vec::len);
        u64::try_from(len).map_err(io::Error::other)
    }

    fn read_at(&self, file: &MemFile, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let inner = self.look()?;
        let content =
            inner.disk.files.get(&file.0).and_then(|bytes| bytes.get(small(offset).ok()?..));
        let content = content.unwrap_or_default();
        let len = content.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..len), content.get(..len)) {
            to.copy_from_slice(from);
        }
        Ok(len)
    }

    fn write_at(&self, file: &MemFile, offset: u64, bytes: &[u8]) -> io::Result<usize> {
        let offset = small(offset)?;
        self.change(true, |disk, short| {
            let half = bytes.len().div_ceil(2);
            disk.write(
                file.0,
                offset,
                if short { bytes.get(..half).unwrap_or_default() } else { bytes },
            )
        })
    }

    fn allocate(&self, file: &MemFile, len: u64) -> io::Result<()> {
        let len = small(len)?;
        self.change(false, |disk, _| {
            if disk.room(file.0, 0, len) < len {
                return Err(rustix::io::Errno::NOSPC.into());
            }
            disk.run(Op::Truncate { file: file.0, len });
            Ok(())
        })
    }

    fn truncate(&self, file: &MemFile, len: u64) -> io::Result<()> {
        let len = small(len)?;
        self.change(false, |disk, _| {
            disk.run(Op::Truncate { file: file.0, len });
            Ok(())
        })
    }

    fn sync(&self, file: &MemFile) -> io::Result<()> {
        self.change(false, |disk, _| {
            disk.run(Op::Sync { file: file.0 });
            Ok(())
        })
    }

    fn sync_folder(&self, path: &str) -> io::Result<()> {
        self.change(false, |disk, _| {
            disk.run(Op::SyncFolder { path: path.to_owned() });
            Ok(())
        })
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.change(false, |disk, _| {
            if !disk.names.contains_key(from) {
                return Err(io::ErrorKind::NotFound.into());
            }
            disk.run(Op::Rename { from: from.to_owned(), to: to.to_owned() });
            Ok(())
        })
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        self.change(false, |disk, _| {
            disk.run(Op::Remove { path: path.to_owned() });
            Ok(())
        })
    }

    fn make_folder(&self, path: &str) -> io::Result<()> {
        self.change(false, |disk, _| {
            disk.run(Op::MakeFolder { path: path.to_owned() });
            Ok(())
        })
    }
}
