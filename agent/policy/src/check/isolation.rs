//! May the owner's jobs share a warm worker?

use arch_document::Isolation;
use arch_problem::codes;

use crate::{
    case::Case,
    finding::{Finding, Remedy, RuleAt},
};

const ABOUT: &str = "isolation";
const AT: &str = "/spec/isolation";

/// A job that asks for less isolation than it may have is refused, not quietly run otherwise:
/// what was signed is what is run.
pub(crate) fn check(case: &Case<'_>, findings: &mut Vec<Finding>) {
    if case.job.spec.isolation == Isolation::Process {
        findings.push(Finding::holds(ABOUT, AT, None, "one fresh process for the job"));
        return;
    }
    let owner = case.job.owner();
    let allowed = case.policy.isolation.shared.iter().position(|pattern| pattern.fits(owner));
    findings.push(match allowed {
        Some(index) => Finding::holds(
            ABOUT,
            AT,
            RuleAt::path(format!("isolation.shared.{index}")),
            format!("jobs of `{owner}` may share a warm worker"),
        ),
        None => Finding::fails(
            ABOUT,
            AT,
            RuleAt::path("isolation"),
            codes::SHARED_NOT_ALLOWED,
            format!("jobs of `{owner}` may not share a warm worker"),
        )
        .remedy(Remedy::OrSigners("write `isolation: process`".to_owned())),
    });
}
