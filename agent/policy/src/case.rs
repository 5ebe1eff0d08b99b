//! One job put before one policy, as plain data: what every check looks at.

use arch_document::{Grant, Job};
use arch_identity::Digest;
use arch_problem::Place;

use crate::{Facts, finding::Finding, spec::PolicySpec};

/// A job that was verified, and everything its admission depends upon. Borrowed, never stored.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Case<'a> {
    pub(crate) policy: &'a PolicySpec,
    pub(crate) job: &'a Job,
    pub(crate) digest: Digest,
    /// The capabilities of each role that signed, by the role's name.
    pub(crate) roles: &'a [RoleCaps],
    pub(crate) signers: &'a [String],
    pub(crate) facts: &'a Facts,
    /// Whether somebody will read what the checks rest upon.
    pub(crate) tells: bool,
}

/// What one satisfied role may ask for at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RoleCaps {
    pub(crate) role: String,
    /// `None` for a role that the trust root does not narrow.
    pub(crate) caps: Option<Vec<Grant>>,
    /// Where they stand in the trust root.
    pub(crate) place: Option<Place>,
}

impl Case<'_> {
    /// What a check that holds rests upon; the words are put together only for readers.
    pub(crate) fn told(&self, words: impl FnOnce() -> String) -> String {
        if self.tells { words() } else { String::new() }
    }

    /// Every check, in the order in which people read them. No check is left out because another
    /// one failed: the owner learns all reasons at once.
    pub(crate) fn findings(&self) -> Vec<Finding> {
        use crate::check;
        let checks: [fn(&Case<'_>, &mut Vec<Finding>); 12] = [
            check::time::check,
            check::audience::check,
            check::owner::check,
            check::refuse::check,
            check::image::check,
            check::runtime::check,
            check::resources::check,
            check::capabilities::check,
            check::isolation::check,
            check::inputs::check,
            check::placement::check,
            check::after::check,
        ];
        let mut findings = Vec::with_capacity(32);
        for check in checks {
            check(self, &mut findings);
        }
        findings
    }
}
