//! `archctl key …`

mod generate;
mod show;

use clap::Subcommand;

use crate::answer::Outcome;

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    Generate(generate::Args),
    Show(show::Args),
}

impl Verb {
    pub(crate) fn run(self) -> Outcome {
        match self {
            Self::Generate(args) => args.run(),
            Self::Show(args) => args.run(),
        }
    }
}
