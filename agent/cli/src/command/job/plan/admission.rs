//! The policy's answer, one step a check.

use arch_document::{Job, Verified};
use arch_policy::{Check, RuleRef};

use super::node::Node;
use super::step::Step;

pub(super) fn decide(job: &Verified<Job>, node: &Node) -> Vec<Step> {
    let policy = match &node.policy {
        Ok(policy) => policy,
        Err(problem) => return vec![Step::no("policy", problem.clone())],
    };
    let decision = policy.explain(job, &node.facts());
    decision.checks.into_iter().map(step).collect()
}

fn step(check: Check) -> Step {
    let rule = check.rule.as_ref().map(named);
    match check.problem {
        Some(problem) => Step::no(check.about, problem).by_rule(rule),
        None => Step::ok(check.about, check.evidence).by_rule(rule),
    }
}

fn named(rule: &RuleRef) -> String {
    match &rule.place {
        Some(place) => format!("{} at {place}", rule.id),
        None => rule.id.clone(),
    }
}
