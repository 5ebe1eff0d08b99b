//! `archctl proof …`

mod export;
mod verify;

use clap::Subcommand;

pub(crate) use export::files;

use crate::answer::Outcome;

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    Verify(verify::Args),
    Export(export::Args),
}

impl Verb {
    pub(crate) fn run(self) -> Outcome {
        match self {
            Self::Verify(args) => args.run(),
            Self::Export(args) => args.run(),
        }
    }
}
