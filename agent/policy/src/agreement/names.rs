//! The few names that all worlds are made of, so that they meet often.

use arch_identity::Digest;
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

pub(super) const GRANTS: [&str; 10] = [
    "read:/",
    "read:/a",
    "read:/a/b",
    "read:/ab",
    "write:/a",
    "write:/a/b",
    "write:/",
    "egress:443",
    "egress:80",
    "egress:25",
];
pub(super) const OWNERS: [&str; 4] = ["user:ann", "user:bob", "group:lab", "user:lab/x"];
pub(super) const OWNER_PATTERNS: [&str; 6] = ["user:*", "user:**", "group:**", "*", "**", "nobody"];
pub(super) const IMAGES: [&str; 6] =
    ["arch/a", "arch/a:1", "arch/deep/a", "host:5000/arch/b", "host:5000/arch/b:2", "c"];
pub(super) const LABELS: [&str; 3] = ["mining", "mining/x", "index"];
pub(super) const IMAGE_PATTERNS: [&str; 7] =
    ["**", "arch/*", "host:5000/**", "c", "**b", "arch/a@**", "arch/a:1"];
pub(super) const NAMES: [&str; 2] = ["miner", "index"];
pub(super) const FACT_KEYS: [&str; 5] = ["cpu.arch", "hops", "green", "price", "unknown"];
pub(super) const NODE: &str = "did:key:z6MkNode";
pub(super) const DONE: &str =
    "sha256:00000000000000000000000000000000000000000000000000000000000000aa";
pub(super) const NOT_DONE: &str =
    "sha256:00000000000000000000000000000000000000000000000000000000000000bb";

pub(super) fn digest() -> Digest {
    Digest::of(b"a module")
}

/// The usual value three times of four, so that whole jobs are allowed often enough.
pub(super) fn often<T: Clone + std::fmt::Debug + 'static>(
    usual: T,
    others: &[T],
) -> impl Strategy<Value = T> {
    prop_oneof![3 => Just(usual), 1 => select(others.to_vec())]
}

pub(super) fn list_of(
    texts: &'static [&'static str],
    most: usize,
) -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec(select(texts).prop_map(str::to_owned), 0..=most)
}

/// The list with a wide entry at its end, half of the times.
pub(super) fn or_else(
    wide: &'static str,
    list: impl Strategy<Value = Vec<String>>,
) -> impl Strategy<Value = Vec<String>> {
    (list, any::<bool>()).prop_map(move |(mut list, widened)| {
        list.extend(widened.then(|| wide.to_owned()));
        list
    })
}

pub(super) fn split(grants: Vec<String>) -> Value {
    let (net, fs): (Vec<_>, Vec<_>) = grants.into_iter().partition(|g| g.starts_with("egress"));
    json!({ "net": net, "fs": fs })
}

/// Decimals close to each other and to whole numbers, as documents write them.
pub(super) fn decimal() -> impl Strategy<Value = Value> {
    select(&[0.15, 0.150_001, 1.5, -0.5, 1.000_001][..]).prop_map(|number| json!(number))
}
