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
    List(list::Args),
    Show(show::Args),
    Replay(replay::Args),
    Book(book::Args),
    Export(export::Args),
    Import(import::Args),
    Commit(commit::Args),
    Challenge(challenge::Args),
    Reply(reply::Args),
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
