//! Layers only narrow: roles, policies and their rules, however many and in whatever order.

use arch_campaign::{Campaign, Case as Drawn};
use arch_document::Grant;
use serde_json::{Value, json};

use super::{
    around::{Around, around},
    jobs::job,
    names::*,
    policies::{policy, when},
};
use crate::{active::effective, grants};

fn parsed<S: AsRef<str>>(grants: &[S]) -> Vec<Grant> {
    grants.iter().map(|grant| grant.as_ref().parse().unwrap()).collect()
}

/// What is left of everything after these layers.
fn meet(layers: &[Vec<String>]) -> Vec<Grant> {
    let all = parsed(&["read:/", "write:/", "egress:443", "egress:80", "egress:25"]);
    layers.iter().fold(all, |held, layer| grants::narrow(&held, &parsed(layer)))
}

fn within(inner: &[Grant], outer: &[Grant]) -> bool {
    inner.iter().all(|grant| grants::covers(outer, grant))
}

#[test]
fn adding_a_layer_never_widens_what_a_job_may_do() {
    let world = (policy(), job(), around(), when());
    let layer = list_of(&GRANTS, 5);
    Campaign::new("policy-layers", 150).watch("widened").watch("admitted more").run(|case| {
        let layers: Vec<_> = (0..=case.below(4)).map(|_| case.draw(&layer)).collect();
        one_layer_more(case, &layers, &layer);
        let (policy, job, around, when) = case.draw(&world);
        stricter_policy(case, &policy, &job, &around, &when);
    });
}

/// A list of grants among others, and all of them in another order.
fn one_layer_more(
    case: &mut Drawn,
    layers: &[Vec<String>],
    layer: &impl proptest::strategy::Strategy<Value = Vec<String>>,
) {
    let before = meet(layers);
    let mut more = layers.to_vec();
    more.insert(case.index(layers.len()), case.draw(layer));
    let after = meet(&more);
    let all = more.iter().all(|layer| within(&after, &parsed(layer)));
    if !within(&after, &before) || !all {
        case.fault("widened", format!("{layers:?} to {more:?}: {before:?} to {after:?}"));
    }
    let mut turned = more.clone();
    turned.rotate_left(case.index(more.len()));
    let (one, other) = (case.index(more.len()), case.index(more.len()));
    turned.swap(one, other);
    if meet(&turned) != after {
        case.fault("widened", format!("the order of {more:?} matters"));
    }
    case.count("layers added");
}

/// A rule more that refuses, an allowance less, a role with less to ask for.
fn stricter_policy(case: &mut Drawn, policy: &Value, job: &Value, around: &Around, when: &Value) {
    let decided = |policy: &Value, around: &Around| {
        around.decide(policy, job, |case| {
            (case.findings().iter().all(|finding| !finding.has_failed()), effective(case))
        })
    };
    let (allowed, left) = decided(policy, around);
    let mut stricter = Vec::new();
    let mut refusing = policy.clone();
    let rule = json!({ "id": "refuse.more", "when": when, "reason": "so" });
    refusing["refuse"].as_array_mut().unwrap().push(rule);
    stricter.push(("a rule that refuses", refusing, around.clone()));
    for list in ["allow", "owners", "runtimes"] {
        let mut poorer = policy.clone();
        let entries = poorer[list].as_array_mut().unwrap();
        if !entries.is_empty() {
            entries.remove(case.index(entries.len()));
        }
        stricter.push((list, poorer, around.clone()));
    }
    stricter.push(("a role's caps", policy.clone(), around.with_poorer_role(case)));
    for (what, policy, around) in stricter {
        let (now_allowed, now_left) = decided(&policy, &around);
        case.count("policies made stricter");
        if now_allowed && !allowed {
            case.fault("admitted more", format!("{what}: {policy} on {job}"));
        }
        if !within(&now_left, &left) {
            case.fault("widened", format!("{what}: {left:?} to {now_left:?}, {policy} on {job}"));
        }
    }
    if allowed {
        case.count("allowed");
    }
}
