//! Does the policy know the owner?

use arch_problem::codes;

use crate::{
    case::Case,
    finding::{Finding, Remedy, RuleAt},
    spec::{OwnerRule, PolicySpec},
};

const ABOUT: &str = "owner";
const AT: &str = "/metadata/owner";

pub(crate) fn check(case: &Case<'_>, findings: &mut Vec<Finding>) {
    let owner = case.job.owner();
    findings.push(match rule_for(case.policy, owner) {
        Some((index, rule)) => Finding::holds(
            ABOUT,
            AT,
            RuleAt::named(&rule.id, "owners", index),
            case.told(|| {
                format!("`{owner}` fits `{}`, weight {}", rule.owner, rule.weight.value())
            }),
        ),
        None => Finding::fails(
            ABOUT,
            AT,
            RuleAt::path("owners"),
            codes::OWNER_NOT_ALLOWED,
            format!("no rule lets owner `{owner}` run jobs here"),
        )
        .remedy(Remedy::OrSigners("send the job to another node".to_owned())),
    });
}

/// The first rule that fits an owner.
pub(crate) fn rule_for<'a>(policy: &'a PolicySpec, owner: &str) -> Option<(usize, &'a OwnerRule)> {
    policy.owners.iter().enumerate().find(|(_, rule)| rule.owner.fits(owner))
}
