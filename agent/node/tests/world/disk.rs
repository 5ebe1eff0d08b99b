//! The ledger's folder on a disk that is full whenever the test says so.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use arch_ledger::{
    StdFs,
    fs::{Found, Fs},
};

pub struct Disk {
    pub inner: StdFs,
    pub full: Arc<AtomicBool>,
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
        self.inner.write_at(file, offset, bytes)
    }
    fn allocate(&self, file: &Self::File, len: u64) -> io::Result<()> {
        self.room()?;
        self.inner.allocate(file, len)
    }
    fn truncate(&self, file: &Self::File, len: u64) -> io::Result<()> {
        self.inner.truncate(file, len)
    }
    fn sync(&self, file: &Self::File) -> io::Result<()> {
        self.inner.sync(file)
    }
    fn sync_folder(&self, path: &str) -> io::Result<()> {
        self.inner.sync_folder(path)
    }
    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.inner.rename(from, to)
    }
    fn remove(&self, path: &str) -> io::Result<()> {
        self.inner.remove(path)
    }
    fn make_folder(&self, path: &str) -> io::Result<()> {
        self.inner.make_folder(path)
    }
    fn remove_folder(&self, path: &str) -> io::Result<()> {
        self.inner.remove_folder(path)
    }
}
