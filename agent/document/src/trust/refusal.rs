//! A document that was not believed, and why.

use std::fmt;

use arch_problem::Problem;

use crate::SignedDocument;

/// Hands the document back with the reason.
#[derive(Debug)]
pub struct Refusal {
    /// The document as it came.
    pub document: SignedDocument,
    /// The first thing that is wrong with it.
    pub problem: Problem,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.problem, f)
    }
}

impl std::error::Error for Refusal {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.problem)
    }
}
