//! The command line. Nothing else of ours is used here: the man page is made from it.

use std::path::PathBuf;

use clap::{ArgGroup, Parser};

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
    pub(super) wasm: bool,

    /// The inherited descriptor of the Unix stream socket to the agent; one that listens, as service
    /// managers hand in, serves the first who connects
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(i32).range(3..))]
    pub(super) socket_fd: i32,

    /// Folder of compiled modules and their key; made with mode 0700
    #[arg(long, value_name = "DIR", required_unless_present = "print_confinement")]
    pub(super) cache: Option<PathBuf>,

    /// Most bytes of compiled modules to keep
    #[arg(long, value_name = "BYTES", default_value_t = 1 << 30)]
    pub(crate) cache_bytes: u64,

    /// Most runs at a time; more are answered with `busy`
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) max_workers: u16,

    /// Print as JSON what is in force in a worker, found out by trying, and exit
    #[arg(long)]
    pub(super) print_confinement: bool,
}
