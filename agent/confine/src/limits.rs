//! Resource limits: the second line behind the engine's own counting.
//!
//! RLIMIT_AS cannot be used: the engine reserves hundreds of gigabytes of address space that it
//! never touches. RLIMIT_DATA counts pages that were made writable, reserved ones not, and holds.

use rustix::process::{Resource, Rlimit, setrlimit};

use super::ConfineError;

/// Descriptors a worker or compiler may have: what it inherits, and what it opens.
const DESCRIPTORS: u64 = 1_024;

/// The caps of one process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// Writable private memory, in bytes.
    pub data: u64,
    /// Processor time, in seconds.
    pub cpu: u64,
    /// Largest file it can write, memfds included, in bytes.
    pub file: u64,
}

/// Sets all limits, for this process and for good.
pub fn apply(caps: Caps) -> Result<(), ConfineError> {
    apply_but_threads(caps)?;
    lower("RLIMIT_NPROC", Resource::Nproc, 0)
}

/// Sets all limits but that of processes, among which the kernel counts threads.
pub fn apply_but_threads(caps: Caps) -> Result<(), ConfineError> {
    let all = [
        ("RLIMIT_DATA", Resource::Data, caps.data),
        ("RLIMIT_CPU", Resource::Cpu, caps.cpu),
        ("RLIMIT_FSIZE", Resource::Fsize, caps.file),
        ("RLIMIT_NOFILE", Resource::Nofile, DESCRIPTORS),
        ("RLIMIT_CORE", Resource::Core, 0),
        ("RLIMIT_MEMLOCK", Resource::Memlock, 0),
        ("RLIMIT_MSGQUEUE", Resource::Msgqueue, 0),
        ("RLIMIT_NICE", Resource::Nice, 0),
        ("RLIMIT_RTPRIO", Resource::Rtprio, 0),
    ];
    all.into_iter().try_for_each(|(name, resource, value)| lower(name, resource, value))
}

/// No core dumps: they would hold guests' data and the cache's key.
pub fn no_core_dumps() -> Result<(), ConfineError> {
    lower("RLIMIT_CORE", Resource::Core, 0)
}

// The hard limit we came with may be lower already; raising it is not ours.
fn lower(name: &'static str, resource: Resource, value: u64) -> Result<(), ConfineError> {
    let hard = rustix::process::getrlimit(resource).maximum.unwrap_or(u64::MAX);
    let value = Some(value.min(hard));
    setrlimit(resource, Rlimit { current: value, maximum: value })
        .map_err(|errno| ConfineError::Setting(name, errno))
}
