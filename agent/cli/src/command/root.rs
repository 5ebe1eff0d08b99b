//! `archctl root …`

mod new;
mod rotate;
mod show;
mod sign;

use clap::Subcommand;

use crate::answer::Outcome;

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    New(new::Args),
    Show(show::Args),
    Sign(sign::Args),
    Rotate(rotate::Args),
}

impl Verb {
    pub(crate) fn run(self) -> Outcome {
        match self {
            Self::New(args) => args.run(),
            Self::Show(args) => args.run(),
            Self::Sign(args) => args.run(),
            Self::Rotate(args) => args.run(),
        }
    }
}
