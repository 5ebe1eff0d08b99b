//! Makes proofs of statements about products, and checks them, for one agent or for auditors.
//!
//! ```text
//! agent, auditors ══socket══> arch-prover       reads requests, checks proofs, makes digests; no file,
//!                               │                      no program
//!                               │ Start + socket
//!                             launcher          starts workers; knows nothing but the program's path
//!                               │ exec
//!                             worker            makes one proof; reads keys; dies with the proof
//! ```
//!
//! Whatever a worker says is a claim: the main process verifies each proof against the manifest's key and
//! the public numbers that were asked for before it answers, so that no unverified proof leaves. It has no
//! key of the node and no ledger.
#![forbid(unsafe_code)]

mod arguments;
mod circuits;
mod client;
mod confinement;
mod digests;
mod failure;
mod foreman;
mod job;
mod launcher;
mod numbers;
mod queue;
mod refused;
mod say;
mod secret;
mod server;
mod stream;
mod work;

use std::process::ExitCode;

use clap::Parser as _;

use arguments::{Arguments, Task};
use failure::Failure;

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
    match arguments.task()? {
        Task::Launch => launcher::run(arguments),
        Task::Work { keys } => work::run(arguments, keys),
        Task::PrintConfinement => confinement::print(),
        Task::PrintWorker { keys } => confinement::print_worker(keys, arguments.memory()),
        Task::Agent { keys } => server::agent(arguments, keys),
        Task::Serve { keys, door } => server::everybody(arguments, keys, door),
    }
}
