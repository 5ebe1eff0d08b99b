//! A folder in which any call can go wrong, those that only read as well.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

use rustix::io::Errno;

use crate::fault::MemFs;
use crate::fs::{Found, Fs};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    Eio,
    Enospc,
    Eintr,
    /// This call and the next four are interrupted.
    EintrAgain,
    /// Half of what was asked for is read or written, and that is what is said. Other calls are
    /// interrupted.
    Short,
}

/// One fault, at one call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Planned {
    /// Which call, counted from 1.
    pub(crate) call: u64,
    pub(crate) trouble: Trouble,
    /// Whether the call did its work although it reports a failure.
    pub(crate) happened: bool,
}

#[derive(Debug, Default)]
struct Plan {
    calls: u64,
    fault: Option<Planned>,
    hit: Option<&'static str>,
    /// How many operations were done before.
    hit_after: usize,
}

/// A [`MemFs`] with a plan.
#[derive(Debug, Clone, Default)]
pub(crate) struct Faulty {
    fs: MemFs,
    plan: Arc<Mutex<Plan>>,
}

type MemFile = <MemFs as Fs>::File;

impl Faulty {
    pub(crate) fn new(fs: MemFs, fault: Option<Planned>) -> Self {
        Self { fs, plan: Arc::new(Mutex::new(Plan { fault, ..Plan::default() })) }
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap()
    }

    /// How many calls there were.
    pub(crate) fn calls(&self) -> u64 {
        self.plan().calls
    }

    /// Which kind of call met the fault.
    pub(crate) fn hit(&self) -> Option<&'static str> {
        self.plan().hit
    }

    /// After how many operations that was.
    pub(crate) fn hit_after(&self) -> usize {
        self.plan().hit_after
    }

    /// The fault that this call meets.
    fn meets(&self, kind: &'static str) -> Option<Planned> {
        let mut plan = self.plan();
        plan.calls += 1;
        let fault = plan.fault?;
        let last = fault.call + if fault.trouble == Trouble::EintrAgain { 4 } else { 0 };
        if !(fault.call..=last).contains(&plan.calls) {
            return None;
        }
        if plan.hit.is_none() {
            plan.hit = Some(kind);
            plan.hit_after = self.fs.inner().disk.ops.len();
        }
        Some(fault)
    }

    fn call<T>(&self, kind: &'static str, work: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        let Some(fault) = self.meets(kind) else { return work() };
        if fault.happened {
            work()?;
        }
        Err(fault.trouble.errno().into())
    }

    /// A call that may do less than it was asked to.
    fn part(
        &self,
        kind: &'static str,
        len: usize,
        work: impl FnOnce(usize) -> io::Result<usize>,
    ) -> io::Result<usize> {
        let Some(fault) = self.meets(kind) else { return work(len) };
        if fault.trouble == Trouble::Short {
            return work(len.div_ceil(2));
        }
        if fault.happened {
            work(len)?;
        }
        Err(fault.trouble.errno().into())
    }
}

impl Trouble {
    fn errno(self) -> Errno {
        match self {
            Self::Eio => Errno::IO,
            Self::Enospc => Errno::NOSPC,
            Self::Eintr | Self::EintrAgain | Self::Short => Errno::INTR,
        }
    }
}

impl Fs for Faulty {
    type File = MemFile;
    type Lock = <MemFs as Fs>::Lock;

    fn lock(&self) -> io::Result<Self::Lock> {
        self.call("lock", || self.fs.lock())
    }

    fn list(&self) -> io::Result<Vec<Found>> {
        self.call("list", || self.fs.list())
    }

    fn open(&self, path: &str) -> io::Result<MemFile> {
        self.call("open", || self.fs.open(path))
    }

    fn open_to_write(&self, path: &str) -> io::Result<MemFile> {
        self.call("open_to_write", || self.fs.open_to_write(path))
    }

    fn create(&self, path: &str) -> io::Result<MemFile> {
        self.call("create", || self.fs.create(path))
    }

    fn len(&self, file: &MemFile) -> io::Result<u64> {
        self.call("len", || self.fs.len(file))
    }

    fn read_at(&self, file: &MemFile, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let len = buffer.len();
        self.part("read_at", len, |len| self.fs.read_at(file, offset, &mut buffer[..len]))
    }

    fn write_at(&self, file: &MemFile, offset: u64, bytes: &[u8]) -> io::Result<usize> {
        self.part("write_at", bytes.len(), |len| self.fs.write_at(file, offset, &bytes[..len]))
    }

    fn allocate(&self, file: &MemFile, len: u64) -> io::Result<()> {
        self.call("allocate", || self.fs.allocate(file, len))
    }

    fn truncate(&self, file: &MemFile, len: u64) -> io::Result<()> {
        self.call("truncate", || self.fs.truncate(file, len))
    }

    fn sync(&self, file: &MemFile) -> io::Result<()> {
        self.call("sync", || self.fs.sync(file))
    }

    fn sync_folder(&self, path: &str) -> io::Result<()> {
        self.call("sync_folder", || self.fs.sync_folder(path))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.call("rename", || self.fs.rename(from, to))
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        self.call("remove", || self.fs.remove(path))
    }

    fn make_folder(&self, path: &str) -> io::Result<()> {
        self.call("make_folder", || self.fs.make_folder(path))
    }
}
