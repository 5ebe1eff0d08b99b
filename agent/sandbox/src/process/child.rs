//! One child process, from its fork to its last word.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::process::{Pid, Signal, pidfd_send_signal};

use super::wait;

/// A child that has not been waited for. Dropping it kills it and waits: no zombie, no orphan.
#[derive(Debug)]
pub struct Child {
    pid: Pid,
    pidfd: OwnedFd,
    over: bool,
}

/// What a process used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rusage {
    /// Processor time, user and system, in milliseconds.
    pub cpu_millis: u64,
    /// Most resident memory, in bytes.
    pub peak_memory_bytes: u64,
}

impl Rusage {
    /// What this process used so far.
    #[must_use]
    pub fn own() -> Self {
        Self::from_pair(wait::own())
    }

    fn from_pair((cpu_millis, peak_memory_bytes): (u64, u64)) -> Self {
        Self { cpu_millis, peak_memory_bytes }
    }
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// By itself, with this code.
    Exit(i32),
    /// By this signal.
    Signal(i32),
    /// Nobody knows.
    Unknown,
}

impl Child {
    pub(super) fn new(pid: Pid, pidfd: OwnedFd) -> Self {
        Self { pid, pidfd, over: false }
    }

    /// Its number.
    #[must_use]
    pub fn pid(&self) -> i32 {
        self.pid.as_raw_nonzero().get()
    }

    /// Readable once the child has ended.
    #[must_use]
    pub fn pidfd(&self) -> BorrowedFd<'_> {
        self.pidfd.as_fd()
    }

    /// Ends it now. One that has ended already is no error.
    pub fn kill(&self) {
        let _ = pidfd_send_signal(&self.pidfd, Signal::KILL);
    }

    /// Waits for the end.
    pub fn wait(mut self) -> (End, Rusage) {
        self.over = true;
        match wait::wait(self.pid) {
            Ok((status, usage)) => (end(status), Rusage::from_pair(wait::amounts(&usage))),
            Err(_) => (End::Unknown, Rusage::default()),
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if !self.over {
            self.kill();
            let _ = wait::wait(self.pid);
        }
    }
}

fn end(status: i32) -> End {
    if libc::WIFEXITED(status) {
        End::Exit(libc::WEXITSTATUS(status))
    } else if libc::WIFSIGNALED(status) {
        End::Signal(libc::WTERMSIG(status))
    } else {
        End::Unknown
    }
}

impl std::fmt::Display for End {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (name, why) = match self {
            Self::Exit(101) => return f.write_str("exit code 101: a bug, please report it"),
            Self::Exit(code) => return write!(f, "exit code {code}"),
            Self::Unknown => return f.write_str("an unknown end"),
            Self::Signal(libc::SIGSYS) => {
                ("SIGSYS", "it made a system call that its filter does not allow")
            }
            Self::Signal(libc::SIGKILL) => {
                ("SIGKILL", "it was killed from outside, perhaps for lack of memory")
            }
            Self::Signal(libc::SIGABRT) => ("SIGABRT", "it gave up, mostly for lack of memory"),
            Self::Signal(libc::SIGSEGV) => ("SIGSEGV", "it touched memory that is not there"),
            Self::Signal(libc::SIGBUS) => ("SIGBUS", "memory could not be provided"),
            Self::Signal(libc::SIGXCPU) => ("SIGXCPU", "it used up its processor time"),
            Self::Signal(libc::SIGXFSZ) => ("SIGXFSZ", "it wrote too large a file"),
            Self::Signal(other) => return write!(f, "signal {other}"),
        };
        write!(f, "{name}: {why}")
    }
}
