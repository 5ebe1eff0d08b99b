//! The ledger's folder on a disk that is full whenever the test says so, and breaks at a call that the
//! test chooses.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
};

use arch_ledger::{
    StdFs,
    fs::{Found, Fs},
};

pub struct Disk {
    pub inner: StdFs,
    pub full: Arc<AtomicBool>,
    pub fault: Arc<Fault>,
}

/// An I/O error at one writing call: it did not happen, or it happened and failure is reported.
#[derive(Debug, Default)]
pub struct Fault {
    /// Calls until then; none is to fail at 0.
    left: AtomicU32,
    lands: AtomicBool,
}

impl Fault {
    /// The `nth` writing call from now on fails, counted from 1.
    pub fn at(&self, nth: u32, lands: bool) {
        self.lands.store(lands, Ordering::SeqCst);
        self.left.store(nth, Ordering::SeqCst);
    }

    /// Whether it has failed; from then on nothing does.
    pub fn is_over(&self) -> bool {
        self.left.load(Ordering::SeqCst) == 0
    }

    fn meet<T>(&self, call: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        let before =
            self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if before != Ok(1) {
            return call();
        }
        if self.lands.load(Ordering::SeqCst) {
            drop(call()?);
        }
        Err(io::Error::other("the disk broke"))
    }
}

impl Disk {
    fn room(&self) -> io::Result<()> {
        match self.full.load(Ordering::SeqCst) {
            true => Err(io::ErrorKind::StorageFull.into()),
            false => Ok(()),
        }
    }
}

impl Fs for Disk {
    type File = <StdFs as Fs>::File;
    type Lock = <StdFs as Fs>::Lock;

    fn lock(&self) -> io::Result<Self::Lock> {
        self.inner.lock()
    }
    fn list(&self) -> io::Result<Vec<Found>> {
        self.inner.list()
    }
    fn open(&self, path: &str) -> io::Result<Self::File> {
        self.inner.open(path)
    }
    fn open_to_write(&self, path: &str) -> io::Result<Self::File> {
        self.inner.open_to_write(path)
    }
    fn create(&self, path: &str) -> io::Result<Self::File> {
        self.room()?;
        self.inner.create(path)
    }
    fn len(&self, file: &Self::File) -> io::Result<u64> {
        self.inner.len(file)
    }
    fn read_at(&self, file: &Self::File, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read_at(file, offset, buffer)
    }
    fn write_at(&self, file: &Self::File, offset: u64, bytes: &[u8]) -> io::Result<usize> {
        self.room()?;
        self.fault.meet(|| self.inner.write_at(file, offset, bytes))
    }
    fn allocate(&self, file: &Self::File, len: u64) -> io::Result<()> {
        self.room()?;
        self.inner.allocate(file, len)
    }
    fn truncate(&self, file: &Self::File, len: u64) -> io::Result<()> {
        self.inner.truncate(file, len)
    }
    fn sync(&self, file: &Self::File) -> io::Result<()> {
        self.fault.meet(|| self.inner.sync(file))
    }
    fn sync_folder(&self, path: &str) -> io::Result<()> {
        self.fault.meet(|| self.inner.sync_folder(path))
    }
    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.fault.meet(|| self.inner.rename(from, to))
    }
    fn remove(&self, path: &str) -> io::Result<()> {
        self.inner.remove(path)
    }
    fn make_folder(&self, path: &str) -> io::Result<()> {
        self.inner.make_folder(path)
    }
}
