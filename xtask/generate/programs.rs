//! The command lines of the programs that run on their own, from their sources: who makes man pages must
//! not link what runs foreign code or opens sockets.

use clap::CommandFactory as _;

#[expect(unreachable_pub, reason = "the agent's library has them in its interface")]
#[path = "../../agent/node/src/args.rs"]
mod args;
#[path = "../../agent/executor/src/arguments/line.rs"]
mod line;
#[expect(unreachable_pub, reason = "as above")]
#[path = "../../agent/node/src/mode/name.rs"]
mod mode;
#[path = "../../agent/prover/src/arguments/line.rs"]
mod prover_line;

/// `arch-node-agent`.
pub(crate) fn agent() -> clap::Command {
    args::Args::command()
}

/// `arch-executor`.
pub(crate) fn executor() -> clap::Command {
    line::Arguments::command()
}

/// `arch-prover`.
pub(crate) fn prover() -> clap::Command {
    prover_line::Arguments::command()
}
