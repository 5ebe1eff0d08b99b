//! Runs guests in processes from which everything else has been taken away.
//!
//! ```text
//! arch-node-agent ══socketpair══> arch-executor --wasm   one thread, warm engine, a poll loop
//!                                   ├ fork ─> compiler   one module, seconds
//!                                   ├ fork ─> worker     one guest, or one owner's guests in turn
//!                                   └ fork ─> multiplier a piece of a product
//! ```
//!
//! It has no keys of the node, no network and no ledger, and believes nothing: module and inputs
//! are hashed before use, and what a child says is checked. When the agent's socket closes, it
//! kills its children, waits for them and exits.

mod agent;
mod arguments;
mod broker;
mod failure;
mod idle;
mod run;
mod say;
mod task;
mod verdict;
mod warm;

use std::process::ExitCode;

use clap::Parser as _;

use arguments::{Arguments, Mode};
use failure::Failure;

#[global_allocator]
static ALLOCATOR: arch_sandbox::process::Allocator = arch_sandbox::process::Allocator;

fn main() -> ExitCode {
    match start(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            say::problem(&failure.problem());
            ExitCode::from(failure.exit_code())
        }
    }
}

fn start(arguments: &Arguments) -> Result<(), Failure> {
    match arguments.mode()? {
        Mode::PrintConfinement => print_confinement(),
        Mode::Serve { socket, cache } => {
            // Taken over first: before anything else has that number.
            let socket = arch_sandbox::process::inherited(socket).map_err(Failure::Socket)?;
            let socket = agent::connected(socket).map_err(Failure::Socket)?;
            let warm = warm::Warm::up(cache, arguments.cache_bytes)?;
            broker::Broker::new(warm, socket, arguments.max_workers).serve()
        }
    }
}

fn print_confinement() -> Result<(), Failure> {
    let confinement = warm::look()?;
    let text = serde_json::to_string_pretty(&confinement);
    say::data(&text.map_err(|error| Failure::Print(error.to_string()))?)
        .map_err(|error| Failure::Print(error.to_string()))
}
