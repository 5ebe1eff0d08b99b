//! Which verified policies become active: this node's own, and no other node's; never an older one.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests may be blunt"
)]

mod world;

use arch_document::{ActiveList, History, Kind, SignedDocument};
use arch_identity::Digest;
use arch_policy::{ActivePolicy, Here, Policy};
use world::{NODE, POLICY, World, moment};

const OTHER: &str = "did:key:z6MkOther";

fn with_audience(audience: &str) -> String {
    POLICY.replace("version: 1,", &format!("version: 1, audience: {audience},"))
}

#[test]
fn a_policy_for_other_nodes_does_not_become_active_here_though_its_signers_signed_it() {
    let world = World::new();
    let groups = ["lab".to_owned()];
    let here = Here { node: NODE, groups: &groups };
    for (audience, active) in [
        ("[\"*\"]".to_owned(), true),
        (format!("[\"{NODE}\"]"), true),
        (format!("[\"{OTHER}\", lab]"), true),
        (format!("[\"{OTHER}\"]"), false),
        ("[labs]".to_owned(), false),
    ] {
        let text = with_audience(&audience);
        let policy = world.signed::<Policy>("policy.yaml", &text, &[0, 1]);
        match ActivePolicy::activate(policy, here) {
            Ok(_) => assert!(active, "{audience}"),
            Err(problem) => {
                assert_eq!((problem.code.as_str(), active), ("ARCH-P107", false), "{audience}");
                let span = problem.at.unwrap().span;
                assert_eq!(&text[span.start..span.end], audience);
            }
        }
    }
}

/// A ledger in which the policy `world` is in force in version 2.
struct Ledger {
    digest: Digest,
    /// `world` in version 2, `earlier` in version 5: it was in force before.
    versions: [(&'static str, u64); 2],
}

impl History for Ledger {
    fn was_accepted(&self, digest: &Digest) -> bool {
        self.digest == *digest
    }

    fn newest_version(&self, kind: Kind, name: &str) -> Option<u64> {
        let known = self.versions.iter().find(|(known, _)| *known == name);
        known.filter(|_| kind == Kind::Policy).map(|(_, version)| *version)
    }

    fn policy_name(&self) -> Option<String> {
        Some("world".to_owned())
    }

    fn lists_in_force(&self) -> Vec<ActiveList> {
        Vec::new()
    }
}

#[test]
fn an_older_policy_does_not_come_back_neither_by_its_version_nor_by_another_name() {
    let world = World::new();
    let document = |name: &str, version: u64| -> SignedDocument {
        let text =
            POLICY.replace("name: world, version: 1", &format!("name: {name}, version: {version}"));
        let policy = world.signed::<Policy>("policy.yaml", &text, &[0, 1]);
        SignedDocument::parse("policy.yaml", policy.document().source()).unwrap()
    };
    let versions = [("world", 2), ("earlier", 5)];
    let ledger = Ledger { digest: document("world", 2).digest(), versions };
    for (name, version, expected) in [
        ("world", 2, "active"),
        ("world", 3, "active"),
        ("world", 1, "ARCH-D011 3:35"),
        // What was in force under another name, what would be newer there, and what never was.
        ("earlier", 5, "ARCH-D025 3:19"),
        ("earlier", 6, "ARCH-D025 3:19"),
        ("fresh", 1, "ARCH-D025 3:19"),
    ] {
        let told = match world.root.verify::<Policy>(document(name, version), &moment(), &ledger) {
            Ok(_) => "active".to_owned(),
            Err(refusal) => {
                let span = refusal.problem.at.as_ref().unwrap().span;
                format!("{} {}:{}", refusal.problem.code, span.line, span.column)
            }
        };
        assert_eq!(told, expected, "{name} {version}");
    }
}
