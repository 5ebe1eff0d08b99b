//! The prover as the demo runs it: at a Unix socket in the demo's folder, with keys that anybody can forge
//! with, and never left behind.

use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::deadline::Deadline;
use super::folder::Folder;
use crate::answer::Stop;

/// Where it listens, below the demo's folder.
pub(super) const SOCKET: &str = "prover.sock";

/// A running prover. Dropped, it is killed; if we are killed ourselves, the broom does it.
#[derive(Debug)]
pub(super) struct Prover(Child);

impl Prover {
    /// Starts it and waits until it listens.
    pub(super) fn start(program: &Path, folder: &Folder, deadline: Deadline) -> Result<Self, Stop> {
        let log = folder.put("prover.log", b"", 0o600)?;
        let log = std::fs::OpenOptions::new().append(true).open(&log);
        let log = log.map_err(|error| {
            Stop::could_not(
                format!("prover.log: {error}"),
                "choose another folder with `--keep DIR`",
            )
        })?;
        let socket = folder.path(SOCKET);
        let child = Command::new(program)
            .args(["--mode=server", "--allow-dev-keys", "--keys"])
            .arg(folder.path("proving-keys"))
            .arg("--socket")
            .arg(&socket)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .map_err(|error| {
                Stop::could_not(
                    format!("{} does not start: {error}", program.display()),
                    "build everything with `cargo build`, or run `cargo xtask demo`",
                )
            })?;
        let mut prover = Self(child);
        deadline.wait_for("prover at its socket", || {
            if let Ok(Some(status)) = prover.0.try_wait() {
                let text = format!("the prover ended by itself ({status})");
                return Err(Stop::could_not(text, "`--keep DIR` keeps its words in prover.log"));
            }
            Ok(UnixStream::connect(&socket).ok().map(|_line| ()))
        })?;
        Ok(prover)
    }
}

impl Drop for Prover {
    fn drop(&mut self) {
        let _gone_already = self.0.kill();
        let _gone_already = self.0.wait();
    }
}
