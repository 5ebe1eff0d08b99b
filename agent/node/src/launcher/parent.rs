//! The agent's side.

use std::{
    io,
    os::fd::OwnedFd,
    path::Path,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};

use super::{Launch, Order, Word};
use crate::executor_client::socket;

/// A launcher that was started.
#[derive(Debug)]
pub(crate) struct Launcher {
    socket: OwnedFd,
    _process: Child,
    gone: AtomicBool,
}

impl Launcher {
    /// Starts it; the agent must not be confined yet.
    ///
    /// # Errors
    /// Those of the operating system.
    pub(crate) fn start(launch: &Launch) -> io::Result<Self> {
        let (ours, theirs) =
            socketpair(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
        let process = Command::new(own_program()?)
            .args(launch.arguments())
            // Nothing of ours: neither credentials nor the service manager's socket.
            .env_clear()
            .stdin(Stdio::from(theirs))
            .stdout(Stdio::null())
            .spawn()?;
        Ok(Self { socket: ours, _process: process, gone: AtomicBool::new(false) })
    }

    /// Has an executor started that talks over `socket`.
    ///
    /// # Errors
    /// What the launcher says, or that it is gone.
    pub(crate) fn executor(&self, socket: OwnedFd) -> io::Result<()> {
        self.say(Order::Start, &[socket])?;
        loop {
            match self.hear()? {
                Word::Started => return Ok(()),
                Word::Not(why) => return Err(io::Error::other(why)),
                // Of the one before.
                Word::Ended(_) => {}
            }
        }
    }

    /// Waits for the executor's end, which is brought about after `patience`, and says how it ended.
    ///
    /// # Errors
    /// When the launcher is gone.
    pub(crate) fn end(&self, patience: Duration) -> io::Result<String> {
        if !socket::is_readable(&self.socket, patience)? {
            self.say(Order::End, &[])?;
        }
        loop {
            if let Word::Ended(how) = self.hear()? {
                return Ok(how);
            }
        }
    }

    /// Whether it did not answer once: it has ended then, and there is no other.
    pub(crate) fn is_gone(&self) -> bool {
        self.gone.load(Ordering::SeqCst)
    }

    fn say(&self, order: Order, files: &[OwnedFd]) -> io::Result<()> {
        self.noticing(socket::send_message(&self.socket, &order, files))
    }

    fn hear(&self) -> io::Result<Word> {
        let heard = socket::receive(&self.socket).map(|(word, _)| word);
        self.noticing(heard.map_err(|error| io::Error::other(format!("its launcher: {error}"))))
    }

    fn noticing<T>(&self, result: io::Result<T>) -> io::Result<T> {
        if result.is_err() {
            self.gone.store(true, Ordering::SeqCst);
        }
        result
    }
}

/// This program as it runs, also when its file was replaced meanwhile.
fn own_program() -> io::Result<std::path::PathBuf> {
    let own = Path::new("/proc/self/exe");
    if own.exists() { Ok(own.to_owned()) } else { std::env::current_exe() }
}
