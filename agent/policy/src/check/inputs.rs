//! Does every input say by digest which bytes it is?

use arch_problem::codes;

use crate::{
    case::Case,
    finding::{Finding, Remedy, RuleAt, escaped},
};

const ABOUT: &str = "inputs";

pub(crate) fn check(case: &Case<'_>, findings: &mut Vec<Finding>) {
    for (name, address) in &case.job.spec.inputs {
        let at = format!("/spec/inputs/{}", escaped(name));
        let rule = RuleAt::path("inputs.allowUnpinned");
        findings.push(if address.digest().is_some() {
            Finding::holds(
                ABOUT,
                at,
                None,
                case.told(|| format!("`{name}` is pinned by its digest")),
            )
        } else if case.policy.inputs.allow_unpinned {
            Finding::holds(ABOUT, at, rule, format!("the policy allows `{name}` unpinned"))
        } else {
            let message = format!("input `{name}` is named without a digest");
            Finding::fails(ABOUT, at, rule, codes::NOT_PINNED, message)
                .remedy(Remedy::Say(format!("write it as `{address}@sha256:…`")))
        });
    }
}
