//! An executor that a service manager starts when we connect. It ends when the connection does, and
//! another one is started for the next.

use std::{io, os::unix::net::UnixStream, path::PathBuf};

use super::supervisor::{Peer, Source};

/// Where it listens.
#[derive(Debug)]
pub(super) struct Listening {
    pub(super) socket: PathBuf,
}

impl Source for Listening {
    type Guard = ();

    fn connect(&mut self) -> io::Result<Peer<()>> {
        let socket = UnixStream::connect(&self.socket).map_err(|error| {
            io::Error::new(error.kind(), format!("`{}`: {error}", self.socket.display()))
        })?;
        Ok(Peer { socket: socket.into(), guard: () })
    }
}
