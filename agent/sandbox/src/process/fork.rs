//! fork and _exit.
#![expect(unsafe_code, reason = "no safe wrapper offers fork")]

use rustix::process::{Pid, PidfdFlags, Signal, getpid, getppid, pidfd_open};

use super::Child;

/// Says that this process has one thread, so that a child's copy of memory is whole: no lock is
/// held by a thread that the child does not have. This crate starts no thread.
#[derive(Debug, Clone, Copy)]
pub struct OneThread(());

/// The process has more than one thread, or cannot be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the process has more than one thread")]
pub struct Threads;

impl OneThread {
    /// Counts the threads.
    pub fn check() -> Result<Self, Threads> {
        match std::fs::read_dir("/proc/self/task").map(Iterator::count) {
            Ok(1) => Ok(Self(())),
            _ => Err(Threads),
        }
    }

    // KNOWN GAP: the child has a copy of the parent's memory, with arguments and environments of the
    // runs under way, of other owners too. A guest cannot read it; who broke out of wasm can. The
    // cache's key is not in it ([`crate::cache::KeyPage`]).
    /// Forks. The child does `body`, which answers its exit code, and never comes back; it dies
    /// with its parent.
    pub fn fork(self, body: impl FnOnce() -> u8) -> rustix::io::Result<Child> {
        let parent = getpid();
        // WHY: no safe wrapper offers fork.
        // SAFETY: one thread (`self`), so the child's locks and heap are whole. The child leaves
        // by `_exit` only: no destructor of the parent's frames runs twice.
        match unsafe { libc::fork() } {
            -1 => Err(rustix::io::Errno::from_io_error(&std::io::Error::last_os_error())
                .unwrap_or(rustix::io::Errno::AGAIN)),
            0 => exit(child(parent, body).into()),
            pid => adopt(pid),
        }
    }
}

/// The exit code of a child that panicked.
const PANICKED: u8 = 101;

fn child(parent: Pid, body: impl FnOnce() -> u8) -> u8 {
    let bound = rustix::process::set_parent_process_death_signal(Some(Signal::KILL));
    // The parent may have died before the line above.
    if bound.is_err() || getppid() != Some(parent) {
        return PANICKED;
    }
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(body)).unwrap_or(PANICKED)
}

pub(super) fn exit(code: i32) -> ! {
    // WHY: `std::process::exit` runs handlers that belong to the parent.
    // SAFETY: takes an integer; ends the process.
    unsafe { libc::_exit(code) }
}

fn adopt(pid: i32) -> rustix::io::Result<Child> {
    let pid = Pid::from_raw(pid).ok_or(rustix::io::Errno::SRCH)?;
    // Not reaped before `Child` does it, so the number cannot be another process's by now.
    match pidfd_open(pid, PidfdFlags::empty()) {
        Ok(pidfd) => Ok(Child::new(pid, pidfd)),
        Err(errno) => {
            let _ = rustix::process::kill_process(pid, Signal::KILL);
            let _ = super::wait::wait(pid);
            Err(errno)
        }
    }
}
