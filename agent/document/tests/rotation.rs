//! How trust roots follow each other.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests may be blunt"
)]

mod world;

use arch_document::{Job, Kind, NoHistory, Refusal, Revocation, TrustRoot};
use arch_identity::Digest;
use world::*;

/// Version 1 is `ada`'s; version 2 needs two of `ada`, `bea`, `cem`.
fn first() -> RootText {
    RootText::new(1).role("jobs", &["ada"], 1, "Job")
}

fn second() -> RootText {
    RootText::new(2).people(&["bea", "cem"]).role("root", &["bea", "cem"], 2, "Root").role(
        "jobs",
        &["cem"],
        1,
        "Job",
    )
}

fn refused(result: Result<TrustRoot, Box<Refusal>>) -> String {
    result.unwrap_err().problem.code.to_string()
}

#[test]
fn a_root_is_taken_by_its_digest_and_no_other() {
    let document = first().signed(&["ada"]);
    let pin = document.digest();
    assert!(TrustRoot::pinned(document.clone(), pin, &noon()).is_ok());
    let refusal = TrustRoot::pinned(document, Digest::of(b"other"), &noon());
    assert_eq!(refused(refusal), "ARCH-D018");
}

#[test]
fn even_a_pinned_root_needs_its_own_signers() {
    assert_eq!(refused(pin(first().signed(&[]))), "ARCH-D001");
    assert_eq!(refused(pin(first().signed(&["bea"]))), "ARCH-D002");
    let mut headless = first();
    headless.roles.remove("root");
    assert_eq!(refused(pin(headless.signed(&["ada"]))), "ARCH-D034");
}

#[test]
fn the_next_root_is_signed_by_the_one_before_and_by_itself() {
    let root = first().active();
    let next = |by: &[&str]| root.rotate(second().signed(by), &noon());
    let rotated = next(&["ada", "bea", "cem"]).unwrap();
    assert_eq!(rotated.version(), 2);
    assert_eq!(refused(next(&["ada"])), "ARCH-D005");
    assert_eq!(refused(next(&["bea", "cem"])), "ARCH-D002");
    assert_eq!(refused(next(&["ada", "bea"])), "ARCH-D004");
}

#[test]
fn after_a_rotation_the_new_signers_count_and_the_old_do_not() {
    let rotated =
        first().active().rotate(second().signed(&["ada", "bea", "cem"]), &noon()).unwrap();
    assert_eq!(code::<Job>(&rotated, signed("j", &job_text(), &["cem"])), "verified");
    assert_eq!(code::<Job>(&rotated, signed("j", &job_text(), &["ada"])), "ARCH-D005");
}

#[test]
fn versions_are_walked_one_by_one_and_never_back() {
    let root = first().active();
    let by = ["ada", "bea", "cem"];
    for version in [0, 1, 3, 1_000, 9_007_199_254_740_991] {
        let mut next = second();
        next.version = version;
        let code = refused(root.rotate(next.signed(&by), &noon()));
        assert_eq!(code, if version == 0 { "ARCH-D205" } else { "ARCH-D019" }, "{version}");
    }
    let rotated = root.rotate(second().signed(&by), &noon()).unwrap();
    assert_eq!(refused(rotated.rotate(first().signed(&by), &noon())), "ARCH-D019");
    let mut other = second();
    other.name = "elsewhere".to_owned();
    assert_eq!(refused(root.rotate(other.signed(&by), &noon())), "ARCH-D019");
}

#[test]
fn a_root_past_its_life_can_be_rotated_but_not_used() {
    let mut old = first();
    old.not_after = "2026-11-01T00:00:00Z".to_owned();
    let old = old.active();
    assert_eq!(code::<Job>(&old, signed("j", &job_text(), &["ada"])), "ARCH-D020");
    let rotated = old.rotate(second().signed(&["ada", "bea", "cem"]), &noon()).unwrap();
    assert_eq!(code::<Job>(&rotated, signed("j", &job_text(), &["cem"])), "verified");
}

#[test]
fn the_ledger_remembers_roots_so_that_an_old_or_a_second_one_is_not_used() {
    let root = first().active();
    let by = ["ada", "bea", "cem"];
    let rotated = root.rotate(second().signed(&by), &noon()).unwrap();
    let digests = vec![root.document().digest(), rotated.document().digest()];
    let mut history = Memory { digests, ..Memory::default() };
    history.versions.insert((Kind::Root, "world".to_owned()), 2);
    let job = |root: &TrustRoot, by: &str| {
        outcome(root.verify::<Job>(signed("j", &job_text(), &[by]), &noon(), &history))
    };
    assert_eq!(job(&rotated, "cem"), "verified");
    assert_eq!(job(&root, "ada"), "ARCH-D011");
    let twin = second().role("extra", &["bea"], 1, "Policy").signed(&by);
    let twin = root.rotate(twin, &noon()).unwrap();
    assert_eq!(job(&twin, "cem"), "ARCH-D013");
}

#[test]
fn revocations_outlive_a_rotation() {
    let mut root = first().person("rex").role("revokers", &["rex"], 1, "Revocation").active();
    let spec = format!(
        "{{keys: [{{key: \"{}\", since: \"2026-11-01T00:00:00Z\", reason: x}}]}}",
        did("cem")
    );
    let text = revocation_text("k", 1, &spec);
    let verified = root.verify::<Revocation>(signed("r", &text, &["rex"]), &noon(), &NoHistory);
    root.revoke(verified.unwrap());
    assert_eq!(refused(root.rotate(second().signed(&["ada", "bea", "cem"]), &noon())), "ARCH-D015");
}
