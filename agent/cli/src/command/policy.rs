//! `archctl policy …`

mod check;
mod explain;
mod sign;

use clap::Subcommand;

use crate::answer::Outcome;

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Say whether a policy is one, and whether a root believes it
    Check(check::Args),
    /// Say in words what a policy allows, rule by rule
    Explain(explain::Args),
    /// Sign a policy
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
