//! `cargo xtask bench`: ours beside a peer, interleaved in one run, a ratio out.

use std::process::ExitCode;

use crate::process;

/// Measure ours beside a peer; prints a table, or JSON lines
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which to run; all when left out
    names: Vec<String>,
    /// Print one object a line: name, ours, peer, ratio, unit, runs, spread
    #[arg(long)]
    json: bool,
    /// Interleaved runs of each side
    #[arg(long, default_value_t = 9, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    runs: u32,
    /// Build without optimisation: for trying a bench out, not for figures
    #[arg(long)]
    draft: bool,
}

impl Args {
    /// The benches are a program of their own: they link what they measure, optimised.
    pub(crate) fn run(self) -> Result<ExitCode, String> {
        let mut command =
            process::cargo(["run", "--quiet", "--locked", "-p", "xtask", "--example", "bench"]);
        if !self.draft {
            command.arg("--release");
        }
        command.args(["--", "--runs", &self.runs.to_string()]);
        if self.json {
            command.arg("--json");
        }
        command.args(self.names);
        process::succeed(&mut command).map(|()| ExitCode::SUCCESS)
    }
}
