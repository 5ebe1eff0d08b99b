//! A small world in a throw-away folder: documents that people sign, and the ledger as a stranger reads
//! it. A node works in it ([`running`]), with a disk and an executor that do what the test says.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses a part of it")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::panic,
    reason = "a test may be blunt, and so may its world"
)]

pub mod disk;
pub mod double;
pub mod running;

use std::{
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicBool},
    time::{Duration, SystemTime},
};

use arch_document::{SignedDocument, signing};
use arch_identity::{Digest, KeyKind, KeyPair, Timestamp};
use arch_ledger::{Ledger, Record, StdFs};
use arch_node::{
    Args, identity,
    places::Places,
    settings::{NodeKey, Settings},
};
use clap::Parser as _;

pub const MODULE: &[u8] = b"\0asm pretended";

/// A folder with a root that Ada signed, a policy, and a module.
pub struct World {
    pub folder: tempfile::TempDir,
    pub pin: Digest,
    ada: KeyPair,
    /// When it began: the same job asked for twice is the same document.
    began: Timestamp,
    /// Whether there is no room for the ledger right now.
    pub full: Arc<AtomicBool>,
    /// When the ledger's disk breaks.
    pub fault: Arc<disk::Fault>,
    /// How long handing a run over may take.
    pub handover: Duration,
}

/// The key of a person; the same name gives the same key.
pub fn key(name: &str) -> KeyPair {
    KeyPair::from_seed(KeyKind::Ed25519, Digest::of(name.as_bytes()).as_bytes())
}

pub fn did(name: &str) -> String {
    key(name).public()[0].did()
}

pub fn sign_by(name: &str, text: &str) -> String {
    signing::sign("file.yaml", text.as_bytes(), &key(name)).unwrap()
}

/// A revocation list of these people's keys.
pub fn revocation(name: &str, version: u64, people: &[&str], by: &str) -> String {
    let entry = |person: &&str| {
        let did = did(person);
        format!("    - {{ key: \"{did}\", since: \"2026-01-01T00:00:00Z\", reason: \"lost\" }}\n")
    };
    let entries: String = people.iter().map(entry).collect();
    let keys = if people.is_empty() { " []\n".to_owned() } else { format!("\n{entries}") };
    sign_by(
        by,
        &format!(
            "apiVersion: arch.network/v1\nkind: Revocation\nmetadata: {{ name: {name}, version: \
             {version} }}\nspec:\n  keys:{keys}"
        ),
    )
}

/// Writes records into the ledger, each by itself; the node must have stopped.
pub fn append(world: &World, records: &[Record]) {
    append_in(world, records.chunks(1));
}

/// Writes records into the ledger, many at a time; the node must have stopped or never begun.
pub fn append_together(world: &World, records: &[Record]) {
    append_in(world, records.chunks(500));
}

fn append_in<'a>(world: &World, batches: impl Iterator<Item = &'a [Record]>) {
    let places = Places::new(&world.args(), &Settings::default());
    for folder in places.private() {
        arch_files::private_dir(&folder).unwrap();
    }
    let keys = identity::open(&places, NodeKey::State).unwrap();
    let fs = StdFs::open(&places.ledger()).unwrap();
    let (mut ledger, _) = Ledger::open(fs, keys, now()).unwrap();
    for records in batches {
        ledger.append(now(), records).unwrap();
    }
    ledger.settle().unwrap();
}

pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    Timestamp::from_unix(since.as_secs().try_into().unwrap()).unwrap()
}

impl World {
    pub fn new() -> Self {
        let ada = KeyPair::from_seed(KeyKind::Ed25519, &[7; 32]);
        let folder = tempfile::tempdir().unwrap();
        for sub in ["config/jobs", "config/modules", "config/roots", "state"] {
            // Closed whatever the umask is: the agent takes no state folder that others may write to.
            let mut closed = std::fs::DirBuilder::new();
            closed.recursive(true).mode(0o700).create(folder.path().join(sub)).unwrap();
        }
        let handover = Duration::from_secs(30);
        let mut world = Self {
            folder,
            pin: Digest::of(b""),
            ada,
            began: now(),
            full: Arc::default(),
            fault: Arc::default(),
            handover,
        };
        let root = world.root(1);
        world.pin = SignedDocument::parse("root.yaml", root.as_bytes()).unwrap().digest();
        world.write("config/root.yaml", &root);
        world.write("config/policy.yaml", &world.policy(1, ""));
        world.write(
            "config/node.yaml",
            &format!("trustRoot: \"{}\"\nlend: {{ cpu: \"1\", memory: 1Gi }}\n", world.pin),
        );
        std::fs::write(world.path("config/modules/m.wasm"), MODULE).unwrap();
        world
    }

    /// A root of this version, all of whose roles are Ada's.
    pub fn root(&self, version: u64) -> String {
        let did = self.ada.public()[0].did();
        self.sign(&format!(
            "apiVersion: arch.network/v1\nkind: Root\nmetadata: {{ name: world, version: {version}, \
             notAfter: \"2099-01-01T00:00:00Z\" }}\nspec:\n  keys:\n    ada: {{ alg: ed25519, \
             public: \"{did}\" }}\n  roles:\n    root: {{ keys: [ada], threshold: 1, kinds: [Root] }}\n    \
             all: {{ keys: [ada], threshold: 1, kinds: [Policy, Job, Revocation] }}\n"
        ))
    }

    /// The same with roles in several hands: Ada signs roots, Pam and Pia policies, Rob and Rex
    /// revocations, Jim and Joe jobs; each of them alone.
    pub fn with_roles() -> Self {
        let mut world = Self::new();
        let root = sign_by("ada", &world.unsigned_root_with_roles(1));
        world.pin = digest(&root);
        world.write("config/root.yaml", &root);
        world.write("config/policy.yaml", &sign_by("pam", &world.unsigned_policy(1, "")));
        world.write(
            "config/node.yaml",
            &format!("trustRoot: \"{}\"\nlend: {{ cpu: \"1\", memory: 1Gi }}\n", world.pin),
        );
        std::fs::create_dir(world.path("config/revocations")).unwrap();
        world
    }

    pub fn unsigned_root_with_roles(&self, version: u64) -> String {
        let people = ["ada", "pam", "pia", "rob", "rex", "jim", "joe"];
        let keys: String = people
            .iter()
            .map(|name| format!("    {name}: {{ alg: ed25519, public: \"{}\" }}\n", did(name)))
            .collect();
        format!(
            "apiVersion: arch.network/v1\nkind: Root\nmetadata: {{ name: world, version: {version}, \
             notAfter: \"2099-01-01T00:00:00Z\" }}\nspec:\n  keys:\n{keys}  roles:\n    \
             root: {{ keys: [ada], threshold: 1, kinds: [Root] }}\n    \
             policies: {{ keys: [pam, pia], threshold: 1, kinds: [Policy] }}\n    \
             revokers: {{ keys: [rob, rex], threshold: 1, kinds: [Revocation] }}\n    \
             jobs: {{ keys: [jim, joe], threshold: 1, kinds: [Job] }}\n"
        )
    }

    pub fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    pub fn write(&self, below: &str, text: &str) {
        std::fs::write(self.path(below), text).unwrap();
    }

    pub fn sign(&self, text: &str) -> String {
        signing::sign("file.yaml", text.as_bytes(), &self.ada).unwrap()
    }

    pub fn policy(&self, version: u64, more: &str) -> String {
        self.sign(&self.unsigned_policy(version, more))
    }

    pub fn unsigned_policy(&self, version: u64, more: &str) -> String {
        format!(
            "apiVersion: arch.network/v1\nkind: Policy\nmetadata: {{ name: world, version: {version}, \
             notAfter: \"2099-01-01T00:00:00Z\" }}\nspec:\n  images: {{ allow: [\"**\"] }}\n  \
             runtimes: [wasm]\n  owners:\n    - {{ id: owners.all, owner: \"**\" }}\n  resources:\n    \
             max: {{ cpu: \"1\", memory: \"1Gi\", timeout: \"1m\" }}\n{more}"
        )
    }

    /// A job of this name, with lines added to its `spec`.
    pub fn job(&self, name: &str, spec: &str) -> String {
        self.sign(&self.unsigned_job(name, spec))
    }

    pub fn unsigned_job(&self, name: &str, spec: &str) -> String {
        let (first, last) = (self.began.minus(3_600), self.began.plus(3_600));
        let nonce = Digest::of(name.as_bytes()).hex();
        let module = Digest::of(MODULE);
        format!(
            "apiVersion: arch.network/v1\nkind: Job\nmetadata:\n  name: {name}\n  owner: \"user:ada\"\n  \
             nonce: \"{}\"\n  notBefore: \"{first}\"\n  notAfter: \"{last}\"\nspec:\n  \
             image: \"m@{module}\"\n  runtime: wasm\n  resources: {{ cpu: \"1\", memory: \"64Mi\", \
             timeout: \"10s\" }}\n{spec}",
            &nonce[..32]
        )
    }

    pub fn drop_file(&self, name: &str, text: &str) -> Digest {
        self.write(&format!("config/jobs/{name}"), text);
        digest(text)
    }

    fn args(&self) -> Args {
        let (config, state) = (self.path("config"), self.path("state"));
        Args::parse_from([
            Path::new("arch-node-agent"),
            Path::new("--config"),
            &config,
            Path::new("--state"),
            &state,
        ])
    }
}

pub fn digest(text: &str) -> Digest {
    SignedDocument::parse("x", text.as_bytes()).map_or(Digest::of(text.as_bytes()), |d| d.digest())
}

/// All that the ledger says, read by a stranger: the kinds of records about a job, in order.
pub fn story(world: &World, of: Digest) -> Vec<String> {
    let kind = |record: &Record| {
        let json = serde_json::to_value(record).unwrap();
        json["kind"].as_str().unwrap().to_owned()
    };
    records(world)
        .iter()
        .filter(|record| match record {
            Record::Refused { subject, .. } => *subject == of,
            record => record.job() == Some(&of),
        })
        .map(kind)
        .collect()
}

/// Opens the ledger anew; the node must have stopped.
pub fn records(world: &World) -> Vec<Record> {
    let places = Places::new(&world.args(), &Settings::default());
    let keys = identity::open(&places, NodeKey::State).unwrap();
    let fs = StdFs::open(&places.ledger()).unwrap();
    let (ledger, _) = Ledger::open(fs, keys, now()).unwrap();
    ledger.entries(0).map(|entry| entry.unwrap().record).collect()
}
