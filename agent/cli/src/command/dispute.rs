//! `archctl dispute …`

mod book;
mod challenge;
mod commit;
mod export;
mod import;
mod list;
mod replay;
mod reply;
mod rule;
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
    /// Sign what one's own product holds, by files alone
    Commit(commit::Args),
    /// Sign that another's leaf is wrong, by files alone
    Challenge(challenge::Args),
    /// Sign what a party has to say next, by files alone
    Reply(reply::Args),
    /// Sign the verdict of the judge whose turn it is, by files alone
    Rule(rule::Args),
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
            Self::Commit(args) => args.run(),
            Self::Challenge(args) => args.run(),
            Self::Reply(args) => args.run(),
            Self::Rule(args) => args.run(),
        }
    }
}
