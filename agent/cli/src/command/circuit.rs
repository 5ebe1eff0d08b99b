//! `archctl circuit …`

mod export;
mod import;
mod list;
mod show;
mod verify;

pub(crate) use list::kind;

use clap::Subcommand;

use crate::answer::Outcome;

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// List the circuits with their status and kind of key; with a policy, also which are pinned
    List(list::Args),
    /// Show all that the manifest says of a circuit; with a policy, also whether its key is pinned
    Show(show::Args),
    /// Lay the rows of circuits down and check them and their keys
    Verify(verify::Args),
    /// Take in the key that a ceremony made, as a new version of its circuit
    Import(import::Args),
    /// Write a circuit for iden3's tools: rows, key to check with, key to prove with
    Export(export::Args),
}

impl Verb {
    pub(crate) fn run(self) -> Outcome {
        match self {
            Self::List(args) => args.run(),
            Self::Show(args) => args.run(),
            Self::Verify(args) => args.run(),
            Self::Import(args) => args.run(),
            Self::Export(args) => args.run(),
        }
    }
}
