//! A container of the image: unpacked by umoci, run by crun.

use std::{
    env, fs,
    os::unix::fs::chown,
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use arch_tests::skip;
use serde_json::{Value, json};
use tempfile::TempDir;

/// Names a folder with the image.
const IMAGE: &str = "ARCH_IMAGE";

/// Who runs it.
const USER: u32 = 65_532;

/// A guard against hanging.
const PATIENCE: Duration = Duration::from_secs(120);

/// crun refuses machines with both versions of cgroups, unless it does not see the second. It gets none.
const CRUN: &str = "both=/sys/fs/cgroup/unified; if [ -d $both ]; then umount $both; fi; \
                    exec crun --cgroup-manager=disabled \"$@\"";

/// One that runs.
pub(crate) struct Container {
    folder: TempDir,
    name: String,
    process: Child,
}

/// The folder of the image and its tag; nothing where something is missing.
pub(crate) fn image() -> Option<(String, String)> {
    let Ok(folder) = env::var(IMAGE) else {
        skip("there is no image; `cargo xtask test --only image` makes one and names it");
        return None;
    };
    let path = env::var_os("PATH").unwrap_or_default();
    let there = |name: &str| env::split_paths(&path).any(|folder| folder.join(name).is_file());
    let needed = ["skopeo", "umoci", "crun", "tar"];
    if let Some(missing) = needed.into_iter().find(|name| !there(name)) {
        skip(&format!("there is no {missing}; `apt-get install {missing}` brings it"));
        return None;
    }
    if !rustix::process::geteuid().is_root() {
        skip("only root may run containers as another user");
        return None;
    }
    let index = fs::read_to_string(format!("{folder}/index.json")).unwrap();
    let index: Value = serde_json::from_str(&index).unwrap();
    let tag = index.pointer("/manifests/0/annotations/org.opencontainers.image.ref.name").unwrap();
    Some((folder, tag.as_str().unwrap().to_owned()))
}

/// What a program prints, which must end well.
pub(crate) fn tool(name: &str, arguments: &[&str]) -> String {
    let said = Command::new(name).args(arguments).output().unwrap();
    let words = String::from_utf8_lossy(&said.stderr);
    assert!(said.status.success(), "{name} {arguments:?}: {words}");
    String::from_utf8(said.stdout).unwrap()
}

fn crun(arguments: &[&str]) -> Command {
    let mut command = Command::new("unshare");
    command.args(["--mount", "sh", "-ec", CRUN, "crun"]).args(arguments);
    command
}

impl Container {
    /// Runs it with a root that cannot be written, no capability, no network, and two folders of its own.
    pub(crate) fn start() -> Option<Self> {
        let (image, tag) = image()?;
        let folder = tempfile::tempdir().unwrap();
        let bundle = folder.path().join("bundle");
        let bundle = bundle.to_str().unwrap();
        let _quiet = tool("umoci", &["unpack", "--image", &format!("{image}:{tag}"), bundle]);
        let at = |name: &str| folder.path().join(name);
        for name in ["run", "keys"] {
            fs::create_dir(at(name)).unwrap();
            chown(at(name), Some(USER), Some(USER)).unwrap();
        }
        let text = fs::read_to_string(format!("{bundle}/config.json")).unwrap();
        let mut config: Value = serde_json::from_str(&text).unwrap();
        config["root"]["readonly"] = true.into();
        config["process"]["terminal"] = false.into();
        config["process"]["noNewPrivileges"] = true.into();
        config["process"]["capabilities"] = json!({});
        let arguments = config["process"]["args"].as_array_mut().unwrap();
        arguments.extend(["--allow-dev-keys", "--allow-uid", "0"].map(Value::from));
        let mounts = config["mounts"].as_array_mut().unwrap();
        for (name, place) in [("run", "/run/arch"), ("keys", "/var/lib/arch-circuits")] {
            mounts.push(json!({
                "destination": place, "type": "bind", "source": at(name),
                "options": ["bind", "rw", "nosuid", "nodev", "noexec"],
            }));
        }
        fs::write(format!("{bundle}/config.json"), config.to_string()).unwrap();
        let name = format!("arch-prover-{}", std::process::id());
        let mut crun = crun(&["run", "--bundle", bundle, &name]);
        let log = fs::File::create(at("log")).unwrap();
        let process = crun.stdin(Stdio::null()).stderr(log).spawn().unwrap();
        let mut container = Self { folder, name, process };
        container.wait();
        Some(container)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn wait(&mut self) {
        let begun = Instant::now();
        while !self.path("run/prover.sock").exists() {
            let ended = self.process.try_wait().unwrap();
            let log = fs::read_to_string(self.path("log")).unwrap();
            assert!(ended.is_none() && begun.elapsed() < PATIENCE, "{ended:?} {log}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// What it says when it is asked these, over one line.
    pub(crate) fn asked(&mut self, messages: &[&str]) -> Vec<Value> {
        let mut asker = Command::new(env!("CARGO_BIN_EXE_asker"));
        asker.arg(self.path("run/prover.sock"));
        for (number, message) in messages.iter().enumerate() {
            let path = self.path(&format!("message-{number}"));
            fs::write(&path, message).unwrap();
            asker.arg(path);
        }
        let said = asker.output().unwrap();
        let words = String::from_utf8_lossy(&said.stderr);
        let log = fs::read_to_string(self.path("log"));
        assert!(said.status.success(), "{words} {said:?} {log:?}");
        let said = String::from_utf8(said.stdout).unwrap();
        said.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// What the kernel says of the prover's main process.
    pub(crate) fn status(&self) -> String {
        let state = crun(&["state", &self.name]).output().unwrap();
        let state: Value = serde_json::from_slice(&state.stdout).unwrap();
        fs::read_to_string(format!("/proc/{}/status", state["pid"])).unwrap()
    }

    /// Whether a file in it can be started in it.
    pub(crate) fn can_run(&self, program: &str) -> bool {
        crun(&["exec", &self.name, program, "--version"]).output().unwrap().status.success()
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        let _ended = crun(&["delete", "--force", &self.name]).output();
        let _waited = self.process.wait();
    }
}
