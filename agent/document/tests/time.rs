//! When a document is believed, once and never again.
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

use arch_document::{Job, NoHistory, Revocation, SignedDocument, TrustRoot};
use world::*;

fn root() -> TrustRoot {
    RootText::new(1)
        .people(&["bea", "rex", "rob"])
        .role("jobs", &["bea"], 1, "Job")
        .role("revokers", &["rex", "rob"], 1, "Revocation")
        .active()
}

fn job_at(root: &TrustRoot, text: &str, now: &str) -> String {
    outcome(root.verify::<Job>(signed("job.yaml", text, &["bea"]), &at(now), &NoHistory))
}

fn revoke(root: &mut TrustRoot, text: &str, by: &str, history: &mut Memory) -> String {
    match root.verify::<Revocation>(signed("r.yaml", text, &[by]), &noon(), history) {
        Ok(verified) => {
            history.accept(&verified);
            root.revoke(verified);
            "verified".to_owned()
        }
        Err(refusal) => refusal.problem.code.to_string(),
    }
}

#[test]
fn both_ends_of_a_life_belong_to_it_and_a_second_beyond_does_not() {
    let text = job_between("2026-11-23T12:00:00Z", "2026-11-23T13:00:00Z");
    for (now, expected) in [
        ("2026-11-23T11:59:59Z", "ARCH-D009"),
        ("2026-11-23T12:00:00Z", "verified"),
        ("2026-11-23T13:00:00Z", "verified"),
        ("2026-11-23T13:00:01Z", "ARCH-D008"),
    ] {
        assert_eq!(job_at(&root(), &text, now), expected, "{now}");
    }
}

#[test]
fn an_expired_job_is_pointed_at_in_its_own_file() {
    let job = signed("job.yaml", &job_text(), &["bea"]);
    let refusal = root().verify::<Job>(job, &at("2026-11-25T00:00:00Z"), &NoHistory).unwrap_err();
    assert_eq!(told(&refusal), "ARCH-D008 8:13");
}

#[test]
fn a_job_lives_for_thirty_days_and_not_a_second_longer() {
    let first = "2026-11-23T00:00:00Z";
    for (last, expected) in [
        ("2026-12-23T00:00:00Z", "verified"),
        ("2026-12-23T00:00:01Z", "ARCH-D010"),
        ("2026-11-22T23:59:59Z", "ARCH-D010"),
    ] {
        assert_eq!(job_at(&root(), &job_between(first, last), NOON), expected, "{last}");
    }
}

#[test]
fn a_job_needs_owner_nonce_and_both_ends_of_its_life() {
    for field in ["owner", "nonce", "notBefore", "notAfter"] {
        let text: String =
            job_text().lines().filter(|l| !l.contains(field)).map(|l| format!("{l}\n")).collect();
        let job = signed("job.yaml", &text, &["bea"]);
        let refusal = root().verify::<Job>(job, &noon(), &NoHistory).unwrap_err();
        assert_eq!(told(&refusal), "ARCH-D203 3:1", "{field}");
        assert!(refusal.problem.message.contains(field));
    }
}

#[test]
fn a_job_is_accepted_once_for_ever_and_a_fresh_nonce_makes_another() {
    let (root, mut history) = (root(), Memory::default());
    let verify = |text: &str, history: &Memory| {
        root.verify::<Job>(signed("job.yaml", text, &["bea"]), &noon(), history)
    };
    history.accept(&verify(&job_text(), &history).unwrap());
    assert_eq!(outcome(verify(&job_text(), &history)), "ARCH-D014");
    let comment = job_text().replace("spec:", "spec: # again, please");
    assert_eq!(outcome(verify(&comment, &history)), "ARCH-D014");
    let envelope = signed("job.yaml", &job_text(), &["bea"]).to_envelope();
    let envelope = SignedDocument::parse("job.dsse.json", envelope.as_bytes()).unwrap();
    assert_eq!(outcome(root.verify::<Job>(envelope, &noon(), &history)), "ARCH-D014");
    let fresh = job_text().replace(NONCE, "ffeeddccbbaa99887766554433221100");
    assert_eq!(outcome(verify(&fresh, &history)), "verified");
}

#[test]
fn versions_only_grow_and_by_a_million_at_most() {
    let mut root = root();
    let mut history = Memory::default();
    let empty = |version| revocation_text("keys", version, "{keys: []}");
    for (version, expected) in [
        (0, "ARCH-D205"),
        (1_000_001, "ARCH-D012"),
        (5, "verified"),
        (4, "ARCH-D011"),
        (5, "verified"),
        (1_000_006, "ARCH-D012"),
        (9_007_199_254_740_991, "ARCH-D012"),
        (1_000_005, "verified"),
        (5, "ARCH-D011"),
    ] {
        assert_eq!(revoke(&mut root, &empty(version), "rex", &mut history), expected, "{version}");
    }
    let other = revocation_text("keys", 1_000_005, "{documents: []}");
    assert_eq!(revoke(&mut root, &other, "rex", &mut history), "ARCH-D013");
    let by_another_name = revocation_text("others", 1, "{keys: []}");
    assert_eq!(revoke(&mut root, &by_another_name, "rex", &mut history), "verified");
}

#[test]
fn a_revoked_key_counts_until_its_time_and_never_after_whatever_the_document_claims() {
    let mut root = root();
    let spec = format!(
        "{{keys: [{{key: \"{}\", since: \"2026-11-23T12:00:00Z\", reason: lost}}]}}",
        did("bea")
    );
    let text = revocation_text("keys", 1, &spec);
    assert_eq!(revoke(&mut root, &text, "rex", &mut Memory::default()), "verified");
    // The document says it is older than the revocation; the verifier's time decides.
    let text = job_between("2026-11-20T00:00:00Z", "2026-11-24T00:00:00Z");
    assert_eq!(job_at(&root, &text, "2026-11-23T11:59:59Z"), "verified");
    assert_eq!(job_at(&root, &text, "2026-11-23T12:00:00Z"), "ARCH-D015");
    assert_eq!(job_at(&root, &text, "2026-11-23T23:00:00Z"), "ARCH-D015");
}

#[test]
fn a_newer_revocation_of_the_name_replaces_the_older() {
    let mut root = root();
    let mut history = Memory::default();
    let of = |who: &str| {
        format!("{{keys: [{{key: \"{}\", since: \"2026-11-01T00:00:00Z\", reason: x}}]}}", did(who))
    };
    assert_eq!(
        revoke(&mut root, &revocation_text("k", 1, &of("bea")), "rex", &mut history),
        "verified"
    );
    assert_eq!(job_at(&root, &job_text(), NOON), "ARCH-D015");
    assert_eq!(
        revoke(&mut root, &revocation_text("k", 2, "{keys: []}"), "rex", &mut history),
        "verified"
    );
    assert_eq!(job_at(&root, &job_text(), NOON), "verified");
}

#[test]
fn a_revoked_revoker_revokes_no_more() {
    let mut root = root();
    let mut history = Memory::default();
    let spec = format!(
        "{{keys: [{{key: \"{}\", since: \"2026-11-01T00:00:00Z\", reason: x}}]}}",
        did("rex")
    );
    assert_eq!(revoke(&mut root, &revocation_text("k", 1, &spec), "rob", &mut history), "verified");
    assert_eq!(
        revoke(&mut root, &revocation_text("k", 2, "{keys: []}"), "rex", &mut history),
        "ARCH-D015"
    );
}

#[test]
fn a_revoked_document_is_refused_by_its_digest() {
    let mut root = root();
    let digest = signed("j", &job_text(), &[]).digest();
    let spec = format!("{{documents: [{{digest: \"{digest}\", reason: \"wrong data set\"}}]}}");
    let text = revocation_text("documents", 1, &spec);
    assert_eq!(revoke(&mut root, &text, "rex", &mut Memory::default()), "verified");
    assert_eq!(job_at(&root, &job_text(), NOON), "ARCH-D016");
}

#[test]
fn nothing_is_verified_with_a_root_past_its_life() {
    let late = job_between("2027-11-20T00:00:00Z", "2027-11-24T00:00:00Z");
    assert_eq!(job_at(&root(), &late, "2027-11-23T00:00:00Z"), "verified");
    assert_eq!(job_at(&root(), &late, "2027-11-23T00:00:01Z"), "ARCH-D020");
}
