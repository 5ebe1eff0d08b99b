//! A machine before the agent starts: keys, a signed root, a signed policy, folders.

use std::{
    fs,
    os::unix::fs::{DirBuilderExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    process::Command,
    time::{SystemTime, UNIX_EPOCH},
};

use arch_document::{SignedDocument, signing};
use arch_identity::{Digest, KeyKind, KeyPair, Timestamp, keyfile};
use tempfile::TempDir;

use crate::{Agent, JobText};

/// Somebody who signs.
#[derive(Debug)]
pub struct Key {
    /// Id in the root.
    pub id: &'static str,
    /// The keys.
    pub pair: KeyPair,
}

impl Key {
    /// Always the same key for the same seed.
    #[must_use]
    pub fn new(id: &'static str, kind: KeyKind, seed: u8) -> Self {
        Self { id, pair: KeyPair::from_seed(kind, &[seed; 32]) }
    }

    /// Signs a document's text.
    ///
    /// # Panics
    /// When the text is no document.
    #[must_use]
    pub fn sign(&self, file: &str, text: &str) -> String {
        signing::sign(file, text.as_bytes(), &self.pair).unwrap_or_else(|e| panic!("{file}: {e}"))
    }
}

/// Folders, keys and documents of one node.
#[derive(Debug)]
pub struct World {
    folder: TempDir,
    /// Signs the root.
    pub root: Key,
    /// Signs policies; hybrid, so that both algorithms are on the path.
    pub policy: Key,
    /// Signs jobs.
    pub owner: Key,
    /// Trusted by nobody.
    pub stranger: Key,
}

impl World {
    /// A node with a root, a policy that allows `read:` and `write:` below its data folder, and no
    /// jobs.
    #[must_use]
    pub fn new() -> Self {
        let world = Self {
            folder: tempfile::tempdir().expect("a folder for the test"),
            root: Key::new("root", KeyKind::Ed25519, 1),
            policy: Key::new("policy", KeyKind::Hybrid, 2),
            owner: Key::new("owner", KeyKind::Ed25519, 3),
            stranger: Key::new("stranger", KeyKind::Ed25519, 4),
        };
        // Closed whatever the umask is: the agent takes no state folder that others may write to.
        for folder in ["config/jobs", "config/modules", "state", "data"] {
            let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(world.path(folder));
            made.expect("a folder for the test");
        }
        world.trust(&world.root_text(1));
        world.write_policy(&world.policy_text(1));
        world
    }

    /// A path inside the test's folder.
    #[must_use]
    pub fn path(&self, below: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(below)
    }

    /// This machine's time.
    #[must_use]
    pub fn now() -> Timestamp {
        let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
        Timestamp::from_unix(i64::try_from(elapsed.as_secs()).expect("before 9999"))
            .expect("before 9999")
    }

    /// The text of the root, unsigned.
    #[must_use]
    pub fn root_text(&self, version: u64) -> String {
        let key = |key: &Key| {
            let dids: Vec<String> =
                key.pair.public().iter().map(|k| format!("\"{}\"", k.did())).collect();
            let public = match dids.as_slice() {
                [one] => one.clone(),
                several => format!("[{}]", several.join(", ")),
            };
            format!(
                "    {}: {{ alg: {}, public: {public}, group: {} }}\n",
                key.id,
                key.pair.kind(),
                key.id
            )
        };
        let keys: String = [&self.root, &self.policy, &self.owner].map(key).concat();
        format!(
            "apiVersion: arch.network/v1
kind: Root
metadata: {{ name: test-root, version: {version}, notAfter: \"{}\" }}
spec:
  keys:
{keys}  roles:
    root: {{ keys: [root], threshold: 1, kinds: [Root] }}
    policy: {{ keys: [policy], threshold: 1, kinds: [Policy] }}
    jobs: {{ keys: [owner], threshold: 1, kinds: [Job] }}
    revoker: {{ keys: [root], threshold: 1, kinds: [Revocation] }}
",
            Self::now().plus(86_400)
        )
    }

    /// Signs the root, installs it and pins it in the settings.
    pub fn trust(&self, text: &str) {
        let signed = self.root.sign("root.yaml", text);
        let document = SignedDocument::parse("root.yaml", signed.as_bytes()).expect("a root");
        self.write("config/root.yaml", signed);
        self.write("config/node.yaml", self.settings(document.digest()));
    }

    fn settings(&self, pin: Digest) -> String {
        format!("trustRoot: \"{pin}\"\nlend:\n  cpu: \"2\"\n  memory: \"1Gi\"\n")
    }

    /// The text of a policy that allows the data folder, unsigned.
    #[must_use]
    pub fn policy_text(&self, version: u64) -> String {
        let data = self.path("data");
        let data = data.display();
        format!(
            "apiVersion: arch.network/v1
kind: Policy
metadata: {{ name: test-policy, version: {version}, notAfter: \"{}\" }}
spec:
  runtimes: [wasm, matrix]
  images: {{ allow: [\"*\"] }}
  owners:
    - {{ id: owners.all, owner: \"*\" }}
  allow:
    - {{ id: data, fs: [\"read:{data}\", \"write:{data}/write\"] }}
    - {{ id: net.egress, net: [\"egress:443\"] }}
  resources:
    max: {{ cpu: \"2\", memory: \"512Mi\", timeout: \"10m\" }}
    limits: {{ outputs: \"1Mi\", hostCalls: 200000 }}
",
            Self::now().plus(86_400)
        )
    }

    /// Signs a policy and installs it.
    pub fn write_policy(&self, text: &str) {
        self.write("config/policy.yaml", self.policy.sign("policy.yaml", text));
    }

    /// Gives the node its key before its first start, so that a policy can name it; its did:key.
    ///
    /// # Panics
    /// When the state folder takes no file.
    #[must_use]
    pub fn node(&self, seed: u8) -> String {
        let pair = KeyPair::from_seed(KeyKind::Hybrid, &[seed; 32]);
        let path = self.path("state/node.key");
        fs::write(&path, keyfile::write_plain(&pair)).expect("the state folder takes a file");
        let closed = fs::Permissions::from_mode(0o600);
        fs::set_permissions(&path, closed).expect("a file of ours");
        pair.public().first().expect("a hybrid key has two").did()
    }

    /// Puts a module where the agent finds it by digest.
    pub fn install(&self, wasm: &[u8]) -> Digest {
        let digest = Digest::of(wasm);
        self.write(format!("config/modules/{}.wasm", digest.hex()), wasm);
        digest
    }

    /// A job that runs `wasm`, which is installed.
    #[must_use]
    pub fn job(&self, name: &str, wasm: &[u8]) -> JobText {
        JobText::new(name, self.install(wasm), Self::now())
    }

    /// Signs a job as its owner and drops it; gives its digest.
    pub fn drop_job(&self, job: &JobText) -> Digest {
        let signed = self.owner.sign("job.yaml", &job.yaml());
        self.drop_file(&format!("{}.yaml", Digest::of(signed.as_bytes()).hex()), &signed);
        SignedDocument::parse("job.yaml", signed.as_bytes()).expect("a job").digest()
    }

    /// Drops any bytes into the folder, whole, as a careful operator does.
    pub fn drop_file(&self, name: &str, bytes: impl AsRef<[u8]>) {
        self.write(format!("config/dropped-{name}"), bytes);
        fs::rename(
            self.path(format!("config/dropped-{name}")),
            self.path(format!("config/jobs/{name}")),
        )
        .expect("the drop folder takes a file");
    }

    fn write(&self, below: impl AsRef<Path>, bytes: impl AsRef<[u8]>) {
        fs::write(self.path(below), bytes).expect("the test's folder takes a file");
    }

    /// Starts the agent solo.
    #[must_use]
    pub fn agent(&self) -> Agent {
        self.agent_with(|_| {}).ready()
    }

    /// Starts the agent with another environment, or further arguments; does not wait for it.
    #[must_use]
    pub fn agent_with(&self, change: impl FnOnce(&mut Command)) -> Agent {
        Agent::spawn(self, change)
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}
