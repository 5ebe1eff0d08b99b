//! `archctl bundle …`

mod pack;
mod product;
mod verify;

use clap::Subcommand;

use crate::answer::Outcome;

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Put all that belongs to an ended job into one folder: document, module, inputs, outputs, proofs
    Pack(pack::Args),
    /// Check every byte of such a folder; needs no node, no ledger and no network
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
