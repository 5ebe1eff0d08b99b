//! `cargo xtask demo`: builds the programs, then hands over to `archctl demo`.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use crate::guests::Install;
use crate::{house, process, referees};

/// What is built: the programs, and a generator of ours, whose dependencies for development make
/// cargo choose the same features as for tests. So demo, tests and docs share one build; without
/// it, the wasm engine alone would be compiled twice.
const BUILD: [&str; 6] = ["build", "--locked", "--workspace", "--bins", "--example", "generate"];

/// Build everything, then run a signed job from file to proof
#[derive(Debug, clap::Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Args {
    /// Handed to `archctl demo`: --json, --keep DIR, --help and others
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<OsString>,
}

impl Args {
    pub(crate) fn run(self) -> Result<ExitCode, String> {
        eprintln!(
            "building archctl, arch-node-agent, arch-executor and arch-prover; the first time takes minutes"
        );
        build()?;
        // Replaces this process: signals and the exit code are the demo's own.
        let mut command = archctl()?;
        with_snarkjs(&mut command);
        let error = command.args(self.rest).exec();
        Err(format!("archctl does not start: {error}"))
    }
}

/// Builds every program; cargo shows its progress on standard error.
pub(crate) fn build() -> Result<(), String> {
    process::succeed(&mut process::cargo(BUILD))
}

/// Has the demo's proof checked by others as well, where npm brings them.
pub(crate) fn with_snarkjs(command: &mut Command) {
    match referees::prepare_javascript(Install::unless(false)) {
        Ok(folder) => {
            command.arg("--snarkjs").arg(folder.join("javascript/node_modules"));
        }
        Err(why) => eprintln!("SKIPPED: nobody else checks the demo's proof because {why}"),
    }
}

/// `archctl demo`, as it was built, with a liar for the chapter about one. It runs where the caller
/// stands, so that `--keep DIR` and `--sources DIR` mean what they say.
pub(crate) fn archctl() -> Result<Command, String> {
    let programs = house::programs()?;
    let mut command = Command::new(programs.join("archctl"));
    command.arg("demo").arg("--liar").arg(programs.join("lying-executor"));
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_runs_where_the_caller_stands() {
        assert_eq!(archctl().unwrap().get_current_dir(), None);
    }
}
