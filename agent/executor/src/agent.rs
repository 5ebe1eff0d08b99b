//! The one agent that this process serves.

use std::os::fd::OwnedFd;

use rustix::io::Errno;
use rustix::net::{SocketFlags, accept_with, sockopt};

/// The socket to the agent. A service manager hands in one that listens: the first who comes is the
/// agent, and nobody else is served; whoever comes later is for the next executor, which the service
/// manager starts when this one has ended.
pub(crate) fn connected(socket: OwnedFd) -> Result<OwnedFd, Errno> {
    if !sockopt::socket_acceptconn(&socket)? {
        return Ok(socket);
    }
    loop {
        match accept_with(&socket, SocketFlags::CLOEXEC) {
            // He gave up before we came; another one will come.
            Err(Errno::INTR | Errno::CONNABORTED) => {}
            other => return other,
        }
    }
}
