//! Is the runtime allowed, and is there an executor for it?

use arch_problem::codes;

use crate::{
    case::Case,
    finding::{Finding, RuleAt},
};

const ABOUT: &str = "runtime";
const AT: &str = "/spec/runtime";

pub(crate) fn check(case: &Case<'_>, findings: &mut Vec<Finding>) {
    let asked = case.job.spec.runtime;
    let name = asked.name();
    let allowed = case.policy.runtimes.iter().position(|runtime| *runtime == asked);
    findings.push(match allowed {
        Some(index) => Finding::holds(
            ABOUT,
            AT,
            RuleAt::path(format!("runtimes.{index}")),
            case.told(|| format!("the policy allows `{name}`")),
        ),
        None => Finding::fails(
            ABOUT,
            AT,
            RuleAt::path("runtimes"),
            codes::RUNTIME_NOT_OFFERED,
            format!("the policy does not allow runtime `{name}`"),
        ),
    });
    findings.push(if case.facts.runtimes.contains(&asked) {
        Finding::holds(ABOUT, AT, None, case.told(|| format!("an executor for `{name}` is here")))
    } else {
        let message = format!("this node has no executor for runtime `{name}`");
        Finding::fails(ABOUT, AT, None, codes::RUNTIME_NOT_OFFERED, message)
    });
}
