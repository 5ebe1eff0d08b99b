//! What is in force in a worker, found out by looking at one and by trying what it must not do.

mod attempts;

use std::os::fd::{AsFd, OwnedFd};

use serde::Serialize;

use crate::channel::Channel;
use crate::process::{End, OUT_OF_MEMORY, OneThread};
use crate::report::Report;
use crate::worker::{close_bare, enter};
use arch_confine::{Filters, Profile, lines};

pub use attempts::ATTEMPTS;

/// What a confined worker looks like from outside, and what it could not do.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Confinement {
    /// Always `arch.confinement/v1`.
    pub schema: &'static str,
    /// The kernel's Landlock ABI; at least 2.
    pub landlock_abi: i32,
    /// `no_new_privs` is set.
    pub no_new_privs: bool,
    /// 2: a filter decides over every system call.
    pub seccomp_mode: u8,
    /// The five capability sets as hexadecimal masks: Inh, Prm, Eff, Bnd, Amb.
    pub capabilities: Vec<String>,
    /// Threads of the worker.
    pub threads: u32,
    /// Open descriptors.
    pub descriptors: usize,
    /// System calls that a worker without grants may make.
    pub system_calls: Vec<String>,
    /// What was tried in a worker.
    pub attempts: Vec<Attempt>,
    /// How a worker ended that took more memory than it may.
    pub beyond_memory: String,
}

/// One thing that a worker must not be able to do.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// What was tried.
    pub what: &'static str,
    /// What became of it in a worker: `SIGSYS`, an error number's name, or `allowed`.
    pub in_worker: String,
    /// What became of it with the filter left out: file rules, limits and capabilities alone.
    pub without_filter: String,
}

/// Why the look failed.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// The worker could not be confined.
    #[error("{0}")]
    Confine(String),
    /// The system refused a process, a socket or a look.
    #[error("the system refused a step of the probe: {0}")]
    System(#[from] std::io::Error),
}

/// Makes a worker, looks at it, and tries everything in [`ATTEMPTS`], each in a process of its own.
pub fn look(
    one_thread: OneThread,
    filters: &Filters,
    null: &OwnedFd,
) -> Result<Confinement, ProbeError> {
    let (mut ours, mut theirs) = Channel::pair().map_err(std::io::Error::from)?;
    let probe = one_thread
        .fork(|| {
            let closed = enter(null, &[theirs.as_fd()]).map_err(|e| e.to_string());
            let closed = closed.and_then(|()| close_bare(Some(filters)).map_err(|e| e.to_string()));
            let message = match closed {
                Ok(abi) => Report::Broken { run: abi.0.unsigned_abs().into(), why: String::new() },
                Err(why) => Report::Broken { run: 0, why },
            };
            let told = theirs.send(&message, Vec::new()).is_ok() && theirs.drain().is_ok();
            // Stands still, without any system call, until it has been looked at.
            if told {
                loop {
                    std::hint::spin_loop();
                }
            }
            1
        })
        .map_err(std::io::Error::from)?;
    drop(theirs);
    let abi = abi(&mut ours)?;
    let status = std::fs::read_to_string(format!("/proc/{}/status", probe.pid()))?;
    let descriptors = std::fs::read_dir(format!("/proc/{}/fd", probe.pid()))?.count();
    drop(probe);
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        line.unwrap_or_default().trim().to_owned()
    };
    let worker = Profile::Worker { files: false, shared: false };
    let allowed = lines(worker).map_err(|error| ProbeError::Confine(error.to_string()))?;
    Ok(Confinement {
        schema: "arch.confinement/v1",
        landlock_abi: abi,
        no_new_privs: field("NoNewPrivs") == "1",
        seccomp_mode: field("Seccomp").parse().unwrap_or(0),
        capabilities: ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"].map(field).to_vec(),
        threads: field("Threads").parse().unwrap_or(0),
        descriptors,
        system_calls: allowed.into_iter().map(|line| line.name).collect(),
        attempts: attempts(one_thread, filters, null)?,
        beyond_memory: beyond_memory(one_thread, filters, null)?,
    })
}

fn abi(ours: &mut Channel) -> Result<i32, ProbeError> {
    loop {
        let told = ours.take::<Report>();
        match told.map_err(|error| ProbeError::Confine(error.to_string()))? {
            Some((Report::Broken { run, why }, _)) if why.is_empty() => {
                return Ok(i32::try_from(run).unwrap_or(0));
            }
            Some((Report::Broken { why, .. }, _)) => return Err(ProbeError::Confine(why)),
            Some(_) => return Err(ProbeError::Confine("the probe said nonsense".to_owned())),
            None => {}
        }
        match ours.wait() {
            Ok(crate::channel::Peer::Open) => {}
            _ => return Err(ProbeError::Confine("the probe died before it was closed".to_owned())),
        }
    }
}

fn attempts(
    one_thread: OneThread,
    filters: &Filters,
    null: &OwnedFd,
) -> Result<Vec<Attempt>, ProbeError> {
    let all = ATTEMPTS.iter().map(|(what, attempt)| {
        let tried = |filters: Option<&Filters>| {
            let child = one_thread.fork(|| {
                if enter(null, &[]).is_err() || close_bare(filters).is_err() {
                    return NOT_CLOSED;
                }
                attempt()
            });
            child.map(|child| word(child.wait().0)).map_err(std::io::Error::from)
        };
        Ok(Attempt { what, in_worker: tried(Some(filters))?, without_filter: tried(None)? })
    });
    all.collect()
}

fn beyond_memory(
    one_thread: OneThread,
    filters: &Filters,
    null: &OwnedFd,
) -> Result<String, ProbeError> {
    let child = one_thread.fork(|| {
        if enter(null, &[]).is_err() || close_bare(Some(filters)).is_err() {
            return NOT_CLOSED;
        }
        let mut hoard = Vec::new();
        for _ in 0..64 {
            hoard.push(vec![1_u8; 64 << 20]);
        }
        std::hint::black_box(&hoard);
        0
    });
    Ok(word(child.map_err(std::io::Error::from)?.wait().0))
}

/// Exit code of a child that could not be confined; no error number is as high.
const NOT_CLOSED: u8 = 200;

fn word(end: End) -> String {
    match end {
        End::Exit(0) => "allowed".to_owned(),
        End::Exit(libc::EPERM) => "EPERM".to_owned(),
        End::Exit(libc::EACCES) => "EACCES".to_owned(),
        End::Exit(libc::EAGAIN) => "EAGAIN".to_owned(),
        End::Exit(libc::ENOSYS) => "ENOSYS".to_owned(),
        End::Exit(200) => "not confined".to_owned(),
        OUT_OF_MEMORY => "out of memory".to_owned(),
        End::Exit(errno) => format!("errno {errno}"),
        End::Signal(libc::SIGSYS) => "SIGSYS".to_owned(),
        other => other.to_string(),
    }
}
