//! May the job have each capability it asks for? By the roles that signed it, and by this node.

use arch_document::Grant;
use arch_problem::codes;

use crate::{
    case::{Case, RoleCaps},
    finding::{Finding, Remedy, RuleAt, Source},
    grants,
    spec::{AllowRule, PolicySpec},
};

pub(crate) fn check(case: &Case<'_>, findings: &mut Vec<Finding>) {
    for (at, grant) in asked(case) {
        findings.push(by_roles(case, &at, grant));
        findings.push(by_policy(case, &at, grant));
    }
}

/// Every capability of the request with its place.
pub(crate) fn asked<'a>(case: &Case<'a>) -> impl Iterator<Item = (String, &'a Grant)> {
    case.job.spec.capabilities.with_pointers("/spec/capabilities")
}

/// Each role that signed is enough by itself for what its caps cover.
fn by_roles(case: &Case<'_>, at: &str, grant: &Grant) -> Finding {
    let roles = case.roles;
    match roles.iter().find(|role| may_ask(role, grant)) {
        Some(role) => Finding::holds(
            "signers' capabilities",
            at.to_owned(),
            Some(rule_of(role)),
            case.told(|| format!("role `{}` may ask for `{grant}`", role.role)),
        ),
        None => {
            let names: Vec<_> = roles.iter().map(|role| format!("`{}`", role.role)).collect();
            let message = format!("role {} may not ask for `{grant}`", names.join(", "));
            let rule = roles.first().map(rule_of);
            Finding::fails(
                "signers' capabilities",
                at.to_owned(),
                rule,
                codes::BEYOND_ROLE,
                message,
            )
        }
    }
}

fn rule_of(role: &RoleCaps) -> RuleAt {
    RuleAt { id: format!("role.{}", role.role), source: Source::Root(role.place.clone()) }
}

fn may_ask(role: &RoleCaps, grant: &Grant) -> bool {
    role.caps.as_ref().is_none_or(|caps| grants::covers(caps, grant))
}

fn by_policy(case: &Case<'_>, at: &str, grant: &Grant) -> Finding {
    let policy = case.policy;
    if let Some((index, rule)) = allowing(policy, grant) {
        let evidence = case.told(|| format!("rule `{}` allows `{grant}`", rule.id));
        return Finding::holds(
            "policy's capabilities",
            at.to_owned(),
            RuleAt::named(&rule.id, "allow", index),
            evidence,
        );
    }
    let smaller: Vec<_> = allowed(policy)
        .filter(|cap| grant.covers(cap))
        .map(|cap| format!("`{cap}`"))
        .take(3)
        .collect();
    let own_way = if smaller.is_empty() {
        "remove the request".to_owned()
    } else {
        format!("narrow the request to {}", smaller.join(" or "))
    };
    Finding::fails(
        "policy's capabilities",
        at.to_owned(),
        nearest(policy, grant),
        codes::NOT_ALLOWED,
        format!("policy denies `{grant}`"),
    )
    .remedy(Remedy::OrSigners(own_way))
}

fn allowing<'a>(policy: &'a PolicySpec, grant: &Grant) -> Option<(usize, &'a AllowRule)> {
    let covers =
        |rule: &AllowRule| grants::covers(&rule.net, grant) || grants::covers(&rule.fs, grant);
    policy.allow.iter().enumerate().find(|(_, rule)| covers(rule))
}

/// Every capability that the policy allows, rule by rule.
pub(crate) fn allowed(policy: &PolicySpec) -> impl Iterator<Item = &Grant> {
    policy.allow.iter().flat_map(|rule| rule.net.iter().chain(&rule.fs))
}

/// The rule to show for a denial: the first about the same kind of thing, or the empty list.
fn nearest(policy: &PolicySpec, grant: &Grant) -> Option<RuleAt> {
    let alike = |rule: &AllowRule| rule.net.iter().chain(&rule.fs).any(|cap| same_verb(cap, grant));
    let found = policy.allow.iter().enumerate().find(|(_, rule)| alike(rule));
    match found {
        Some((index, rule)) => RuleAt::named(&rule.id, "allow", index),
        None => RuleAt::path("allow"),
    }
}

fn same_verb(a: &Grant, b: &Grant) -> bool {
    std::mem::discriminant(a) == std::mem::discriminant(b)
}
