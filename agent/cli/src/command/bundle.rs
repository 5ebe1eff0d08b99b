//! `archctl bundle …`

mod pack;
mod product;
mod verify;

use clap::Subcommand;

use crate::answer::Outcome;

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    Pack(pack::Args),
    Verify(verify::Args),
}

impl Verb {
    pub(crate) fn run(self) -> Outcome {
        match self {
            Self::Pack(args) => args.run(),
            Self::Verify(args) => args.run(),
        }
    }
}
