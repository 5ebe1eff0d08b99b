//! The process `arch-executor --wasm`, started over a socketpair.

use std::{
    io,
    os::fd::AsRawFd as _,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use rustix::{
    io::{FdFlags, fcntl_setfd},
    net::{AddressFamily, SocketFlags, SocketType, socketpair},
};

use super::supervisor::{Peer, Source};

/// How long an executor without a connection may take to end by itself.
const ENDING: Duration = Duration::from_secs(1);

/// How to start the executor.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) path: PathBuf,
    pub(super) cache: PathBuf,
    /// The most runs at once.
    pub(super) workers: u16,
}

impl Source for Program {
    type Guard = Process;

    fn connect(&mut self) -> io::Result<Peer<Process>> {
        let (ours, theirs) =
            socketpair(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
        // The child inherits this one descriptor; this thread is the only one that starts
        // processes, so no other child can get it.
        fcntl_setfd(&theirs, FdFlags::empty())?;
        let child = Command::new(&self.path)
            .arg("--wasm")
            .args(["--socket-fd", &theirs.as_raw_fd().to_string()])
            .arg("--cache")
            .arg(&self.cache)
            .args(["--max-workers", &self.workers.to_string()])
            // Nothing of ours: neither credentials nor the service manager's socket.
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()?;
        Ok(Peer { socket: ours, guard: Process(child) })
    }
}

/// A child that is ended and waited for when this is dropped.
#[derive(Debug)]
pub(super) struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // Its socket is closed, which asks it to end with all its workers.
        let patience = Instant::now();
        while matches!(self.0.try_wait(), Ok(None)) && patience.elapsed() < ENDING {
            std::thread::sleep(Duration::from_millis(10));
        }
        // It may have ended by itself.
        let _ = self.0.kill();
        match self.0.wait() {
            Ok(status) => tracing::info!(%status, "the executor has ended"),
            Err(error) => tracing::warn!(%error, "the executor's end was not seen"),
        }
    }
}
