//! Which keys of circuits the policy in force believes, and the place that a refusal points at.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests may be blunt"
)]

mod world;

use arch_identity::Digest;
use arch_policy::{PinnedKey, Policy};
use arch_problem::Problem;
use world::{NOW, POLICY, World};

const CIRCUITS: &str = "  circuits:
    pins:
      - { circuit: arch-fold-v3, version: 1, vkSha256: \"@1\" }
      - { circuit: arch-fold-v3, version: 2, vkSha256: \"@2\" }
";

fn key(word: &[u8]) -> Digest {
    Digest::of(word)
}

fn text(circuits: &str) -> String {
    let circuits = circuits.replace("@1", &key(b"old").to_string());
    format!("{POLICY}{}", circuits.replace("@2", &key(b"new").to_string()))
}

fn told(text: &str, problem: &Problem) -> String {
    let span = problem.at.as_ref().unwrap().span;
    format!("{} {}", problem.code, &text[span.start..span.end])
}

#[test]
fn two_versions_are_believed_at_once_each_by_its_own_key_and_dev_keys_by_none() {
    let active = World::new().policy(&text(CIRCUITS));
    let now = NOW.parse().unwrap();
    for (version, word) in [(1, &b"old"[..]), (2, b"new")] {
        let pinned = active.pinned_key("arch-fold-v3", version, now).unwrap();
        assert_eq!((pinned.digest(), pinned.allows_dev_keys()), (key(word), false));
        let line = pinned.place().unwrap().span.line;
        assert_eq!(
            line,
            active.document().span("/spec/circuits/pins/0").unwrap().line + version - 1
        );
    }
    let dev = text(&format!("{CIRCUITS}    allowDevKeys: true\n"));
    let active = World::new().policy(&dev);
    let pinned = active.pinned_key("arch-fold-v3", 2, now).unwrap();
    assert!(pinned.allows_dev_keys());
    let span = pinned.permission().unwrap().span;
    assert_eq!(&dev[span.start..span.end], "true");
}

#[test]
fn what_is_not_pinned_is_refused_at_the_policys_pins_or_where_they_would_stand() {
    let now = NOW.parse().unwrap();
    let with = text(CIRCUITS);
    let active = World::new().policy(&with);
    for (circuit, version) in [("arch-fold-v3", 3), ("arch-tile-fma-v1", 1)] {
        let problem = active.pinned_key(circuit, version, now).unwrap_err();
        let words = format!("`{circuit}` of version {version}");
        assert!(problem.message.contains(&words), "{problem}");
        assert!(told(&with, &problem).starts_with("ARCH-C012 pins:"), "{}", told(&with, &problem));
    }
    let without = text("");
    let active = World::new().policy(&without);
    let problem = active.pinned_key("arch-fold-v3", 1, now).unwrap_err();
    assert_eq!(told(&without, &problem), "ARCH-C012 spec");
}

#[test]
fn a_policy_that_ran_out_pins_nothing_any_more() {
    let world = World::new();
    let text = text(CIRCUITS);
    let active = world.policy(&text);
    let (last, over) = ("2027-01-01T00:00:00Z", "2027-01-01T00:00:01Z");
    active.pinned_key("arch-fold-v3", 1, last.parse().unwrap()).unwrap();
    let problem = active.pinned_key("arch-fold-v3", 1, over.parse().unwrap()).unwrap_err();
    assert_eq!(told(&text, &problem), "ARCH-P001 \"2027-01-01T00:00:00Z\"");
    // An auditor, who is no node, has the same from a policy that was verified.
    let verified = world.signed::<Policy>("policy.yaml", &text, &[0, 1]);
    assert_eq!(PinnedKey::of(&verified, "arch-fold-v3", 1).unwrap().digest(), key(b"old"));
}
