//! One connection to one executor process.

use std::{
    io,
    os::fd::OwnedFd,
    sync::{Arc, Mutex, PoisonError},
};

use arch_wire::{
    executor::{FromExecutor, ToExecutor},
    frame::encode,
};
use rustix::net::{Shutdown, shutdown};
use tokio::task::block_in_place;

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

impl Inner {
    /// Most frames go out at once; one that does not has its thread wait, and the others' too.
    fn write(&self, frame: &[u8], files: &[OwnedFd]) -> io::Result<()> {
        let _one_at_a_time = match self.writing.try_lock() {
            Ok(free) => free,
            Err(_) => {
                block_in_place(|| self.writing.lock().unwrap_or_else(PoisonError::into_inner))
            }
        };
        let rest = socket::send_at_once(&self.socket, frame, files)?;
        // They are gone with the first byte.
        let files = if rest.len() < frame.len() { &[] } else { files };
        if rest.is_empty() {
            return Ok(());
        }
        block_in_place(|| socket::send(&self.socket, rest, files))
    }
}

impl Connection {
    pub(super) fn new(socket: OwnedFd) -> Self {
        let inner = Inner { socket, writing: Mutex::default(), pending: Pending::default() };
        Self(Arc::new(inner))
    }

    /// Sends what asks for run number `run` and says how to wait for its end. None if the connection
    /// was over before: nothing was sent then.
    pub(super) fn send_run(
        &self,
        run: u64,
        message: &ToExecutor,
        files: &[OwnedFd],
        progress: Option<Progress>,
    ) -> Result<Option<Waiting>, Lost> {
        let Some(waiting) = self.0.pending.expect(run, progress) else { return Ok(None) };
        self.write(message, files)?;
        Ok(Some(waiting))
    }

    /// Whether it has ended. Who waited for an answer hears of that before [`Self::read_to_the_end`]
    /// does.
    pub(super) fn is_over(&self) -> bool {
        self.0.pending.is_over()
    }

    /// Sends a message without files.
    pub(super) fn send(&self, message: &ToExecutor) -> Result<(), Lost> {
        self.write(message, &[])
    }

    fn write(&self, message: &ToExecutor, files: &[OwnedFd]) -> Result<(), Lost> {
        let frame = encode(message).map_err(|e| Lost(e.to_string()))?;
        // Half a frame may be out after an error: nothing sensible can follow.
        let sent = self.0.write(&frame, files);
        sent.map_err(|error| self.give_up(&format!("it takes no messages: {error}")))
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

#[cfg(test)]
mod tests {
    use std::{io::Read as _, os::unix::net::UnixStream, thread};

    use super::*;

    /// More than a socket takes while nobody reads.
    const LONG: usize = 4 << 20;

    #[test]
    fn a_frame_that_does_not_go_out_at_once_goes_out_in_part() {
        let (ours, _theirs) = UnixStream::pair().unwrap();
        let frame = vec![7; LONG];
        let rest = socket::send_at_once(&ours.into(), &frame, &[]).unwrap();
        assert!(!rest.is_empty() && rest.len() < LONG, "{}", rest.len());
    }

    #[test]
    fn long_frames_of_many_threads_arrive_whole() {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let connection = Connection::new(ours.into());
        thread::scope(|scope| {
            for fill in 1..=4 {
                let inner = Arc::clone(&connection.0);
                scope.spawn(move || inner.write(&vec![fill; LONG], &[]).unwrap());
            }
            let mut fills = Vec::new();
            for _ in 1..=4 {
                let mut frame = vec![0; LONG];
                theirs.read_exact(&mut frame).unwrap();
                assert!(frame.iter().all(|byte| *byte == frame[0]), "frames are mixed");
                fills.push(frame[0]);
            }
            fills.sort_unstable();
            assert_eq!(fills, [1, 2, 3, 4]);
        });
    }
}
