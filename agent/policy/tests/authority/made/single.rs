//! Signatures and thresholds.

use arch_identity::{KeyKind, pae};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;

use super::{
    Vector,
    by_hand::{entries, entry, message, plus_order, with},
    policy_text, vector,
};
use crate::world::*;

/// `bea`'s signature under the job of the world with R the identity and s = k·a: the equation of
/// RFC 8032 holds, and only the strict check refuses. Computed outside from her seed, in Python.
const SMALL_ORDER_R: &str =
    "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAADdL4Egza2n/4ZTYIhtnhjyZK6aYXDw4iop+hQgRTA4Dg==";

/// The did:key of the point (0, 1), of order 1.
const SMALL_ORDER_KEY: &str = "did:key:z6MkeXATEjyXENzBXBxgC5EHk2JE5aqd7qMGGtDpLUH1e2Sj";

pub(super) fn signatures() -> Vec<Vector> {
    [whole(), broken(), misplaced(), half(), revoked(), by_owner()].into_iter().flatten().collect()
}

fn good() -> Vec<u8> {
    key("bea").signers()[0].sign(&message(&job_text()))
}

fn by_hand(sig: &[u8]) -> String {
    with(&job_text(), &[entry(&did("bea"), "ed25519", sig)])
}

fn by_bea() -> String {
    sign_text(&job_text(), &["bea"])
}

fn short_form() -> String {
    let (did, sig) = (did("bea"), STANDARD.encode(good()));
    job_text() + &format!("  signature: {{ by: \"{did}\", alg: ed25519, sig: \"{sig}\" }}\n")
}

fn whole() -> Vec<Vector> {
    vec![
        vector("signature/accepted/one-signer", &by_bea(), "believed", "bea may sign jobs"),
        vector("signature/accepted/short-form", &short_form(), "believed", "one in `spec`"),
        vector("signature/unsigned", &job_text(), "ARCH-D001 1:1", "nobody signed"),
    ]
}

fn broken() -> Vec<Vector> {
    let mut flipped = good();
    flipped[40] ^= 1;
    let body = arch_document::SignedDocument::parse("f", job_text().as_bytes()).unwrap();
    let as_policy = pae("application/vnd.arch-network.policy.v1+json", body.body());
    let small = STANDARD.decode(SMALL_ORDER_R).unwrap();
    [
        ("bit-of-the-body", by_bea().replace("name: hello", "name: hellm"), "one letter"),
        ("bit-of-the-signature", by_hand(&flipped), "one bit"),
        (
            "signed-as-another-kind",
            by_hand(&key("bea").signers()[0].sign(&as_policy)),
            "the same bytes, signed as a Policy",
        ),
        (
            "group-order-added",
            by_hand(&plus_order(good())),
            "S + L: a second spelling of one signature (RFC 8032 §5.1.7)",
        ),
        ("small-order-r", by_hand(&small), "the equation holds, the strict check refuses"),
    ]
    .map(|(name, text, because)| {
        vector(&format!("signature/{name}"), &text, "ARCH-D003 16:10", because)
    })
    .into()
}

fn misplaced() -> Vec<Vector> {
    let (job, policy) = (job_text(), policy_text("world", 1, ""));
    let by = |alg: &str, sig: &[u8]| with(&job, &[entry(&did("bea"), alg, sig)]);
    let ml_dsa = key_of(KeyKind::MlDsa44, "hyb").signers()[0].sign(&message(&job));
    let mut vectors: Vec<Vector> = [
        ("unknown-key", sign_text(&job, &["eve"]), "ARCH-D002 14:9", "the root knows no eve"),
        ("wrong-role", sign_text(&job, &["pol"]), "ARCH-D005 14:5", "pol signs policies"),
        (
            "wrong-kind-of-the-role",
            sign_text(&policy, &["bea"]),
            "ARCH-D005 13:5",
            "bea signs jobs",
        ),
        ("another-algorithm", by("ml-dsa-44", &good()), "ARCH-D006 15:10", "not the key's"),
        (
            "signature-of-another-algorithm",
            by("ed25519", &ml_dsa),
            "ARCH-D208 16:10",
            "2,420 bytes under a key whose signatures have 64",
        ),
        (
            "small-order-key",
            with(&job, &[entry(SMALL_ORDER_KEY, "ed25519", &good())]),
            "ARCH-D208 14:9",
            "a key of small order verifies anything",
        ),
        (
            "too-many",
            with(&job, &vec![entry(&did("bea"), "ed25519", &good()); 33]),
            "ARCH-D022 13:1",
            "33 signatures, refused before any is checked",
        ),
        (
            "in-two-places",
            with(&short_form(), &[entry(&did("bea"), "ed25519", &good())]),
            "ARCH-D207 13:3",
            "`spec.signature` and `signatures`",
        ),
        (
            "url-safe-base64",
            by_hand(&[0xff; 64]).replace("//", "__"),
            "ARCH-D208 16:10",
            "signatures within a document have one spelling",
        ),
    ]
    .map(|(name, text, expect, because)| {
        vector(&format!("signature/{name}"), &text, expect, because)
    })
    .into();
    let policy = sign_text(&policy, &["bea"]);
    vectors.push(
        vector(
            "signature/another-kind-in-the-place",
            &policy,
            "ARCH-D021 2:7",
            "by a job's signer",
        )
        .with("as", json!("Job")),
    );
    vectors
}

fn half() -> Vec<Vector> {
    let job = job_text();
    let both = entries(&key_of(KeyKind::Hybrid, "hyb"), &message(&job));
    [
        ("accepted/hybrid", &both[..], "believed"),
        ("hybrid-without-ml-dsa", &both[..1], "ARCH-D023 14:5"),
        ("hybrid-without-ed25519", &both[1..], "ARCH-D023 14:5"),
    ]
    .map(|(name, entries, expect)| {
        let because = "a hybrid counts only if both halves hold";
        vector(&format!("signature/{name}"), &with(&job, entries), expect, because).under("hybrid")
    })
    .into()
}

fn revoked() -> Vec<Vector> {
    let (key, document) = ("authority/revoked-key.yaml", "authority/revoked-document.yaml");
    [
        ("revoked-key", key, NOON, "ARCH-D015 14:9"),
        ("revoked-key-to-the-second", key, "2026-11-23T11:00:00Z", "ARCH-D015 14:9"),
        ("accepted/before-the-revocation", key, "2026-11-23T10:59:59Z", "believed"),
        ("revoked-document", document, NOON, "ARCH-D016 1:1"),
    ]
    .map(|(name, list, now, expect)| {
        let because = "the verifier's clock decides, not what the document says of itself";
        vector(&format!("signature/{name}"), &by_bea(), expect, because)
            .with("revocations", json!([list]))
            .at(now)
    })
    .into()
}

fn by_owner() -> Vec<Vector> {
    [
        ("owner-of-another", "user:ada", "ARCH-D024 5:10"),
        ("owner-below-a-slash", "org:lab/x/y", "ARCH-D024 5:10"),
        ("accepted/owner-of-the-role", "org:lab/x", "believed"),
    ]
    .map(|(name, owner, expect)| {
        let text = sign_text(&job_text().replace("user:ada", owner), &["bea"]);
        let because = "the role signs for `user:bea` and `org:lab/*`";
        vector(&format!("signature/{name}"), &text, expect, because).under("owners")
    })
    .into()
}

pub(super) fn thresholds() -> Vec<Vector> {
    let job = job_text();
    let by = |names: &[&str]| sign_text(&job, names);
    let of_bea = entries(&key("bea"), &message(&job));
    let many = with(&job, &vec![of_bea[0].clone(); 32]);
    [
        ("accepted/two-of-three", "two-of-three", by(&["bea", "dora"]), "believed"),
        ("one-missing", "two-of-three", by(&["cem"]), "ARCH-D004 14:5"),
        ("one-key-many-times", "two-of-three", many, "ARCH-D004 107:5"),
        ("one-member-and-a-stranger", "two-of-three", by(&["bea", "eve"]), "ARCH-D004 17:5"),
        ("accepted/two-groups", "two-groups", by(&["bea", "cem"]), "believed"),
        ("one-group", "two-groups", by(&["cem", "dora"]), "ARCH-D007 17:5"),
    ]
    .map(|(name, root, text, expect)| {
        let because = "thresholds count distinct identities, and groups count distinct groups";
        vector(&format!("threshold/{name}"), &text, expect, because).under(root)
    })
    .into()
}
