//! Trust roots that are none, and how one follows another.

use arch_identity::{Digest, KeyKind};
use serde_json::json;

use super::{Vector, vector, world_root};
use crate::world::*;

/// Roots that would count wrongly or could never be met.
pub(super) fn roots() -> Vec<Vector> {
    let root = || RootText::new(1).people(&["bea", "cem"]);
    let jobs = |text: &str| root().role_text("jobs", text);
    let key = |alg: &str, did: &str| format!("{{alg: {alg}, group: x, public: \"{did}\"}}");
    let half = key_of(KeyKind::Hybrid, "hyb").public()[0].did();
    let mut headless = jobs("{keys: [bea], threshold: 1, kinds: [Job]}");
    headless.roles.remove("root");
    let twin = root().entry("twin", &key("ed25519", &did("bea")));
    let half = root().hybrid("hyb").entry("single", &key("ed25519", &half));
    let other = root().entry("ml", &key("ml-dsa-44", &did("ml")));
    let spread = "{keys: [bea, cem], threshold: 1, distinctGroups: 3, kinds: [Job]}";
    [
        ("one-key-under-two-ids", twin, "ARCH-D031 12:44"),
        ("one-key-as-half-of-a-hybrid", half, "ARCH-D031 13:46"),
        ("key-of-another-algorithm", other, "ARCH-D035 12:15"),
        ("zero", jobs("{keys: [bea], threshold: 0, kinds: [Job]}"), "ARCH-D032 13:36"),
        ("above-the-keys", jobs("{keys: [bea], threshold: 2, kinds: [Job]}"), "ARCH-D032 13:36"),
        ("more-groups-than-there-are", jobs(spread), "ARCH-D032 13:60"),
        (
            "unknown-key-in-a-role",
            jobs("{keys: [bea, eve], threshold: 1, kinds: [Job]}"),
            "ARCH-D033 13:24",
        ),
        (
            "one-key-twice-in-a-role",
            jobs("{keys: [bea, bea], threshold: 2, kinds: [Job]}"),
            "ARCH-D033 13:24",
        ),
        ("without-a-root-role", headless, "ARCH-D034 12:3"),
        (
            "a-second-role-for-roots",
            jobs("{keys: [bea], threshold: 1, kinds: [Job, Root]}"),
            "ARCH-D034 13:46",
        ),
    ]
    .map(|(name, root, expect)| {
        let text = sign_text(&root.text(), &["ada"]);
        let because = "a root that would count wrongly is refused when it is loaded";
        vector(&format!("threshold/root-{name}"), &text, expect, because).pinned()
    })
    .into()
}

/// Active is `authority/world.yaml`: version 1, signed by ada. The next needs bea and cem too.
pub(super) fn rotations() -> Vec<Vector> {
    let next = |version: u64| {
        let mut next = world_root().role("root", &["bea", "cem"], 2, "Root");
        next.version = version;
        next
    };
    let by = |root: &RootText, names: &[&str]| sign_text(&root.text(), names);
    let all = ["ada", "bea", "cem"];
    let mut elsewhere = next(2);
    elsewhere.name = "elsewhere".to_owned();
    let mut vectors: Vec<Vector> = [
        ("accepted/both-sign", by(&next(2), &all), "believed"),
        ("gap", by(&next(3), &all), "ARCH-D019 5:12"),
        ("same-version", by(&next(1), &all), "ARCH-D019 5:12"),
        ("far-ahead", by(&next(9_007_199_254_740_991), &all), "ARCH-D019 5:12"),
        ("another-name", by(&elsewhere, &all), "ARCH-D019 4:9"),
        ("only-the-old-sign", by(&next(2), &["ada"]), "ARCH-D005 21:5"),
        ("only-the-new-sign", by(&next(2), &["bea", "cem"]), "ARCH-D005 24:5"),
        ("too-few-of-the-new", by(&next(2), &["ada", "bea"]), "ARCH-D004 24:5"),
    ]
    .map(|(name, text, expect)| {
        let because = "one version after the other, signed by the root before and by itself";
        vector(&format!("rotation/{name}"), &text, expect, because)
    })
    .into();
    let first = world_root();
    let other = Digest::of(b"another root").to_string();
    for (name, text, expect, pin) in [
        ("accepted/pinned", by(&first, &["ada"]), "believed", None),
        ("not-the-pinned", by(&first, &["ada"]), "ARCH-D018 1:1", Some(other)),
        ("pinned-and-unsigned", first.text(), "ARCH-D001 1:1", None),
    ] {
        let because = "the first root is taken by its digest";
        let vector = vector(&format!("rotation/{name}"), &text, expect, because).pinned();
        vectors.push(match pin {
            Some(pin) => vector.with("pin", json!(pin)),
            None => vector,
        });
    }
    vectors
}
