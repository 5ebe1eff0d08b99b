//! The agent as the demo runs it: solo, watched, and never left behind.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitOptions, kill_process, set_child_subreaper, wait};

use super::deadline::Deadline;
use super::folder::Folder;
use crate::answer::Stop;
use crate::control::Control;
use crate::places::Socket;

/// What is needed to start one.
#[derive(Debug, Clone)]
pub(super) struct Programs {
    pub(super) agent: PathBuf,
    pub(super) executor: PathBuf,
}

/// A running agent. Dropped, it is killed; if we are killed ourselves, the broom does it.
#[derive(Debug)]
pub(super) struct Agent {
    child: Child,
    log: PathBuf,
}

impl Agent {
    /// Starts it and waits until it answers.
    pub(super) fn start(
        programs: &Programs,
        folder: &Folder,
        deadline: Deadline,
    ) -> Result<(Self, Control), Stop> {
        let log = folder.path("agent.log");
        let child = command(programs, folder, &log)?
            .spawn()
            .map_err(|error| cannot_start(&programs.agent, &error))?;
        let mut agent = Self { child, log };
        let socket = Socket::of(&folder.path("state")).path();
        let control = deadline.wait_for("answer of the agent", || {
            agent.still_there()?;
            Ok(Control::connect(&socket).ok().and_then(|mut control| {
                control.status().ok()?;
                Some(control)
            }))
        })?;
        Ok((agent, control))
    }

    /// An error with the last words of its log, if it has ended.
    pub(super) fn still_there(&mut self) -> Result<(), Stop> {
        match self.child.try_wait() {
            Ok(None) => Ok(()),
            Ok(Some(status)) => Err(self.ended(status)),
            Err(error) => Err(Stop::could_not(format!("cannot watch the agent: {error}"), "")),
        }
    }

    fn ended(&self, status: ExitStatus) -> Stop {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let last: Vec<&str> = log.lines().rev().take(12).collect();
        let last: Vec<&str> = last.into_iter().rev().collect();
        Stop::could_not(
            format!("the agent ended by itself ({status}); it last said:\n{}", last.join("\n")),
            "mend what it names; `--keep DIR` keeps the whole log",
        )
    }

    /// Pulls the plug: no handler runs, nothing is written any more.
    pub(super) fn kill(mut self) -> Result<(), Stop> {
        self.child
            .kill()
            .and_then(|()| self.child.wait())
            .map(|_status| ())
            .map_err(|error| Stop::could_not(format!("cannot kill the agent: {error}"), ""))
    }

    /// Asks it to end and waits for that.
    pub(super) fn stop(mut self, deadline: Deadline) -> Result<ExitStatus, Stop> {
        if let Some(pid) = Pid::from_raw(i32::try_from(self.child.id()).unwrap_or(0)) {
            let _gone_already = kill_process(pid, Signal::TERM);
        }
        deadline.wait_for("end of the agent", || {
            self.child
                .try_wait()
                .map_err(|error| Stop::could_not(format!("cannot watch the agent: {error}"), ""))
        })
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _gone_already = self.child.kill();
        let _gone_already = self.child.wait();
    }
}

fn command(programs: &Programs, folder: &Folder, log: &Path) -> Result<Command, Stop> {
    let open = OpenOptions::new().create(true).append(true).open(log);
    let out = open.map_err(|error| Stop::could_not(format!("{}: {error}", log.display()), ""))?;
    let err = out.try_clone().map_err(|error| Stop::could_not(error.to_string(), ""))?;
    let mut command = Command::new(&programs.agent);
    command
        .arg("--config")
        .arg(folder.path("config"))
        .arg("--state")
        .arg(folder.path("state"))
        .arg("--executor")
        .arg(&programs.executor)
        .env_remove("NOTIFY_SOCKET")
        .env_remove("LISTEN_FDS")
        .env_remove("CREDENTIALS_DIRECTORY")
        .stdin(Stdio::null())
        .stdout(out)
        .stderr(err);
    Ok(command)
}

fn cannot_start(program: &Path, error: &std::io::Error) -> Stop {
    Stop::could_not(
        format!("{} does not start: {error}", program.display()),
        "build everything with `cargo build`, or run `cargo xtask demo`",
    )
}

/// From now on, children of a killed agent become ours, so that we can see that they end.
pub(super) fn adopt_orphans() {
    let own = Pid::from_raw(i32::try_from(std::process::id()).unwrap_or(1));
    let _unsupported = set_child_subreaper(own);
}

/// Waits until no child of ours is left; those that will not go are counted and killed.
pub(super) fn nothing_left(patience: Duration) -> Result<(), Stop> {
    let deadline = Deadline::starting_now(patience);
    if deadline.wait_for("end of the agent's children", || Ok(childless().then_some(()))).is_ok() {
        return Ok(());
    }
    let left = children();
    for pid in &left {
        let _gone_already = kill_process(*pid, Signal::KILL);
    }
    Err(Stop::could_not(
        format!("{} processes outlived the agent and were killed", left.len()),
        "this is an error of ours; please tell us",
    ))
}

/// Reaps what has ended; the kernel says ECHILD when nothing is left.
fn childless() -> bool {
    loop {
        match wait(WaitOptions::NOHANG) {
            Ok(Some(_ended)) => {}
            Ok(None) => return false,
            Err(_no_child) => return true,
        }
    }
}

fn children() -> Vec<Pid> {
    let threads = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let lists = threads.map(|thread| std::fs::read_to_string(thread.path().join("children")));
    let text = lists.map(Result::unwrap_or_default).collect::<Vec<_>>().join(" ");
    text.split_whitespace().filter_map(|pid| Pid::from_raw(pid.parse().ok()?)).collect()
}
