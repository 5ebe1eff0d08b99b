//! What is wrong with an installation: the agent ends with the code and the remedy that `archctl doctor`
//! has for it, nothing is lost, and when it is mended the agent comes up.

mod breaks;
mod clock;
mod disk;
mod each;
mod eyes;
mod surroundings;
mod table;

use std::{
    fs,
    process::{Command, Output},
};

use arch_ledger::Record;
use arch_tests::{Stranger, World, program};
use serde_json::Value;

/// A user for whom the mode of a file counts: root is made one by taking from it what passes modes by.
fn bound_by_modes() -> Command {
    if !rustix::process::geteuid().is_root() {
        return Command::new("env");
    }
    const WITHOUT: &str = "-dac_override,-dac_read_search";
    let mut command = Command::new("setpriv");
    command.args(["--bounding-set", WITHOUT, "--inh-caps", WITHOUT, "--ambient-caps", WITHOUT]);
    command
}

/// Asks doctor about a world, below another program and in its environment.
fn doctor(mut above: Command, world: &World, more: &[&str]) -> (Output, Value) {
    above.arg(program("archctl")).arg("doctor").arg("--json").args(more);
    above.arg("--config").arg(world.path("config")).arg("--state").arg(world.path("state"));
    let output = above.output().unwrap();
    let told = serde_json::from_slice(&output.stdout);
    let told = told.unwrap_or_else(|error| panic!("{error}: {output:?}"));
    (output, told)
}

/// What doctor found, of one verdict.
fn findings<'a>(told: &'a Value, verdict: &'a str) -> impl Iterator<Item = &'a Value> {
    let all = told["findings"].as_array().unwrap().iter();
    all.filter(move |finding| finding["verdict"] == verdict)
}

/// What all agents of a world logged.
fn log(world: &World) -> String {
    fs::read_to_string(world.path("agent.log")).unwrap_or_default()
}

/// What a stranger reads in the ledger, every byte of which verifies.
fn entries(world: &World) -> Vec<Record> {
    Stranger::verified(world).records().cloned().collect()
}
