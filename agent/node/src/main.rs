//! `arch-node-agent`: see the library.

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    arch_node::run(&arch_node::Args::parse())
}
