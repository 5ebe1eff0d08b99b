//! One connection to one executor process.

use std::{
    io,
    os::fd::OwnedFd,
    sync::{Arc, Mutex, PoisonError, TryLockError},
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
    /// One frame at a time: what is left of the one that did not go out at once.
    writing: Mutex<Vec<u8>>,
    pending: Pending,
}

/// How much of a frame is out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Out {
    All,
    /// The rest, which goes before all others, is kept.
    Part,
    Nothing,
}

impl Inner {
    /// Writes what can be written without waiting for anybody.
    fn write_at_once(&self, frame: &[u8], files: &[OwnedFd]) -> io::Result<Out> {
        let mut left = match self.writing.try_lock() {
            Ok(left) => left,
            Err(TryLockError::Poisoned(left)) => left.into_inner(),
            Err(TryLockError::WouldBlock) => return Ok(Out::Nothing),
        };
        if !left.is_empty() {
            return Ok(Out::Nothing);
        }
        let rest = socket::send_at_once(&self.socket, frame, files)?;
        if rest.len() == frame.len() {
            return Ok(Out::Nothing);
        }
        left.extend_from_slice(rest);
        Ok(if left.is_empty() { Out::All } else { Out::Part })
    }

    /// Writes what is left of the frame before, and then this one.
    fn write(&self, frame: &[u8], files: &[OwnedFd]) -> io::Result<()> {
        let mut left = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        socket::send(&self.socket, &left, &[])?;
        left.clear();
        socket::send(&self.socket, frame, files)
    }
}

impl Connection {
    pub(super) fn new(socket: OwnedFd) -> Self {
        let inner = Inner { socket, writing: Mutex::default(), pending: Pending::default() };
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

    /// Most frames go out at once; a thread that may wait is asked only where one does not.
    async fn write(&self, message: &ToExecutor, files: Vec<OwnedFd>) -> Result<(), Lost> {
        let frame = encode(message).map_err(|e| Lost(e.to_string()))?;
        let sent = match self.0.write_at_once(&frame, &files) {
            Ok(Out::All) => return Ok(()),
            Ok(out) => {
                let (frame, files) =
                    if out == Out::Part { (Vec::new(), Vec::new()) } else { (frame, files) };
                let inner = Arc::clone(&self.0);
                tokio::task::spawn_blocking(move || inner.write(&frame, &files)).await
            }
            Err(error) => Ok(Err(error)),
        };
        match sent {
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

#[cfg(test)]
mod tests {
    use std::{io::Read as _, os::unix::net::UnixStream};

    use super::*;

    #[test]
    fn frames_that_do_not_fit_at_once_arrive_whole_and_one_after_the_other() {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let connection = Connection::new(ours.into());
        let lengths = [100, 400_000, 100, 400_000, 400_000];
        let frames: Vec<Vec<u8>> = (1..).zip(lengths).map(|(fill, len)| vec![fill; len]).collect();
        let expected = frames.concat();
        let reading = std::thread::spawn(move || {
            // The writer is to find no more room first.
            std::thread::sleep(std::time::Duration::from_millis(200));
            let mut bytes = vec![0; expected.len()];
            theirs.read_exact(&mut bytes).unwrap();
            bytes == expected
        });
        let mut outs = Vec::new();
        for frame in &frames {
            let out = connection.0.write_at_once(frame, &[]).unwrap();
            match out {
                Out::All => {}
                Out::Part => {
                    assert_eq!(connection.0.write_at_once(frame, &[]).unwrap(), Out::Nothing);
                    connection.0.write(&[], &[]).unwrap();
                }
                Out::Nothing => connection.0.write(frame, &[]).unwrap(),
            }
            outs.push(out);
        }
        assert!(outs.contains(&Out::All) && outs.contains(&Out::Part), "{outs:?}");
        assert!(reading.join().unwrap());
    }
}
