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
    List(list::Args),
    Show(show::Args),
    Verify(verify::Args),
    Import(import::Args),
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
