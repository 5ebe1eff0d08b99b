//! Properties of the decision over small worlds, and its agreement with the plain second reading.
//!
//! `cargo xtask soak policy` and `… policy-layers` draw other worlds, as many as asked.

mod around;
mod coverage;
mod disputes;
mod jobs;
mod layers;
mod names;
mod pins;
mod policies;

use arch_campaign::Campaign;
use arch_document::Grant;
use arch_identity::Digest;
use proptest::prelude::*;

use crate::{
    PolicySpec,
    active::effective,
    finding::{Answer, Finding},
    grants,
    oracle::{Refusals, refusals},
    spec,
};
use around::around;
use jobs::job;
use policies::policy;

fn refused(findings: &[Finding]) -> Refusals {
    let of = |finding: &Finding| match &finding.answer {
        Answer::Holds { .. } => None,
        Answer::Fails { code, .. } => Some((code.as_str(), finding.at.to_string())),
    };
    findings.iter().filter_map(of).collect()
}

#[test]
fn the_decision_agrees_with_the_plain_second_reading() {
    let worlds = (policy(), job(), around());
    let digest = Digest::of(b"a job").to_string();
    Campaign::new("policy", 400).watch("disagreements").run(|case| {
        let (policy, job, around) = case.draw(&worlds);
        let ours = around.decide(&policy, &job, |case| refused(&case.findings()));
        let theirs = refusals(&policy, &job, &around.world(&digest));
        case.count("triples");
        case.count(if ours.is_empty() { "allowed" } else { "refused" });
        case.add("reasons", u64::try_from(ours.len()).unwrap());
        if ours != theirs {
            let why = format!("we {ours:?}\nthey {theirs:?}\n{policy}\n{job}\n{around:?}");
            case.fault("disagreements", why);
        }
    });
}

proptest! {
    #[test]
    fn reasons_are_the_same_in_the_same_order_every_time(
        policy in policy(), job in job(), around in around(),
    ) {
        let once = around.decide(&policy, &job, |case| case.findings());
        let again = around.decide(&policy, &job, |case| case.findings());
        prop_assert_eq!(once, again);
    }

    #[test]
    fn an_allowed_job_gets_all_it_asked_for_and_a_refused_one_never_more(
        policy in policy(), job in job(), around in around(),
    ) {
        let (findings, left, asked) = around.decide(&policy, &job, |case| {
            let asked: Vec<Grant> =
                crate::check::capabilities::asked(case).map(|(_, grant)| grant.clone()).collect();
            (case.findings(), effective(case), asked)
        });
        prop_assert!(left.iter().all(|grant| grants::covers(&asked, grant)));
        if findings.iter().all(|finding| !finding.has_failed()) {
            prop_assert_eq!(left, grants::tidy(asked));
        }
    }

    #[test]
    fn no_policy_panics_when_it_is_checked(policy in policy()) {
        let policy: PolicySpec = serde_json::from_value(policy).unwrap();
        let _ = spec::check(&policy);
    }
}
