//! `archctl ledger …`

mod consistency;
mod export;
mod prove;
mod show;
mod verify;

use clap::Subcommand;

pub(crate) use prove::receipt;
pub(crate) use verify::keys;

use crate::answer::Outcome;

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    Show(show::Args),
    Prove(prove::Args),
    Verify(verify::Args),
    Export(export::Args),
}

impl Verb {
    pub(crate) fn run(self) -> Outcome {
        match self {
            Self::Show(args) => args.run(),
            Self::Prove(args) => args.run(),
            Self::Verify(args) => args.run(),
            Self::Export(args) => args.run(),
        }
    }
}
