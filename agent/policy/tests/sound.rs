//! A policy with a slip in it never becomes active, and the slip is pointed at.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests may be blunt"
)]

mod world;

use arch_document::SignedDocument;
use arch_policy::Policy;
use world::POLICY;

#[track_caller]
fn slip(from: &str, to: &str, code: &str, at: &str) {
    assert!(POLICY.contains(from), "no `{from}` in the policy");
    let text = POLICY.replacen(from, to, 1);
    let document = SignedDocument::parse("policy.yaml", text.as_bytes()).unwrap();
    let problem = document.read::<Policy>().unwrap_err();
    let span = problem.at.as_ref().unwrap().span;
    assert_eq!((problem.code.as_str(), &text[span.start..span.end]), (code, at), "{problem}");
}

#[test]
fn two_rules_with_one_id_are_a_slip() {
    slip("id: fs.data", "id: net.egress", "ARCH-P101", "net.egress");
    slip("id: refuse.mining", "id: owners.people", "ARCH-P101", "owners.people");
}

#[test]
fn an_id_that_is_no_name_is_a_slip() {
    slip("id: fs.data", "id: \"FS data\"", "ARCH-P102", "\"FS data\"");
    slip("id: fs.data", "id: \"9\"", "ARCH-P102", "\"9\"");
}

#[test]
fn a_rule_that_says_nothing_is_a_slip() {
    slip("when: { label: { purpose: \"mining*\" } }", "when: {}", "ARCH-P103", "{}");
    slip("reason: \"we pay for our power\"", "reason: \" \"", "ARCH-P103", "\" \"");
    slip("fs: [\"read:/srv/data\"]", "fs: []", "ARCH-P103", "id: fs.data");
}

#[test]
fn a_pattern_that_cannot_be_used_is_a_slip() {
    slip("[\"arch/*\"]", "[\"arch/ *\"]", "ARCH-P104", "\"arch/ *\"");
    slip("owner: \"user:*\"", "owner: \"\"", "ARCH-P104", "\"\"");
}

#[test]
fn caps_of_zero_and_limits_without_end_are_slips() {
    slip("cpu: \"4\"", "cpu: \"0\"", "ARCH-P105", "\"0\"");
    let limits = "  resources:\n    limits: { outputs: \"100Gi\" }\n";
    slip("  resources:\n", limits, "ARCH-P106", "\"100Gi\"");
}

#[test]
fn a_grant_in_the_wrong_list_is_a_slip() {
    let (fs, net) = ("fs: [\"read:/srv/data\"]", "net: [\"read:/srv/data\"]");
    slip(fs, net, "ARCH-D205", "\"read:/srv/data\"");
}

#[test]
fn a_field_that_nobody_knows_is_refused_everywhere() {
    for (from, to, field) in [
        ("  runtimes: [wasm]", "  runtimes: [wasm]\n  alow: []", "alow"),
        ("id: fs.data", "id: fs.data\n      nett: [\"egress:1\"]", "nett"),
        ("allow: [\"arch/*\"]", "allow: [\"arch/*\"], deny: [\"x\"]", "deny"),
        ("when: { label:", "when: { ovner: \"x\", label:", "ovner"),
        ("  runtimes: [wasm]", "  runtimes: [wasm]\n  circuits: { pin: [] }", "pin"),
        ("powerBudgetW: 100", "powerBudgetW: 100, disk: \"1Gi\"", "disk"),
    ] {
        slip(from, to, "ARCH-D202", field);
    }
}
