//! The process `arch-executor --wasm`, which the launcher starts with one end of a socketpair.

use std::{io, sync::Arc, time::Duration};

use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};

use super::supervisor::{Peer, Source};
use crate::launcher::Launcher;

/// How long an executor without a connection may take to end by itself.
const ENDING: Duration = Duration::from_secs(1);

/// Who starts the executor.
#[derive(Debug)]
pub(super) struct Program(Arc<Launcher>);

impl Program {
    pub(super) fn new(launcher: Launcher) -> Self {
        Self(Arc::new(launcher))
    }
}

impl Source for Program {
    type Guard = Process;

    fn connect(&mut self) -> io::Result<Peer<Process>> {
        let (ours, theirs) =
            socketpair(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
        self.0.executor(theirs)?;
        Ok(Peer { socket: ours, guard: Process(Arc::clone(&self.0)) })
    }

    fn is_over(&self) -> bool {
        self.0.is_gone()
    }
}

/// An executor that is ended and waited for when this is dropped.
#[derive(Debug)]
pub(super) struct Process(Arc<Launcher>);

impl Drop for Process {
    fn drop(&mut self) {
        // Its socket is closed, which asks it to end with all its workers.
        match self.0.end(ENDING) {
            Ok(status) => tracing::info!(%status, "the executor has ended"),
            Err(error) => tracing::warn!(%error, "the executor's end was not seen"),
        }
    }
}
