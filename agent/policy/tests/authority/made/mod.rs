//! Makes the vectors from fixed seeds. What each is to be judged is written by hand.

mod by_hand;
mod envelopes;
mod roots;
mod single;
mod times;

use std::collections::BTreeMap;

use arch_document::SignedDocument;
use serde_json::{Value, json};

use crate::world::*;

/// One vector: its files and how it is judged.
pub(crate) struct Vector {
    /// Area and rule, such as `time/expired-by-a-second`.
    name: String,
    ending: &'static str,
    bytes: Vec<u8>,
    case: BTreeMap<String, Value>,
}

/// A document under the root of `authority/world.yaml`, at noon.
fn vector(name: &str, text: &str, expect: &str, because: &str) -> Vector {
    let case = [
        ("because", json!(because)),
        ("expect", json!(expect)),
        ("now", json!(NOON)),
        ("root", json!("authority/world.yaml")),
    ];
    Vector {
        name: name.to_owned(),
        ending: if text.starts_with('{') { "dsse.json" } else { "yaml" },
        bytes: text.as_bytes().to_vec(),
        case: case.map(|(key, value)| (key.to_owned(), value)).into(),
    }
}

impl Vector {
    fn with(mut self, key: &str, value: Value) -> Self {
        self.case.insert(key.to_owned(), value);
        self
    }

    fn under(self, root: &str) -> Self {
        self.with("root", json!(format!("authority/{root}.yaml")))
    }

    fn at(self, now: &str) -> Self {
        self.with("now", json!(now))
    }

    /// The vector is a trust root, pinned by its own digest.
    fn pinned(mut self) -> Self {
        self.case.remove("root");
        self
    }
}

/// Every file that belongs to the areas, by its path below `tests/vectors`.
pub(crate) fn files() -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for (name, text) in authority() {
        files.insert(format!("authority/{name}.yaml"), text.into_bytes());
    }
    let vectors = [
        single::signatures(),
        single::thresholds(),
        times::times(),
        times::audiences(),
        times::replays(),
        times::rollbacks(),
        roots::roots(),
        roots::rotations(),
        envelopes::envelopes(),
    ];
    for vector in vectors.into_iter().flatten() {
        let case = serde_json::to_string_pretty(&vector.case).unwrap() + "\n";
        let document = format!("{}.{}", vector.name, vector.ending);
        assert!(files.insert(document, vector.bytes).is_none(), "{} twice", vector.name);
        files.insert(format!("{}.case.json", vector.name), case.into_bytes());
    }
    files
}

/// One signer of jobs, one of policies, one of revocations.
fn world_root() -> RootText {
    RootText::new(1)
        .people(&["bea", "cem", "dora", "pol", "rex"])
        .role("jobs", &["bea"], 1, "Job")
        .role("policy", &["pol"], 1, "Policy")
        .role("revokers", &["rex"], 1, "Revocation")
}

/// `cem` and `dora` are of one group.
fn groups_root() -> RootText {
    let of_the_lab =
        |name: &str| format!("{{alg: ed25519, public: \"{}\", group: lab}}", did(name));
    RootText::new(1)
        .person("bea")
        .entry("cem", &of_the_lab("cem"))
        .entry("dora", &of_the_lab("dora"))
        .role_text(
            "jobs",
            "{keys: [bea, cem, dora], threshold: 2, distinctGroups: 2, kinds: [Job]}",
        )
}

/// What vectors refer to: trust roots, revocations and a policy in force.
fn authority() -> Vec<(&'static str, String)> {
    let signed = |root: RootText| sign_text(&root.text(), &["ada"]);
    let quorum = RootText::new(1).people(&["bea", "cem", "dora"]).role(
        "jobs",
        &["bea", "cem", "dora"],
        2,
        "Job",
    );
    let owners = RootText::new(1).person("bea").role_text(
        "jobs",
        "{keys: [bea], threshold: 1, kinds: [Job], owners: [\"user:bea\", \"org:lab/*\"]}",
    );
    let mut expired = world_root();
    expired.not_after = "2026-11-23T11:59:59Z".to_owned();
    let hybrid = RootText::new(1).hybrid("hyb").role("jobs", &["hyb"], 1, "Job");
    let key = format!(
        "{{keys: [{{key: \"{}\", since: \"2026-11-23T11:00:00Z\", reason: lost}}]}}",
        did("bea")
    );
    let job = document_digest(&job_text());
    let document = format!("{{documents: [{{digest: \"{job}\", reason: \"wrong data set\"}}]}}");
    vec![
        ("world", signed(world_root())),
        ("two-of-three", signed(quorum)),
        ("two-groups", signed(groups_root())),
        ("hybrid", signed(hybrid)),
        ("owners", signed(owners)),
        ("expired", signed(expired)),
        ("revoked-key", sign_text(&revocation_text("keys", 1, &key), &["rex"])),
        ("revoked-document", sign_text(&revocation_text("jobs", 1, &document), &["rex"])),
        ("policy", sign_text(&policy_text("world", 1, ""), &["pol"])),
    ]
}

/// A policy that allows small jobs; `more` stands under its metadata.
fn policy_text(name: &str, version: u64, more: &str) -> String {
    format!(
        "apiVersion: arch.network/v1\nkind: Policy\nmetadata:\n  name: {name}\n  version: {version}\n  \
         notAfter: \"2027-01-01T00:00:00Z\"\n{more}spec:\n  images: {{ allow: [\"**\"] }}\n  \
         runtimes: [wasm]\n  owners: [{{ id: owners.all, owner: \"**\" }}]\n  \
         resources: {{ max: {{ cpu: \"1\", memory: \"1Gi\", timeout: \"1m\" }} }}\n"
    )
}

fn document_digest(text: &str) -> String {
    SignedDocument::parse("f", text.as_bytes()).unwrap().digest().to_string()
}
