//! Takes away from a process all that its work does not need. Nothing here can be undone.
//!
//! ```text
//! agent     no_new_privs, no capabilities, Landlock: change its own folders, execute nothing, no TCP,
//!           seccomp: agent.list
//! broker    no_new_privs, no capabilities, no core dumps, Landlock: execute nothing, no TCP,
//!  │          seccomp: broker.list
//!  ├ compiler   + rlimits, Landlock: no file at all, seccomp: compiler.list
//!  └ worker     + rlimits, Landlock: the granted roots,  seccomp: worker.list
//! prover    no_new_privs, no capabilities, Landlock: no file at all, seccomp: prover.list
//!  : a proof    the same, rlimits, Landlock: the folder of keys, seccomp: prover-work.list
//! ```
//!
//! ```
//! use arch_confine::{Profile, lines};
//! // A worker without grants has no call that opens anything.
//! let worker = Profile::Worker { files: false, shared: false };
//! assert!(lines(worker).unwrap().iter().all(|line| !line.name.starts_with("open")));
//! ```
#![forbid(unsafe_code)]

mod capabilities;
mod files;
mod limits;
mod list;
mod numbers;
mod syscalls;

pub use capabilities::drop_all as drop_capabilities;
pub use files::{Abi, Reach, close_agent_files, close_all_but, close_main, landlock_abi};
pub use limits::{Caps, apply as apply_limits, apply_but_threads, no_core_dumps};
pub use list::{Line, ListError, Use};
pub use syscalls::{Filters, Profile, close_agent, close_threads, lines};

/// Why a process could not be confined; foreign code is not run then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfineError {
    /// The kernel has no Landlock, or it is switched off, or it is older than ABI 2.
    #[error("the kernel offers no Landlock of ABI 2 or later ({0})")]
    Landlock(String),
    /// The seccomp list is malformed, or the kernel does not take the filter.
    #[error("the system call filter cannot be set ({0})")]
    Seccomp(String),
    /// A capability set could not be emptied.
    #[error("capabilities cannot be dropped ({0})")]
    Capabilities(String),
    /// A resource limit or a process setting was refused.
    #[error("{0} cannot be set ({1})")]
    Setting(&'static str, rustix::io::Errno),
}

impl ConfineError {
    /// The catalogue's code.
    #[must_use]
    pub fn code(&self) -> arch_problem::Code {
        arch_problem::codes::CANNOT_CONFINE
    }
}
