//! Is each resource within the policy's cap, and is there a GPU if one is asked for?

use std::fmt::Display;

use arch_problem::codes;

use crate::{
    case::Case,
    finding::{Finding, Remedy, RuleAt},
    limits,
};

const ABOUT: &str = "resources";

pub(crate) fn check(case: &Case<'_>, findings: &mut Vec<Finding>) {
    let (asked, max) = (&case.job.spec.resources, &case.policy.resources.max);
    findings.push(within(case, "cpu", &asked.cpu, &max.cpu));
    findings.push(within(case, "memory", &asked.memory, &max.memory));
    findings.push(within(case, "gpu", &asked.gpu, &max.gpu));
    if let Some(power) = &asked.power_budget {
        findings.push(within(case, "powerBudgetW", power, &max.power_budget));
    }
    findings.push(within(case, "timeout", &asked.timeout, &max.timeout));
    if let Some(fuel) = &asked.fuel {
        findings.push(within(case, "fuel", fuel, &limits::max_fuel(&case.policy.resources)));
    }
    if asked.gpu > case.facts.gpus {
        let message =
            format!("{} GPUs are asked for and this node has {}", asked.gpu, case.facts.gpus);
        findings.push(Finding::fails(ABOUT, "/spec/resources/gpu", None, codes::NO_GPU, message));
    }
}

fn within<T: Ord + Display>(case: &Case<'_>, name: &str, asked: &T, max: &T) -> Finding {
    let at = format!("/spec/resources/{name}");
    let rule = RuleAt::path(format!("resources.max.{name}"));
    if asked <= max {
        let evidence = case.told(|| format!("{name} `{asked}` is within `{max}`"));
        return Finding::holds(ABOUT, at, rule, evidence);
    }
    let message = format!("{name} `{asked}` is above the policy's cap of `{max}`");
    Finding::fails(ABOUT, at, rule, codes::OVER_CAP, message)
        .remedy(Remedy::OrSigners(format!("ask for at most `{max}`")))
}
