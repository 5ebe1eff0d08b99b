//! That the random worlds are worth deciding: both answers, every code, and what is easily missed.

use arch_document::Grant;
use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    test_runner::TestRunner,
};
use serde_json::{Value, json};

use super::{around::around, jobs::job, policies::policy, refused};

/// A generator that only ever makes refusals would agree with anything.
#[test]
fn the_generated_worlds_hold_both_answers_and_every_code_of_a_refusal() {
    let mut runner = TestRunner::deterministic();
    let mut codes = std::collections::BTreeSet::new();
    let (mut allowed, mut products) = (0, 0);
    // What a narrower reading of a refusal would let through: a folder above the refused one, and
    // a name with one more slash than the pattern.
    let (mut above, mut beyond_a_slash) = (0, 0);
    for _ in 0..4_000 {
        let (policy, job, around) =
            (policy(), job(), around()).new_tree(&mut runner).unwrap().current();
        let refused = around.decide(&policy, &job, |case| refused(&case.findings()));
        allowed += u32::from(refused.is_empty());
        products += u32::from(refused.is_empty() && job["spec"]["runtime"] == "matrix");
        let rules: Vec<&Value> = policy["refuse"].as_array().unwrap().iter().collect();
        let decides = |when: &Value| when.as_object().unwrap().len() == 1;
        above += rules.iter().filter(|r| decides(&r["when"]) && is_above(&job, &r["when"])).count();
        beyond_a_slash += rules.iter().filter(|r| is_beyond_a_slash(&job, &r["when"])).count();
        codes.extend(refused.into_iter().map(|(code, _)| code));
    }
    assert!(allowed > 40, "{allowed} of 4,000 are allowed");
    assert!(products > 0, "no product is ever allowed");
    assert!(above > 4 && beyond_a_slash > 20, "{above} above, {beyond_a_slash} beyond a slash");
    let wanted = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 17, 18];
    for number in wanted {
        assert!(codes.contains(&*format!("ARCH-P{number:03}")), "P{number:03} never comes up");
    }
}

/// Whether the job asks for a folder that what the condition refuses lies in.
fn is_above(job: &Value, when: &Value) -> bool {
    let Some(refused) = when["asks"].as_str() else { return false };
    let refused: Grant = refused.parse().unwrap();
    let lists = ["net", "fs"].map(|list| job["spec"]["capabilities"][list].as_array().unwrap());
    let asked = lists.into_iter().flatten().map(|grant| grant.as_str().unwrap());
    asked
        .map(|grant| grant.parse::<Grant>().unwrap())
        .any(|grant| grant != refused && grant.covers(&refused))
}

/// Whether the job's name of something goes on after a `/` where the condition's star stands.
fn is_beyond_a_slash(job: &Value, when: &Value) -> bool {
    let meta = &job["metadata"];
    *when == json!({ "owner": "user:*" }) && meta["owner"] == "user:lab/x"
        || *when == json!({ "label": { "purpose": "mining*" } })
            && meta["labels"]["purpose"] == "mining/x"
        || *when == json!({ "image": "arch/*" })
            && job["spec"]["image"].as_str().unwrap_or_default().starts_with("arch/deep/")
}
