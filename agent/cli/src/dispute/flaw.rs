//! Why something of a dispute cannot be taken as it lies there.

use arch_archive::ArchiveError;
use arch_problem::{Code, Problem, codes};

use crate::answer::Stop;
use crate::circuits::refused;

/// What is missing tells nothing; what is wrong says no.
#[derive(Debug, Clone)]
pub(crate) enum Flaw {
    /// It could not be had, so nobody can tell.
    Missing(Box<Problem>),
    /// It is there, and it is wrong.
    Wrong(Box<Problem>),
}

impl Flaw {
    pub(crate) fn missing(code: Code, text: impl Into<String>) -> Self {
        Self::Missing(Box::new(Problem::new(code, text)))
    }

    pub(crate) fn wrong(code: Code, text: impl Into<String>) -> Self {
        Self::Wrong(Box::new(Problem::new(code, text)))
    }

    /// The record of a dispute is not what the ledger says of it.
    pub(crate) fn record(text: impl Into<String>) -> Self {
        Self::wrong(codes::DISPUTE_RECORD, text)
    }

    pub(crate) fn text(&self) -> String {
        let (Self::Missing(problem) | Self::Wrong(problem)) = self;
        format!("{}: {}", problem.code, problem.message)
    }
}

/// An object that is gone, or has other bytes than its name says, answers nothing.
impl From<ArchiveError> for Flaw {
    fn from(error: ArchiveError) -> Self {
        Self::Missing(Box::new(error.problem()))
    }
}

impl From<Flaw> for Stop {
    fn from(flaw: Flaw) -> Self {
        match flaw {
            Flaw::Missing(problem) => problem.into(),
            Flaw::Wrong(problem) => refused(*problem),
        }
    }
}
