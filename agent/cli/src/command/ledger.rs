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
    /// Print entries
    Show(show::Args),
    /// Print the proof that an entry is in the log, or that the log only appended
    Prove(prove::Args),
    /// Check every byte of a ledger, or one receipt; needs no agent and no network
    Verify(verify::Args),
    /// Copy what stock transparency-log tools read
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
