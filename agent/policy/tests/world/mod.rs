//! A fixed world: three signers, a root, documents signed by whom the test says.
#![allow(dead_code, reason = "each test binary uses its own part")]

use arch_document::{
    Document, Moment, NoHistory, Runtime, SignedDocument, TrustRoot, Verified, signing,
};
use arch_identity::{Digest, KeyKind, KeyPair};
use arch_policy::{ActivePolicy, Facts, Here, Quorum};

pub(crate) const NOW: &str = "2026-11-23T12:00:00Z";
pub(crate) const NODE: &str = "did:key:z6MkNode";

/// Ann may sign jobs with small capabilities, Bob with all; two of three sign policies.
pub(crate) struct World {
    keys: [KeyPair; 3],
    pub(crate) root: TrustRoot,
}

impl World {
    pub(crate) fn new() -> Self {
        let keys = [1, 2, 3].map(|seed| KeyPair::from_seed(KeyKind::Ed25519, &[seed; 32]));
        let [ann, bob, cat] = keys.each_ref().map(|pair| pair.public()[0].did());
        let text = format!(
            r#"apiVersion: arch.network/v1
kind: Root
metadata: {{ name: world, version: 1, notAfter: "2036-01-01T00:00:00Z" }}
spec:
  keys:
    ann: {{ alg: ed25519, public: "{ann}" }}
    bob: {{ alg: ed25519, public: "{bob}" }}
    cat: {{ alg: ed25519, public: "{cat}" }}
  roles:
    root: {{ keys: [ann], threshold: 1, kinds: [Root] }}
    governance: {{ keys: [ann, bob, cat], threshold: 2, kinds: [Policy] }}
    jobs: {{ keys: [ann], threshold: 1, kinds: [Job], caps: {{ net: ["egress:443"], fs: ["read:/srv"] }} }}
    masters: {{ keys: [bob], threshold: 1, kinds: [Job] }}
"#
        );
        let signed = signing::sign("root.yaml", text.as_bytes(), &keys[0]).unwrap();
        let document = SignedDocument::parse("root.yaml", signed.as_bytes()).unwrap();
        let pin = document.digest();
        Self { root: TrustRoot::pinned(document, pin, &moment()).unwrap(), keys }
    }

    /// A document that everyone named signed: 0 is Ann, 1 Bob, 2 Cat.
    pub(crate) fn signed<T: Document>(&self, file: &str, text: &str, by: &[usize]) -> Verified<T> {
        let mut text = text.to_owned();
        for signer in by {
            text = signing::sign(file, text.as_bytes(), &self.keys[*signer]).unwrap();
        }
        let document = SignedDocument::parse(file, text.as_bytes()).unwrap();
        self.root.verify(document, &moment(), &NoHistory).unwrap()
    }

    pub(crate) fn policy(&self, text: &str) -> ActivePolicy {
        let groups = ["lab".to_owned()];
        let here = Here { node: NODE, groups: &groups };
        ActivePolicy::activate(self.signed("policy.yaml", text, &[0, 1]), here).unwrap()
    }
}

pub(crate) fn moment() -> Moment {
    Moment::read(NOW.parse().unwrap(), None).unwrap()
}

pub(crate) fn facts() -> Facts {
    Facts {
        groups: vec!["lab".to_owned()],
        runtimes: vec![Runtime::Wasm],
        policy_quorum: Some(Quorum { need: 2, of: 3 }),
        ..Facts::new(NODE, NOW.parse().unwrap())
    }
}

pub(crate) const POLICY: &str = r#"apiVersion: arch.network/v1
kind: Policy
metadata: { name: world, version: 1, notAfter: "2027-01-01T00:00:00Z" }
spec:
  allow:
    - id: net.egress
      net: ["egress:443"]
    - id: fs.data
      fs: ["read:/srv/data"]
  images: { allow: ["arch/*"] }
  runtimes: [wasm]
  owners:
    - { id: owners.heavy, owner: "user:heavy", weight: 2 }
    - { id: owners.people, owner: "user:*" }
  resources:
    max: { cpu: "4", memory: "8Gi", timeout: "1h", gpu: "1", powerBudgetW: 100 }
  isolation: { shared: ["user:heavy"] }
  refuse:
    - id: refuse.mining
      when: { label: { purpose: "mining*" } }
      reason: "we pay for our power"
"#;

/// A job that [`POLICY`] allows, with one text in it replaced by another.
pub(crate) fn job(from: &str, to: &str) -> String {
    let digest = Digest::of(b"module");
    let text = format!(
        r#"apiVersion: arch.network/v1
kind: Job
metadata:
  name: hello
  owner: "user:ada"
  nonce: "00112233445566778899aabbccddeeff"
  notBefore: "2026-11-23T00:00:00Z"
  notAfter: "2026-11-24T00:00:00Z"
  audience: ["*"]
  labels: {{ purpose: "index" }}
spec:
  image: "arch/hello@{digest}"
  runtime: wasm
  resources: {{ cpu: "2", memory: "1Gi", gpu: "0", powerBudgetW: 50, timeout: "10m" }}
  isolation: process
  capabilities:
    net: ["egress:443"]
    fs: ["read:/srv/data/wiki"]
  inputs: {{ corpus: "file:corpus@{digest}" }}
  placement: {{ constraints: [] }}
"#
    );
    assert!(from.is_empty() || text.contains(from), "no `{from}` in the job");
    text.replacen(from, to, usize::from(!from.is_empty()))
}
