//! `archctl root …`

mod new;
mod rotate;
mod show;
mod sign;

use clap::Subcommand;

use crate::answer::Outcome;

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Make a trust root: who may sign roots, policies and jobs
    New(new::Args),
    /// Print what a root says, and the digest to pin
    Show(show::Args),
    /// Sign a root or a revocation
    Sign(sign::Args),
    /// Make the next version of a root, signed by the old signers and the new ones
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
