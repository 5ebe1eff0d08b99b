//! archctl: the operator's and the owner's tool, one file a command.
//!
//! ```text
//! argv ──> command::<noun>::<verb>::Args ──> run ──> Answer | Stop ──> exit code 0 | 1 | 2 | 3
//!                                             │
//!             files, keys, ledger (reading) ──┤
//!             the agent's control socket   ───┘     stdout is data, stderr is talk
//! ```
//!
//! It judges documents with the same crates as the agent, so that `job plan` and the agent cannot
//! disagree. It never runs foreign code, never writes a ledger, and holds no secret longer than
//! the one signature it was asked for.
//!
//! ```
//! let tree = arch_cli::command();
//! assert!(tree.get_subcommands().any(|noun| noun.get_name() == "doctor"));
//! ```

mod answer;
mod archive_folder;
mod chance;
mod circuits;
mod clock;
mod command;
mod control;
mod decision;
mod dispute;
mod documents;
mod fresh;
mod keys;
mod ledger_folder;
mod matrix_file;
mod named_job;
mod node_settings;
mod passphrase;
mod pins;
mod places;
mod programs;
mod progress;
mod render;
mod roots;
mod say;
mod signing;
mod trust;
mod yaml_text;

use std::process::ExitCode;

use clap::{ArgMatches, CommandFactory, FromArgMatches};

/// The whole command line as a tree, for completions and man pages.
#[must_use]
pub fn command() -> clap::Command {
    command::Archctl::command()
}

/// Reads the command line, does what it says and gives the exit code.
#[must_use]
pub fn run() -> ExitCode {
    let matches = command().get_matches();
    let asked = match command::Archctl::from_arg_matches(&matches) {
        Ok(asked) => asked,
        Err(error) => error.format(&mut command()).exit(),
    };
    match asked.run() {
        Ok(answer) => answer.into(),
        Err(stop) if wants_json(&matches) => stop.tell_as_json(),
        Err(stop) => stop.tell(),
    }
}

/// Whether the command at the end of the line has `--json` and was given it.
fn wants_json(matches: &ArgMatches) -> bool {
    match matches.subcommand() {
        Some((_name, below)) => wants_json(below),
        None => matches!(matches.try_get_one::<bool>("json"), Ok(Some(true))),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_tree_of_commands_is_sound() {
        super::command().debug_assert();
    }
}
