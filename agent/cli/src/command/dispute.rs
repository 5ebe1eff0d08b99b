//! `archctl dispute …`

mod book;
mod export;
mod import;
mod list;
mod replay;
mod show;

use clap::Subcommand;

use crate::answer::Outcome;

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// List the disputes in a node's ledger
    List(list::Args),
    /// Tell what happened in a dispute
    Show(show::Args),
    /// Judge a dispute once more from ledger and archive, and hold what the ledger says against it
    Replay(replay::Args),
    /// Print who has staked and lost what, from the ledger's first entry on
    Book(book::Args),
    /// Take a dispute, or a job's commitments, along: all that it is judged by, in a folder
    Export(export::Args),
    /// Hand messages of disputes to the running agent
    Import(import::Args),
}

impl Verb {
    pub(crate) fn run(self) -> Outcome {
        match self {
            Self::List(args) => args.run(),
            Self::Show(args) => args.run(),
            Self::Replay(args) => args.run(),
            Self::Book(args) => args.run(),
            Self::Export(args) => args.run(),
            Self::Import(args) => args.run(),
        }
    }
}
