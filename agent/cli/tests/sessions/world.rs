//! A throw-away folder and the program in it.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use arch_identity::{KeyKind, KeyPair, Timestamp};
use arch_ledger::{Ledger, LogKeys, StdFs};
use serde_json::Value;

/// What one command gave.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) code: i32,
    pub(crate) data: String,
    pub(crate) talk: String,
}

impl Told {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.data).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// A folder in which commands run.
pub(crate) struct World {
    pub(crate) dir: tempfile::TempDir,
}

impl World {
    pub(crate) fn empty() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    /// The ledger in a folder, which begins if there is none; always under the same keys.
    pub(crate) fn ledger(&self, folder: &str, now: Timestamp) -> Ledger {
        std::fs::create_dir_all(self.path(folder)).unwrap();
        let keys = LogKeys::new("example.org/node", KeyPair::from_seed(KeyKind::Hybrid, &[7; 32]));
        let fs = StdFs::open(&self.path(folder)).unwrap();
        let (ledger, _recovery) = Ledger::open(fs, keys.unwrap(), now).unwrap();
        ledger
    }

    /// Three keys and a root that trusts them.
    pub(crate) fn with_root() -> Self {
        let world = Self::empty();
        for (name, kind) in [("root", "hybrid"), ("policy", "ed25519"), ("issuer", "hybrid")] {
            let out = format!("{name}.key");
            world.done(&["key", "generate", "--plain", "--kind", kind, "--out", &out]);
        }
        world.done(&[
            "root",
            "new",
            "--root",
            "root.key",
            "--policy",
            "policy.key",
            "--jobs",
            "me=issuer.key",
        ]);
        world
    }

    /// Also a signed policy, in a configuration folder.
    pub(crate) fn with_config() -> Self {
        Self::with_policy(POLICY)
    }

    /// The same, with a policy that allows exact products as well, and no image at all.
    pub(crate) fn with_products() -> Self {
        let policy = POLICY.replace("[wasm]", "[wasm, matrix]").replace("[\"**\"]", "[]");
        assert_ne!(policy, POLICY);
        Self::with_policy(&policy)
    }

    fn with_policy(policy: &str) -> Self {
        let world = Self::with_root();
        std::fs::create_dir_all(world.path("config/modules")).unwrap();
        std::fs::rename(world.path("root.yaml"), world.path("config/root.yaml")).unwrap();
        world.write("config/policy.yaml", policy);
        world.done(&["policy", "sign", "config/policy.yaml", "--key", "policy.key"]);
        world
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// A job that is valid right now, unsigned.
    pub(crate) fn job(&self, file: &str, net: &str) {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        let now = i64::try_from(now.as_secs()).unwrap();
        let at = |seconds: i64| {
            arch_identity::Timestamp::from_unix(now.saturating_add(seconds)).unwrap().to_string()
        };
        let text =
            JOB.replace("@FROM@", &at(-60)).replace("@UNTIL@", &at(3600)).replace("@NET@", net);
        self.write(file, &text);
    }

    pub(crate) fn signed_job(&self, file: &str, net: &str, key: &str) {
        self.job(file, net);
        self.done(&["job", "sign", file, "--key", key]);
    }

    pub(crate) fn run(&self, args: &[&str]) -> Told {
        let output = Command::new(env!("CARGO_BIN_EXE_archctl"))
            .args(args)
            .current_dir(self.dir.path())
            .env_remove("ARCH_CONFIG")
            .env_remove("ARCH_STATE")
            .env_remove("ARCH_LEDGER")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        Told {
            code: output.status.code().unwrap(),
            data: String::from_utf8(output.stdout).unwrap(),
            talk: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs what has to work.
    pub(crate) fn done(&self, args: &[&str]) -> Told {
        let told = self.run(args);
        assert_eq!(told.code, 0, "{args:?}: {told:?}");
        told
    }
}

const POLICY: &str = "\
apiVersion: arch.network/v1
kind: Policy
metadata: { name: lab, version: 1, notAfter: \"2099-01-01T00:00:00Z\" }
spec:
  owners:
    - { id: owners.lab, owner: \"user:*\" }
  runtimes: [wasm]
  images: { allow: [\"**\"] }
  allow:
    - { id: net.egress, net: [\"egress:443\"] }
  resources:
    max: { cpu: \"1\", memory: \"1Gi\", timeout: \"10m\" }
";

const JOB: &str = "\
# A comment that has to stay.
apiVersion: arch.network/v1
kind: Job
metadata:
  name: hello
  owner: \"user:ada\"
  nonce: \"00112233445566778899aabbccddeeff\"
  notBefore: \"@FROM@\"
  notAfter: \"@UNTIL@\"
spec:
  image: \"hello@sha256:93a44bbb96c751218e4c00d479e4c14358122a389acca16205b1e4d0dc5f9476\"
  runtime: wasm
  resources: { cpu: \"500m\", memory: \"64Mi\", timeout: \"1m\" }
  capabilities: { net: [@NET@] }
";
