//! `archctl policy …`

mod check;
mod explain;
mod sign;

use clap::Subcommand;

use crate::answer::Outcome;

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    Check(check::Args),
    Explain(explain::Args),
    Sign(sign::Args),
}

impl Verb {
    pub(crate) fn run(self) -> Outcome {
        match self {
            Self::Check(args) => args.run(),
            Self::Explain(args) => args.run(),
            Self::Sign(args) => args.run(),
        }
    }
}
