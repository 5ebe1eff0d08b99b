//! The main process's side.

use std::{
    io,
    os::{
        fd::{AsFd as _, OwnedFd},
        unix::net::UnixStream,
    },
    process::{Child, Command, Stdio},
};

use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, recv, socketpair};

use super::{END, EXITED, End, KILLED, NOT, START, STARTED};
use crate::arguments::Arguments;

/// A launcher that was started.
#[derive(Debug)]
pub(crate) struct Launcher {
    socket: OwnedFd,
    _process: Child,
}

/// A worker that was started. There is one at a time.
#[derive(Debug)]
pub(crate) struct Worker<'a> {
    /// The line to it.
    pub(crate) line: UnixStream,
    launcher: &'a Launcher,
}

impl Launcher {
    /// Starts it; the main process must not be confined yet.
    ///
    /// # Errors
    /// Those of the operating system.
    pub(crate) fn start(arguments: &Arguments) -> io::Result<Self> {
        let (ours, theirs) =
            socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?;
        let process = Command::new("/proc/self/exe")
            .args(arguments.of_child("--launch"))
            .env_clear()
            .stdin(Stdio::from(theirs))
            .stdout(Stdio::null())
            .spawn()?;
        Ok(Self { socket: ours, _process: process })
    }

    /// Has a worker started.
    ///
    /// # Errors
    /// When the launcher is gone. A worker that could not be started is none, with the reason.
    pub(crate) fn worker(&self) -> io::Result<Result<Worker<'_>, io::Error>> {
        let (line, theirs) = UnixStream::pair()?;
        arch_handover::send(self.socket.as_fd(), &[START], &[theirs])?;
        match self.hear()? {
            [STARTED, _] => Ok(Ok(Worker { line, launcher: self })),
            [NOT, errno] => Ok(Err(io::Error::from_raw_os_error(errno.into()))),
            _ => Err(io::ErrorKind::InvalidData.into()),
        }
    }

    fn hear(&self) -> io::Result<[u8; 2]> {
        let mut packet = [0; 2];
        loop {
            match recv(&self.socket, &mut packet[..], RecvFlags::empty()) {
                Ok((2, 2)) => return Ok(packet),
                Ok(_) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Err(rustix::io::Errno::INTR) => {}
                Err(errno) => return Err(errno.into()),
            }
        }
    }
}

impl Worker<'_> {
    /// Ends it, if it has not ended by itself, waits for that, and says how it ended.
    ///
    /// # Errors
    /// When the launcher is gone.
    pub(crate) fn end(self) -> io::Result<End> {
        rustix::net::send(&self.launcher.socket, &[END], SendFlags::NOSIGNAL)?;
        match self.launcher.hear()? {
            [EXITED, code] => Ok(End::Exit(code)),
            [KILLED, signal] => Ok(End::Signal(signal)),
            _ => Err(io::ErrorKind::InvalidData.into()),
        }
    }
}
