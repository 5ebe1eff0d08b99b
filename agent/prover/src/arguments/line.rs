//! The command line. Nothing else of ours is used here: the man page is made from it.

use std::{net::IpAddr, path::PathBuf};

use clap::{Parser, ValueEnum};

/// Makes and checks proofs of statements about exact products, each in a process of its own.
///
/// Serves the one agent at its standard input, or at the socket that a service manager hands in; with
/// --mode=server it serves auditors. It has no keys of the node, no ledger, and believes none of its
/// workers: each proof is verified again before it is given out.
#[derive(Debug, Parser)]
#[command(
    name = "arch-prover",
    version,
    after_help = "With --port, who shows the secret is served. The secret keeps strangers from using this \
                  machine; it does not keep anybody on the way from reading statements and witnesses, or \
                  the secret itself, because there is no TLS: stay on the loopback address, or put a tunnel \
                  before it. With --socket, the kernel says which user calls, and nothing crosses a \
                  network. Neither says that a statement is true: a proof does.\n\n\
                  Exit codes: 0 the agent closed the socket, 1 it sent what cannot be read, 2 usage, \
                  3 it cannot run here."
)]
pub(crate) struct Arguments {
    /// Whom it serves
    #[arg(long, value_enum, default_value_t = Mode::Agent)]
    pub(super) mode: Mode,

    /// Folder of the keys to prove with, each named by its SHA-256 and `.pk`
    #[arg(long, value_name = "DIR")]
    pub(super) keys: Option<PathBuf>,

    /// List of circuits and keys, instead of the one that is built in
    #[arg(long, value_name = "FILE")]
    pub(crate) manifest: Option<PathBuf>,

    /// Prove with keys that anybody can forge with, and make those that are not in the folder: for trying
    /// things out. The folder must be writable
    #[arg(long)]
    pub(crate) allow_dev_keys: bool,

    /// Serve at this TCP port; 0 takes a free one and says which
    #[arg(long, value_name = "PORT", conflicts_with = "socket")]
    pub(super) port: Option<u16>,

    /// Address of that port; one that is not the loopback's needs a tunnel before it
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1", requires = "port")]
    pub(super) bind: IpAddr,

    /// File with the secret that callers of the port show; only its owner may read it
    #[arg(long, value_name = "FILE")]
    pub(super) secret_file: Option<PathBuf>,

    /// Serve at a Unix socket at this path
    #[arg(long, value_name = "PATH")]
    pub(super) socket: Option<PathBuf>,

    /// User whose processes may call at the Unix socket, besides our own; may be given again
    #[arg(long, value_name = "UID", requires = "socket", conflicts_with = "port")]
    pub(super) allow_uid: Vec<u32>,

    /// Most proofs that wait for the one that is being made; more are refused at once
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) queue: u16,

    /// Most memory of the process that makes a proof
    #[arg(long, value_name = "MIB", default_value_t = 512, value_parser = clap::value_parser!(u32).range(1..=65536))]
    pub(super) memory_mib: u32,

    /// Most time of a proof, with the making of its dev key
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=86400))]
    pub(super) proof_seconds: u32,

    /// Threads of a proof; as many as there are processors, at most 8, if not given
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) threads: Option<u16>,

    /// Print as JSON what is in force in the main process, found out by trying, and exit
    #[arg(long)]
    pub(super) print_confinement: bool,

    /// Start workers for the process at standard input
    #[arg(long, hide = true)]
    pub(super) launch: bool,

    /// Make one proof for the process at standard input
    #[arg(long, hide = true, conflicts_with = "launch")]
    pub(super) work: bool,

    /// A program in the worker's place
    #[arg(long, value_name = "PROGRAM", hide = true)]
    pub(super) worker: Option<PathBuf>,
}

/// Whom it serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Mode {
    /// One agent, at standard input or the socket that is handed in
    Agent,
    /// Whoever comes and may
    Server,
}
