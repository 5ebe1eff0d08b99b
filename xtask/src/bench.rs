//! `cargo xtask bench`: ours beside a peer, interleaved in one run, a ratio out.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::guests::Install;
use crate::{house, peers, process, referees};

/// Measure ours beside a peer; prints a table, or JSON lines
///
/// Rows without a peer have `null` for peer and ratio. What a row needs and cannot have here is told
/// as SKIPPED on standard error, and stands as `null`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which to run, or the first words of several; all when left out
    names: Vec<String>,
    /// Print the names with what each counts, and run nothing
    #[arg(long)]
    list: bool,
    /// Print one object a line: name, ours, peer, ratio, unit, runs, spread
    #[arg(long)]
    json: bool,
    /// Interleaved runs of each side
    #[arg(long, default_value_t = 9, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    runs: u32,
    /// Build without optimisation: for trying a bench out, not for figures
    #[arg(long)]
    draft: bool,
    /// Use only what is installed, even where more could be installed
    #[arg(long)]
    no_install: bool,
}

impl Args {
    /// The benches are a program of their own: they link what they measure, optimised.
    pub(crate) fn run(self) -> Result<ExitCode, String> {
        let mut command = self.cargo("run");
        command.args(["-p", "xtask", "--example", "bench", "--features", "peers", "--"]);
        command.args(["--runs", &self.runs.to_string()]);
        if self.list {
            command.arg("--list");
        } else {
            self.prepare(&mut command)?;
        }
        if self.json {
            command.arg("--json");
        }
        command.args(self.names);
        process::succeed(&mut command).map(|()| ExitCode::SUCCESS)
    }

    fn cargo(&self, verb: &str) -> Command {
        let mut command = process::cargo([verb, "--quiet", "--locked"]);
        if !self.draft {
            command.arg("--release");
        }
        command
    }

    /// Builds and installs what the wanted rows start as processes of their own, and names the
    /// places.
    fn prepare(&self, command: &mut Command) -> Result<(), String> {
        if self.wants(&["wasm-start", "idle", "ready", "jobs"]) {
            eprintln!("building the programs; the first time takes minutes");
            // One by one: together they would choose each other's features, and the engine, built
            // for one of them already, would be built again.
            for package in ["arch-executor", "arch-node"] {
                process::succeed(self.cargo("build").args(["-p", package]))?;
            }
        }
        if self.wants(&["dispute"]) {
            for package in ["arch-executor", "arch-node", "arch-prover"] {
                process::succeed(self.cargo("build").args(["-p", package]))?;
            }
            let liar = ["-p", "arch-tests", "--bin", "lying-executor"];
            process::succeed(self.cargo("build").args(liar))?;
        }
        command.env("ARCH_PROGRAMS", self.programs()?);
        let install = Install::unless(self.no_install);
        let name = |place: Result<PathBuf, String>| {
            place.unwrap_or_else(|why| {
                eprintln!("SKIPPED because {why}");
                PathBuf::new()
            })
        };
        if self.wants(&["wasm-start"]) {
            command.env("ARCH_PEER_WASMTIME", name(peers::wasmtime(install)));
        }
        if self.wants(&["matmul-cpu-i8"]) {
            command.env("ARCH_PEER_NUMPY", name(peers::numpy(install)));
        }
        if self.wants(&["matmul-cpu-vs-torch"]) {
            // Gigabytes: only for who asks for the row.
            let install = if self.names.is_empty() { Install::Forbidden } else { install };
            command.env("ARCH_PEER_TORCH", name(peers::torch(install)));
        }
        if self.wants(&["prove-vs-snarkjs"]) {
            let referees = referees::prepare_javascript(install);
            command.env("ARCH_PEER_SNARKJS", name(referees.map(|to| to.join("javascript"))));
        }
        if self.wants(&["ledger-syncs"]) {
            command.env("ARCH_STRACE", name(peers::strace(install)));
        }
        Ok(())
    }

    /// Whether a row is wanted whose name starts with one of these.
    fn wants(&self, starts: &[&str]) -> bool {
        let one = |name: &String| {
            starts.iter().any(|start| name.starts_with(start) || start.starts_with(name.as_str()))
        };
        self.names.is_empty() || self.names.iter().any(one)
    }

    /// The folder of the programs that are measured: not that of this program, which is no release.
    fn programs(&self) -> Result<PathBuf, String> {
        let own = house::programs()?;
        let target = own.parent().map(Path::to_path_buf).unwrap_or_default();
        Ok(target.join(if self.draft { "debug" } else { "release" }))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Names of rows, as the benches write them.
    fn rows() -> BTreeSet<String> {
        let sources = house::files(&house::root().join("xtask/bench"));
        let text: String = sources.iter().map(|path| house::text(path).unwrap()).collect();
        let names = text.split("Bench {").skip(1).filter_map(|rest| rest.split_once("name: \""));
        names.filter_map(|(_, rest)| rest.split('"').next().map(str::to_owned)).collect()
    }

    #[test]
    fn every_row_stands_among_the_promises_and_every_command_there_is_a_row() {
        let promises = house::text(&house::root().join("docs/PROMISES.md")).unwrap();
        let commands = promises.split("cargo xtask bench ").skip(1);
        let told: BTreeSet<String> = commands
            .filter_map(|rest| rest.split(['`', ' ']).next().map(str::to_owned))
            .filter(|name| !name.starts_with("--"))
            .collect();
        assert!(rows().len() > 10, "{:?}", rows());
        assert_eq!(told, rows());
    }

    #[test]
    fn a_row_is_wanted_by_its_name_and_when_none_is_named() {
        #[derive(Debug, clap::Parser)]
        struct Line {
            #[command(flatten)]
            args: Args,
        }
        let wants = |line: &[&str]| {
            <Line as clap::Parser>::parse_from(line).args.wants(&["wasm-start", "jobs"])
        };
        assert!(wants(&["bench"]) && wants(&["bench", "ledger", "wasm-start-shared"]));
        assert!(!wants(&["bench", "ledger"]));
    }
}
