//! The tree of commands: one file a command, arguments with their help, then `run`.

mod bundle;
mod circuit;
mod demo;
mod dispute;
mod doctor;
mod explain;
pub(crate) mod job;
mod key;
pub(crate) mod ledger;
mod policy;
mod proof;
mod root;
mod status;

use clap::{Parser, Subcommand};

use crate::answer::Outcome;

/// The operator's and the owner's tool of the Arch network
#[derive(Debug, Parser)]
#[command(
    name = "archctl",
    version,
    after_help = "Exit codes: 0 yes or done, 1 the answer is no, 2 usage, 3 could not tell"
)]
pub(crate) struct Archctl {
    #[command(subcommand)]
    noun: Noun,
}

#[derive(Debug, Subcommand)]
enum Noun {
    /// Make and show keys
    #[command(subcommand)]
    Key(key::Verb),
    /// Make, show, sign and renew trust roots
    #[command(subcommand)]
    Root(root::Verb),
    /// Check, explain and sign policies
    #[command(subcommand)]
    Policy(policy::Verb),
    /// Write, sign, check and follow jobs
    #[command(subcommand)]
    Job(job::Verb),
    /// Read, prove and verify ledgers
    #[command(subcommand)]
    Ledger(ledger::Verb),
    /// Take a job's run to somebody else, who checks it without the node
    #[command(subcommand)]
    Bundle(bundle::Verb),
    /// List, check, take in and hand out circuits and their keys
    #[command(subcommand)]
    Circuit(circuit::Verb),
    /// Check proofs that circuits are about
    #[command(subcommand)]
    Proof(proof::Verb),
    /// Read, judge and carry disputes about products
    #[command(subcommand)]
    Dispute(dispute::Verb),
    Status(status::Args),
    Doctor(doctor::Args),
    Demo(demo::Args),
    Explain(explain::Args),
}

impl Archctl {
    /// Does what the command line says.
    pub(crate) fn run(self) -> Outcome {
        match self.noun {
            Noun::Key(verb) => verb.run(),
            Noun::Root(verb) => verb.run(),
            Noun::Policy(verb) => verb.run(),
            Noun::Job(verb) => verb.run(),
            Noun::Ledger(verb) => verb.run(),
            Noun::Bundle(verb) => verb.run(),
            Noun::Circuit(verb) => verb.run(),
            Noun::Proof(verb) => verb.run(),
            Noun::Dispute(verb) => verb.run(),
            Noun::Status(args) => args.run(),
            Noun::Doctor(args) => args.run(),
            Noun::Demo(args) => args.run(),
            Noun::Explain(args) => args.run(),
        }
    }
}
