//! `cargo xtask docs`: files that are made from the code.

mod imports;
mod named_tests;

use std::process::{Command, ExitCode};

use crate::import_table::TABLE;
use crate::{demo, house, process, units};

/// Write docs/ERRORS.md, the import table, the JSON Schemas, shell completions and man pages
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

/// Writes or compares everything that is made from the code, and looks whether the tests that the
/// documents name are there.
pub(crate) fn generate(check: bool) -> Result<(), String> {
    let lost = named_tests::breaches(&house::root())?;
    if !lost.is_empty() {
        return Err(lost.join("\n       "));
    }
    architecture(check)?;
    units::generate(check)?;
    others(check)
}

/// The one file that is partly written by hand.
fn architecture(check: bool) -> Result<(), String> {
    let path = house::root().join("docs/ARCHITECTURE.md");
    let old = house::text(&path)?;
    let new = imports::in_document(&old, TABLE)?;
    match new == old {
        true => Ok(()),
        false if check => Err("the import table in docs/ARCHITECTURE.md is not that of xtask/src/import_table.rs; run `cargo xtask docs`".to_owned()),
        false => std::fs::write(&path, new).map_err(|error| format!("{}: {error}", path.display())),
    }
}

/// Runs the generator, a program of its own because it links most of our crates.
fn others(check: bool) -> Result<(), String> {
    demo::build()?;
    let mut command = Command::new(house::programs()?.join("examples/generate"));
    command.current_dir(house::root());
    if check {
        command.arg("--check");
    }
    process::succeed(&mut command)
}
