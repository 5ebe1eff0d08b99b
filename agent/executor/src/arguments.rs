//! The command line, and what is asked for by it.

mod line;

use std::path::Path;

pub(crate) use line::Arguments;

use crate::failure::Failure;

/// What is asked for.
pub(crate) enum Mode<'a> {
    /// Serve the agent.
    Serve {
        /// The socket's number.
        socket: i32,
        /// The cache's folder.
        cache: &'a Path,
    },
    /// Look at a worker.
    PrintConfinement,
}

impl Arguments {
    /// What is asked for.
    pub(crate) fn mode(&self) -> Result<Mode<'_>, Failure> {
        match &self.cache {
            _ if self.print_confinement => Ok(Mode::PrintConfinement),
            Some(cache) => Ok(Mode::Serve { socket: self.socket_fd, cache }),
            None => Err(Failure::NoCache),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory as _, Parser as _};

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_mode_must_be_named() {
        for line in [
            &["arch-executor"][..],
            &["arch-executor", "--cache", "x"],
            &["arch-executor", "--wasm"],
            &["arch-executor", "--wasm", "--cache", "x", "--socket-fd", "2"],
            &["arch-executor", "--wasm", "--cache", "x", "--max-workers", "0"],
        ] {
            assert!(Arguments::try_parse_from(line).is_err(), "{line:?}");
        }
        assert!(Arguments::try_parse_from(["arch-executor", "--print-confinement"]).is_ok());
    }
}
