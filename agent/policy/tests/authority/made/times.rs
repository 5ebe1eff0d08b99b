//! Time, audience, replay and rollback.

use serde_json::{Value, json};

use super::{Vector, document_digest, policy_text, vector};
use crate::world::*;

const NODE: &str = "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp";

pub(super) fn times() -> Vec<Vector> {
    [boundaries(), lives(), clocks()].into_iter().flatten().collect()
}

fn job(first: &str, last: &str) -> String {
    sign_text(&job_between(first, last), &["bea"])
}

fn day() -> String {
    job("2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z")
}

fn without(field: &str) -> String {
    job_text().lines().filter(|l| !l.contains(field)).map(|l| format!("{l}\n")).collect()
}

fn boundaries() -> Vec<Vector> {
    let policy = sign_text(&policy_text("world", 1, ""), &["pol"]);
    [
        ("accepted/first-second", day(), "2026-11-23T00:00:00Z", "believed"),
        ("accepted/last-second", day(), "2026-11-24T00:00:00Z", "believed"),
        ("expired-by-a-second", day(), "2026-11-24T00:00:01Z", "ARCH-D008 8:13"),
        ("not-yet-by-a-second", day(), "2026-11-22T23:59:59Z", "ARCH-D009 7:14"),
        ("policy-expired", policy, "2027-01-01T00:00:01Z", "ARCH-D008 6:13"),
    ]
    .map(|(name, text, now, expect)| {
        let because = "both ends belong to a life, and not a second more";
        vector(&format!("time/{name}"), &text, expect, because).at(now)
    })
    .into()
}

fn lives() -> Vec<Vector> {
    let first = "2026-11-23T00:00:00Z";
    [
        ("accepted/thirty-days", job(first, "2026-12-23T00:00:00Z"), "believed"),
        ("longer-than-thirty-days", job(first, "2026-12-23T00:00:01Z"), "ARCH-D010 8:13"),
        ("ends-before-it-begins", job(first, "2026-11-22T00:00:00Z"), "ARCH-D010 8:13"),
        ("without-an-end", sign_text(&without("notAfter"), &["bea"]), "ARCH-D203 3:1"),
    ]
    .map(|(name, text, expect)| {
        vector(&format!("time/{name}"), &text, expect, "a job lives for 30 days at most")
    })
    .into()
}

fn clocks() -> Vec<Vector> {
    let behind = "the clock may lie ten minutes behind the ledger's newest entry";
    vec![
        vector("time/accepted/clock-ten-minutes-back", &day(), "believed", behind)
            .with("newestEntry", json!("2026-11-23T12:10:00Z")),
        vector("time/clock-stepped-back", &day(), "ARCH-D017", behind)
            .with("newestEntry", json!("2026-11-23T12:10:01Z")),
        vector("time/root-expired", &day(), "ARCH-D020 6:13", "the place is in the root's file")
            .under("expired"),
    ]
}

pub(super) fn audiences() -> Vec<Vector> {
    let job = |audience: &str| {
        let text = job_text().replace("spec:\n", &format!("  audience: {audience}\nspec:\n"));
        sign_text(&text, &["bea"])
    };
    let policy = |audience: &str| {
        sign_text(&policy_text("world", 1, &format!("  audience: {audience}\n")), &["pol"])
    };
    let revocation = revocation_text("keys", 1, "{keys: []}")
        .replace("version: 1", "version: 1, audience: [lab]");
    let (ours, others) = (format!("[\"{NODE}\"]"), "[\"did:key:z6MkOther\"]");
    [
        ("job-for-another-node", job(others), "ARCH-P015 9:13"),
        ("job-for-another-group", job("[labs]"), "ARCH-P015 9:13"),
        ("accepted/job-for-our-group", job("[labs, lab]"), "believed"),
        ("accepted/job-for-this-node", job(&ours), "believed"),
        ("accepted/job-for-everyone", job("[\"*\"]"), "believed"),
        ("policy-for-another-node", policy(others), "ARCH-P107 7:13"),
        ("accepted/policy-for-this-node", policy(&ours), "believed"),
        ("revocation-with-one", sign_text(&revocation, &["rex"]), "ARCH-D205 3:36"),
    ]
    .map(|(name, text, expect)| {
        vector(&format!("audience/{name}"), &text, expect, "the node is of group `lab`")
            .with("node", json!(NODE))
            .with("groups", json!(["lab"]))
            .with("policy", json!("authority/policy.yaml"))
    })
    .into()
}

pub(super) fn replays() -> Vec<Vector> {
    let job = job_text();
    let before = json!({ "accepted": [document_digest(&job)] });
    let envelope = signed("f", &job, &["bea"]).to_envelope();
    let commented = job.replace("spec:", "spec: # again, please");
    let fresh = job.replace(NONCE, "ffeeddccbbaa99887766554433221100");
    [
        ("accepted-before", sign_text(&job, &["bea"]), "ARCH-D014 6:10"),
        ("with-a-comment", sign_text(&commented, &["bea"]), "ARCH-D014 6:10"),
        ("in-an-envelope", envelope, "ARCH-D014 1:12"),
        ("accepted/fresh-nonce", sign_text(&fresh, &["bea"]), "believed"),
        ("without-a-nonce", sign_text(&without("nonce"), &["bea"]), "ARCH-D203 3:1"),
    ]
    .map(|(name, text, expect)| {
        let because = "the ledger has accepted the job of the world";
        vector(&format!("replay/{name}"), &text, expect, because).with("history", before.clone())
    })
    .into()
}

fn newest(kind: &str, name: &str, version: u64) -> Value {
    json!([{ "kind": kind, "name": name, "version": version }])
}

fn policy(name: &str, version: u64) -> String {
    sign_text(&policy_text(name, version, ""), &["pol"])
}

fn list(version: u64) -> String {
    sign_text(&revocation_text("keys", version, "{keys: []}"), &["rex"])
}

/// Version 5 of the policy `world` is in force, or version 5 of the revocations `keys`.
pub(super) fn rollbacks() -> Vec<Vector> {
    let policies = json!({
        "accepted": [document_digest(&policy("world", 5))],
        "newest": newest("Policy", "world", 5),
        "policyName": "world",
    });
    let lists = json!({
        "accepted": [document_digest(&list(5))],
        "newest": newest("Revocation", "keys", 5),
    });
    let root = |version| json!({ "newest": newest("Root", "world", version) });
    let twin = policy_text("world", 5, "").replace("cpu: \"1\"", "cpu: \"2\"");
    let twin_list = revocation_text("keys", 5, "{documents: []}");
    let job = sign_text(&job_text(), &["bea"]);
    [
        ("accepted/policy-again", policy("world", 5), &policies, "believed"),
        ("accepted/policy-next", policy("world", 6), &policies, "believed"),
        ("accepted/policy-million-ahead", policy("world", 1_000_005), &policies, "believed"),
        ("policy-older", policy("world", 4), &policies, "ARCH-D011 5:12"),
        ("policy-version-reused", sign_text(&twin, &["pol"]), &policies, "ARCH-D013 5:12"),
        ("policy-fast-forward", policy("world", 1_000_006), &policies, "ARCH-D012 5:12"),
        ("policy-of-another-name", policy("earlier", 9), &policies, "ARCH-D025 4:9"),
        ("accepted/revocation-next", list(6), &lists, "believed"),
        ("revocation-older", list(4), &lists, "ARCH-D011 3:33"),
        ("revocation-version-reused", sign_text(&twin_list, &["rex"]), &lists, "ARCH-D013 3:33"),
        ("revocation-fast-forward", list(9_007_199_254_740_991), &lists, "ARCH-D012 3:33"),
        ("root-older", job.clone(), &root(2), "ARCH-D011 5:12"),
        ("root-version-reused", job, &root(1), "ARCH-D013 5:12"),
    ]
    .map(|(name, text, history, expect)| {
        let because = "the ledger remembers the newest version of each kind and name";
        vector(&format!("rollback/{name}"), &text, expect, because).with("history", history.clone())
    })
    .into()
}
