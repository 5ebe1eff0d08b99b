//! `archctl key …`

mod generate;
mod show;

use clap::Subcommand;

use crate::answer::Outcome;

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Make a key pair and keep it under a passphrase
    Generate(generate::Args),
    /// Print the public keys of a key file
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
