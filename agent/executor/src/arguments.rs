//! The command line.

use std::path::{Path, PathBuf};

use clap::{ArgGroup, Parser};

use crate::failure::Failure;

/// Runs wasm for arch-node-agent, in processes that can do nothing else.
///
/// Started by the agent over a socketpair, or by a service manager when the agent connects; it is of no
/// use alone, but for --print-confinement.
#[derive(Debug, Parser)]
#[command(
    name = "arch-executor",
    version,
    group = ArgGroup::new("what").required(true).multiple(true).args(["wasm", "print_confinement"]),
    after_help = "Exit codes: 0 the agent closed the socket or asked for the end, \
                  1 the agent sent what cannot be read, 2 usage, 3 it cannot run here."
)]
pub(crate) struct Arguments {
    /// Run wasm modules and components
    #[arg(long)]
    wasm: bool,

    /// The inherited descriptor of the Unix stream socket to the agent; one that listens, as service
    /// managers hand in, serves the first who connects
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(i32).range(3..))]
    socket_fd: i32,

    /// Folder of compiled modules and their key; made with mode 0700
    #[arg(long, value_name = "DIR", required_unless_present = "print_confinement")]
    cache: Option<PathBuf>,

    /// Most bytes of compiled modules to keep
    #[arg(long, value_name = "BYTES", default_value_t = 1 << 30)]
    pub(crate) cache_bytes: u64,

    /// Most runs at a time; more are answered with `busy`
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) max_workers: u16,

    /// Print as JSON what is in force in a worker, found out by trying, and exit
    #[arg(long)]
    print_confinement: bool,
}

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
    use clap::CommandFactory as _;

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
