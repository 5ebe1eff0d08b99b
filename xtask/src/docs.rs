//! `cargo xtask docs`: files that are made from the code.

use std::process::{Command, ExitCode};

use crate::{demo, house, process};

/// Write docs/ERRORS.md, the JSON Schemas, shell completions and man pages
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Write nothing; fail when a file is not what the code says
    #[arg(long)]
    check: bool,
}

impl Args {
    pub(crate) fn run(self) -> Result<ExitCode, String> {
        let written = generate(self.check);
        written.map(|()| ExitCode::SUCCESS)
    }
}

/// Runs the generator, a program of its own because it links most of our crates.
pub(crate) fn generate(check: bool) -> Result<(), String> {
    demo::build()?;
    let mut command = Command::new(house::programs()?.join("examples/generate"));
    command.current_dir(house::root());
    if check {
        command.arg("--check");
    }
    process::succeed(&mut command)
}
