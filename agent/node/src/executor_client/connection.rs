//! One connection to one executor process.

use std::{
    os::fd::OwnedFd,
    sync::{Arc, Mutex, PoisonError},
};

use arch_wire::{
    executor::{FromExecutor, ToExecutor},
    frame::encode,
};
use rustix::net::{Shutdown, shutdown};

use super::{
    Lost,
    pending::{Pending, Progress, Waiting},
    socket::{self, ReadError},
};

/// A connection; clones share it.
#[derive(Debug, Clone)]
pub(super) struct Connection(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    socket: OwnedFd,
    /// One frame at a time.
    writing: Mutex<()>,
    pending: Pending,
}

impl Connection {
    pub(super) fn new(socket: OwnedFd) -> Self {
        let inner = Inner { socket, writing: Mutex::new(()), pending: Pending::default() };
        Self(Arc::new(inner))
    }

    /// Sends what asks for run number `run` and says how to wait for its end.
    pub(super) async fn send_run(
        &self,
        run: u64,
        message: &ToExecutor,
        files: Vec<OwnedFd>,
        progress: Option<Progress>,
    ) -> Result<Waiting, Lost> {
        let waiting = self.0.pending.expect(run, progress)?;
        self.write(message, files).await?;
        Ok(waiting)
    }

    /// Sends a message without files.
    pub(super) async fn send(&self, message: &ToExecutor) -> Result<(), Lost> {
        self.write(message, Vec::new()).await
    }

    async fn write(&self, message: &ToExecutor, files: Vec<OwnedFd>) -> Result<(), Lost> {
        let frame = encode(message).map_err(|e| Lost(e.to_string()))?;
        let inner = Arc::clone(&self.0);
        let sent = tokio::task::spawn_blocking(move || {
            let _one_at_a_time = inner.writing.lock().unwrap_or_else(PoisonError::into_inner);
            socket::send(&inner.socket, &frame, &files)
        });
        match sent.await {
            Ok(Ok(())) => Ok(()),
            // Half a frame may be out: nothing sensible can follow.
            Ok(Err(error)) => Err(self.give_up(&format!("it takes no messages: {error}"))),
            Err(_) => Err(self.give_up("the agent is stopping")),
        }
    }

    /// Reads answers until the connection ends; says why it did.
    pub(super) fn read_to_the_end(&self) -> Lost {
        let lost = loop {
            match self.read_one() {
                Ok(()) => {}
                Err(error) => break Lost(error.to_string()),
            }
        };
        self.hang_up(&lost);
        lost
    }

    fn read_one(&self) -> Result<(), ReadError> {
        let (message, files) = self.receive()?;
        self.0.pending.settle(message, files)
    }

    /// One message with as many files as it speaks of.
    pub(super) fn receive(&self) -> Result<(FromExecutor, Vec<OwnedFd>), ReadError> {
        let (message, files) = socket::receive::<FromExecutor>(&self.0.socket)?;
        if message.fds() == files.len() {
            Ok((message, files))
        } else {
            let text = format!("{} files where {} belong", files.len(), message.fds());
            Err(ReadError::Protocol(text))
        }
    }

    pub(super) fn socket(&self) -> &OwnedFd {
        &self.0.socket
    }

    /// Ends the connection, and with it the process; everything that waits is lost.
    pub(super) fn give_up(&self, why: &str) -> Lost {
        tracing::warn!(why, "the executor is ended");
        let lost = Lost(why.to_owned());
        self.hang_up(&lost);
        lost
    }

    /// Ends the connection without a word.
    pub(super) fn hang_up(&self, lost: &Lost) {
        self.0.pending.end(lost);
        self.close();
    }

    fn close(&self) {
        // Already closed is closed.
        let _ = shutdown(&self.0.socket, Shutdown::Both);
    }
}
