//! A fixed world: keys by name, one moment, documents as text.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses a part of it")]

use std::collections::BTreeMap;

use arch_document::{
    ActiveList, Document, History, Kind, Moment, News, NoHistory, Refusal, SignedDocument,
    TrustRoot, Verified, signing,
};
use arch_identity::{Digest, KeyKind, KeyPair, Timestamp};

pub const NOON: &str = "2026-11-23T12:00:00Z";
pub const NONCE: &str = "00112233445566778899aabbccddeeff";

pub fn at(text: &str) -> Moment {
    Moment::read(text.parse().unwrap(), None).unwrap()
}

pub fn noon() -> Moment {
    at(NOON)
}

pub fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The key of a person; the same name gives the same key.
pub fn key(name: &str) -> KeyPair {
    key_of(KeyKind::Ed25519, name)
}

pub fn key_of(kind: KeyKind, name: &str) -> KeyPair {
    KeyPair::from_seed(kind, Digest::of(name.as_bytes()).as_bytes())
}

pub fn did(name: &str) -> String {
    key(name).public()[0].did()
}

/// A trust root as text: keys by name (all Ed25519, each in a group of its own name) and roles.
pub struct RootText {
    pub version: u64,
    pub name: String,
    pub not_after: String,
    pub keys: BTreeMap<String, String>,
    pub roles: BTreeMap<String, String>,
}

impl RootText {
    pub fn new(version: u64) -> Self {
        Self {
            version,
            name: "world".to_owned(),
            not_after: "2027-11-23T00:00:00Z".to_owned(),
            keys: BTreeMap::new(),
            roles: BTreeMap::new(),
        }
        .person("ada")
        .role("root", &["ada"], 1, "Root")
    }

    pub fn person(self, name: &str) -> Self {
        let public = did(name);
        self.entry(name, &format!("{{alg: ed25519, public: \"{public}\", group: {name}}}"))
    }

    pub fn people(self, names: &[&str]) -> Self {
        names.iter().fold(self, |root, name| root.person(name))
    }

    pub fn entry(mut self, id: &str, text: &str) -> Self {
        self.keys.insert(id.to_owned(), text.to_owned());
        self
    }

    pub fn hybrid(self, name: &str) -> Self {
        let public: Vec<String> = key_of(KeyKind::Hybrid, name)
            .public()
            .iter()
            .map(|public| format!("\"{public}\""))
            .collect();
        self.entry(
            name,
            &format!("{{alg: hybrid, public: [{}], group: {name}}}", public.join(", ")),
        )
    }

    pub fn role(self, name: &str, keys: &[&str], threshold: i64, kinds: &str) -> Self {
        let keys = keys.join(", ");
        self.role_text(
            name,
            &format!("{{keys: [{keys}], threshold: {threshold}, kinds: [{kinds}]}}"),
        )
    }

    pub fn role_text(mut self, name: &str, text: &str) -> Self {
        self.roles.insert(name.to_owned(), text.to_owned());
        self
    }

    pub fn text(&self) -> String {
        let lines = |map: &BTreeMap<String, String>| {
            map.iter().map(|(k, v)| format!("    {k}: {v}\n")).collect::<String>()
        };
        format!(
            "apiVersion: arch.network/v1\nkind: Root\nmetadata:\n  name: {}\n  version: {}\n  \
             notAfter: \"{}\"\nspec:\n  keys:\n{}  roles:\n{}",
            self.name,
            self.version,
            self.not_after,
            lines(&self.keys),
            lines(&self.roles)
        )
    }

    pub fn signed(&self, by: &[&str]) -> SignedDocument {
        signed("root.yaml", &self.text(), by)
    }

    /// The active trust root, signed by `ada`.
    pub fn active(&self) -> TrustRoot {
        pin(self.signed(&["ada"])).unwrap()
    }
}

pub fn pin(document: SignedDocument) -> Result<TrustRoot, Box<Refusal>> {
    let digest = document.digest();
    TrustRoot::pinned(document, digest, &noon())
}

pub fn sign_text(text: &str, by: &[&str]) -> String {
    by.iter().fold(text.to_owned(), |text, name| {
        signing::sign("file.yaml", text.as_bytes(), &key(name)).unwrap()
    })
}

pub fn signed(file: &str, text: &str, by: &[&str]) -> SignedDocument {
    SignedDocument::parse(file, sign_text(text, by).as_bytes()).unwrap()
}

/// A small job that is good at noon.
pub fn job_text() -> String {
    job_between("2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z")
}

pub fn job_between(first: &str, last: &str) -> String {
    let digest = Digest::of(b"module");
    format!(
        "apiVersion: arch.network/v1\nkind: Job\nmetadata:\n  name: hello\n  owner: \"user:ada\"\n  \
         nonce: \"{NONCE}\"\n  notBefore: \"{first}\"\n  notAfter: \"{last}\"\nspec:\n  \
         image: hello@{digest}\n  runtime: wasm\n  \
         resources: {{cpu: \"1\", memory: \"64Mi\", timeout: \"10s\"}}\n"
    )
}

pub fn revocation_text(name: &str, version: u64, spec: &str) -> String {
    format!(
        "apiVersion: arch.network/v1\nkind: Revocation\nmetadata: {{name: {name}, version: {version}}}\n\
         spec: {spec}\n"
    )
}

/// The code and place of a refusal, as `ARCH-D004 12:5`.
pub fn told(refusal: &Refusal) -> String {
    match &refusal.problem.at {
        Some(place) => {
            format!("{} {}:{}", refusal.problem.code, place.span.line, place.span.column)
        }
        None => refusal.problem.code.to_string(),
    }
}

pub fn code<T: Document>(root: &TrustRoot, document: SignedDocument) -> String {
    outcome(root.verify::<T>(document, &noon(), &NoHistory))
}

pub fn outcome<T>(result: Result<Verified<T>, Box<Refusal>>) -> String {
    match result {
        Ok(_) => "verified".to_owned(),
        Err(refusal) => refusal.problem.code.to_string(),
    }
}

/// A ledger in memory.
#[derive(Debug, Default, Clone)]
pub struct Memory {
    pub digests: Vec<Digest>,
    pub versions: BTreeMap<(Kind, String), u64>,
    pub policy: Option<String>,
    pub lists: Vec<ActiveList>,
}

impl Memory {
    pub fn accept<T: Document>(&mut self, verified: &Verified<T>) {
        self.digests.push(verified.document().digest());
        if let Some((name, version)) = verified.get().version() {
            if T::KIND == Kind::Policy {
                self.policy = Some(name.clone());
            }
            self.versions.insert((T::KIND, name), version);
        }
    }

    /// What a walk put in force.
    pub fn learn(&mut self, news: &[News]) {
        for News { kind, name, version, document } in news.iter().cloned() {
            self.digests.push(document);
            self.versions.insert((kind, name.clone()), version);
            if kind == Kind::Revocation {
                self.lists.retain(|list| list.name != name);
                self.lists.push(ActiveList { name, version, document });
            }
        }
    }
}

impl History for Memory {
    fn was_accepted(&self, digest: &Digest) -> bool {
        self.digests.contains(digest)
    }

    fn newest_version(&self, kind: Kind, name: &str) -> Option<u64> {
        self.versions.get(&(kind, name.to_owned())).copied()
    }

    fn policy_name(&self) -> Option<String> {
        self.policy.clone()
    }

    fn lists_in_force(&self) -> Vec<ActiveList> {
        self.lists.clone()
    }
}
