//! A real systemd, booted on a throw-away layer over this machine's own files.
//!
//! ```text
//! test ──> booted guard            own process group; removes everything when the test is gone
//!            └─ unshare            its own mounts and processes: nothing of them is seen outside
//!                 └─ booted start  tmpfs over /, the seed copied in, becomes systemd-nspawn
//!                      └─ systemd  PID 1 of the guest
//!                           └─ booted inside   runs what the test asks for, over a Unix socket
//! ```
//!
//! `ARCH_GUEST_ROOT` names a folder with another system to boot instead of this machine's.
//!
//! What the guest writes is in memory and gone with it. It has no network but its own loopback.
//!
//! A guest shares this machine's kernel, and so what that has not. What needs another one is tried
//! in a [`Machine`]: below the same guard, QEMU instead of unshare and all that follows.

mod machine;
mod manager;
mod seed;
mod talk;

use std::{
    fs,
    io::Read as _,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    time::{Duration, Instant},
};

pub use machine::{LINE, Machine};
pub use seed::Seed;
pub use talk::{Answer, Request, answer_all};

/// How long booting may take before the test fails.
const PATIENCE: Duration = Duration::from_secs(120);

/// Where every instruction is emulated, on a machine that may have other things to do.
const EMULATED: Duration = Duration::from_secs(400);

/// Programs that have to be there.
const NEEDED: [&str; 4] = ["systemd-nspawn", "unshare", "setpriv", "mount"];

/// A guest that runs.
#[derive(Debug)]
pub struct Booted {
    guard: Child,
    /// Closing it is how the guard learns that we are gone, whatever ended us.
    alive: Option<ChildStdin>,
    folder: PathBuf,
    patience: Duration,
}

/// Why no guest can be booted on this machine; `None` where one can.
#[must_use]
pub fn cannot_boot() -> Option<String> {
    if !rustix::process::geteuid().is_root() {
        return Some("only root can boot a guest".to_owned());
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let there = |name: &str| std::env::split_paths(&path).any(|folder| folder.join(name).is_file());
    if let Some(missing) = NEEDED.iter().find(|name| !there(name)) {
        return Some(format!(
            "there is no {missing}; `apt-get install systemd-container` brings it"
        ));
    }
    let namespaces = ["--mount", "--pid", "--fork", "--mount-proc", "true"];
    match Command::new("unshare").args(namespaces).stderr(Stdio::null()).status() {
        Ok(ended) if ended.success() => None,
        _ => Some("root may not make namespaces and mounts here".to_owned()),
    }
}

/// The guard removes it, also when this process does not live to do so.
fn new_folder() -> PathBuf {
    let folder = tempfile::Builder::new().prefix("arch-booted-").tempdir();
    folder.expect("a folder for the guest").keep()
}

impl Booted {
    /// Boots a guest with these files; `program` is the test program `booted`.
    ///
    /// # Panics
    /// When the guest does not come up.
    #[must_use]
    pub fn boot(program: &str, seed: &Seed) -> Self {
        let folder = new_folder();
        seed.write(&folder, Path::new(program));
        let mut booted = Self::guarded(program, folder, PATIENCE);
        let up = |booted: &Self| talk::ask(&booted.socket(), &Request::run(&["true"])).is_ok();
        booted.wait_until(up);
        booted
    }

    /// Boots a machine of its own, which has a kernel of its own.
    ///
    /// # Panics
    /// When it does not come up.
    #[must_use]
    pub fn machine(program: &str, seed: &Seed, machine: &Machine) -> Self {
        let folder = new_folder();
        machine.write(&folder, seed, Path::new(program));
        let mut booted = Self::guarded(program, folder, EMULATED);
        // Said once, to whoever is on the line then.
        let mut line = None;
        booted.wait_until(|booted| {
            line = line.take().or_else(|| talk::wait(&booted.socket()).ok());
            line.as_mut().is_some_and(talk::is_up)
        });
        booted
    }

    fn guarded(program: &str, folder: PathBuf, patience: Duration) -> Self {
        let mut guard = Command::new(program)
            .arg("guard")
            .arg(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("the guard starts");
        let alive = guard.stdin.take();
        Self { guard, alive, folder, patience }
    }

    fn wait_until(&mut self, mut up: impl FnMut(&Self) -> bool) {
        let since = Instant::now();
        while !up(self) {
            let gone = !matches!(self.guard.try_wait(), Ok(None));
            if gone || since.elapsed() > self.patience {
                panic!("the guest did not come up: {}", self.console());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Its folder on this machine; gone when the guest is.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// As if this process had been killed: nothing but its end of the pipe is closed.
    #[must_use]
    pub fn orphaned(mut self) -> Self {
        drop(self.alive.take());
        self
    }

    /// The process that keeps the guest.
    #[must_use]
    pub fn guard(&self) -> u32 {
        self.guard.id()
    }

    fn socket(&self) -> PathBuf {
        self.folder.join("out/inside.sock")
    }

    /// What the guest printed on its console.
    #[must_use]
    pub fn console(&self) -> String {
        let mut bytes = vec![];
        // The second one is that of a machine's kernel.
        for name in ["console", "serial"] {
            let file = fs::File::open(self.folder.join("out").join(name));
            let _nothing_printed = file.and_then(|mut file| file.read_to_end(&mut bytes));
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Runs a program in the guest, as root, to its end.
    ///
    /// # Panics
    /// When the guest is gone.
    #[must_use]
    pub fn run(&self, line: &[&str]) -> Answer {
        self.ask(&Request::run(line))
    }

    /// Runs a program again and again until it ends with this code.
    ///
    /// # Panics
    /// When it does not, for too long.
    pub fn until(&self, code: i64, line: &[&str]) {
        let since = Instant::now();
        while self.run(line).code != Some(code) {
            assert!(since.elapsed() < self.patience, "{line:?} does not end with {code}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Runs a program that has to end with 0, and gives what it printed.
    ///
    /// # Panics
    /// When it does not.
    #[must_use]
    pub fn good(&self, line: &[&str]) -> String {
        let answer = self.run(line);
        assert_eq!(answer.code, Some(0), "{line:?}: {}{}", answer.stdout, answer.stderr);
        answer.stdout
    }

    /// Writes a file in the guest, with the folders above it.
    ///
    /// # Panics
    /// When the guest is gone.
    pub fn write(&self, path: &str, text: &str) {
        let answer = self.ask(&Request {
            input: text.to_owned(),
            ..Request::run(&["install", "-D", "-m0644", "/dev/stdin", path])
        });
        assert_eq!(answer.code, Some(0), "{path}: {}", answer.stderr);
    }

    fn ask(&self, request: &Request) -> Answer {
        match talk::ask(&self.socket(), request) {
            Ok(answer) => answer,
            Err(error) => panic!("the guest is gone ({error}): {}", self.console()),
        }
    }
}

impl Drop for Booted {
    fn drop(&mut self) {
        drop(self.alive.take());
        // It ends the guest and removes the folder; nothing is left to do if it cannot.
        let _ = self.guard.wait();
    }
}
