//! What cleans up when the demo is ended from outside, by whatever signal: a second process of this
//! program, which holds the other end of a pipe and sees it close.
//!
//! ```text
//! demo ── "folder PATH", "agent PID" … ──pipe──> broom
//!   └─ ends well: takes the broom away   └─ ends otherwise: the broom kills the agent, sweeps the folder
//! ```
//!
//! No signal handler is involved, so that SIGKILL is no exception.
//!
//! KNOWN GAP: a signal in the instant between the agent's start and the line that tells its number
//! leaves the agent behind, without its folder.

use std::io::{BufRead, Write};
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use super::folder::is_temporary;
use crate::answer::{Answer, Outcome, Stop};

/// How long the broom sweeps at most: a dying executor may still write for a moment.
const PATIENCE: Duration = Duration::from_secs(20);

/// Set for the broom alone. No option: completions would offer it, and nobody is to type it.
const SIGN: &str = "ARCH_DEMO_IS_BROOM";

/// Whether this process is the broom of another one.
pub(super) fn is_wanted() -> bool {
    std::env::var_os(SIGN).is_some()
}

/// The demo's end of the pipe.
#[derive(Debug)]
pub(super) struct Broom {
    child: Child,
    pipe: Option<ChildStdin>,
}

impl Broom {
    /// Starts it. Of a folder that is kept it is told nothing.
    pub(super) fn take(folder: Option<&Path>) -> Result<Self, Stop> {
        let own = std::env::current_exe().map_err(|error| cannot_start(&error))?;
        let mut command = Command::new(own);
        // A group of its own: Ctrl-C on a terminal reaches the demo and the agent, and not this.
        command.arg("demo").env(SIGN, "1").process_group(0).stdin(Stdio::piped());
        let command = command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(|error| cannot_start(&error))?;
        let pipe = child.stdin.take();
        let broom = Self { child, pipe };
        if let Some(folder) = folder {
            broom.tell(&format!("folder {}", folder.display()));
        }
        Ok(broom)
    }

    /// An agent that must not outlive the demo.
    pub(super) fn mind(&self, agent: u32) {
        self.tell(&format!("agent {agent}"));
    }

    fn tell(&self, line: &str) {
        if let Some(mut pipe) = self.pipe.as_ref() {
            // A broom that is gone is missed only if the demo is killed as well.
            let _gone = writeln!(pipe, "{line}");
        }
    }
}

impl Drop for Broom {
    /// Everything was cleaned up already.
    fn drop(&mut self) {
        self.tell("done");
        drop(self.pipe.take());
        let _it_only_waited = self.child.wait();
    }
}

/// The other end: waits for the pipe to close, then cleans up unless told that all is done.
pub(super) fn run(lines: impl BufRead) -> Outcome {
    let mut folder = None;
    let mut agent = None;
    for line in lines.lines().map_while(Result::ok) {
        match line.split_once(' ') {
            Some(("folder", path)) => folder = Some(PathBuf::from(path)),
            // One at a time: the agent before this one was waited for. Held at once, its number
            // cannot come to mean another process.
            Some(("agent", pid)) => agent = held(pid),
            _done => return Ok(Answer::Yes),
        }
    }
    if let Some(agent) = agent {
        let _gone_already = pidfd_send_signal(agent, Signal::KILL);
    }
    folder.filter(|folder| is_temporary(folder)).map_or(Ok(Answer::Yes), |folder| sweep(&folder))
}

fn held(pid: &str) -> Option<OwnedFd> {
    pidfd_open(Pid::from_raw(pid.parse().ok()?)?, PidfdFlags::empty()).ok()
}

fn sweep(folder: &Path) -> Outcome {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        let _not_yet = std::fs::remove_dir_all(folder);
        // Once more after it seems gone: whoever made a file in it meanwhile had it made anew.
        std::thread::sleep(Duration::from_millis(100));
        if !folder.exists() {
            return Ok(Answer::Yes);
        }
    }
    Ok(Answer::No)
}

fn cannot_start(error: &std::io::Error) -> Stop {
    Stop::could_not(
        format!("archctl cannot start itself to clean up later: {error}"),
        "run it from where it was built or installed",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> PathBuf {
        super::super::folder::fresh().unwrap()
    }

    #[test]
    fn a_pipe_that_closes_without_a_word_means_that_the_folder_is_swept() {
        let folder = folder();
        std::fs::write(folder.join("file"), "x").unwrap();
        let told = format!("folder {}\nagent 999999999\n", folder.display());
        assert_eq!(run(told.as_bytes()).unwrap(), Answer::Yes);
        assert!(!folder.exists());
    }

    #[test]
    fn after_done_and_for_a_folder_that_is_not_the_demos_nothing_is_swept() {
        let kept = folder();
        run(format!("folder {}\ndone\n", kept.display()).as_bytes()).unwrap();
        let other = tempfile::tempdir().unwrap();
        run(format!("folder {}\n", other.path().display()).as_bytes()).unwrap();
        assert!(kept.is_dir() && other.path().is_dir());
        std::fs::remove_dir_all(kept).unwrap();
    }

    #[test]
    fn the_agent_is_killed() {
        let mut agent = Command::new("sleep").arg("600").spawn().unwrap();
        run(format!("agent {}\n", agent.id()).as_bytes()).unwrap();
        assert!(!agent.wait().unwrap().success());
    }
}
