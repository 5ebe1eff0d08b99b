//! What cleans up when the demo is ended from outside, by whatever signal: a second process of this
//! program, which holds the other end of a pipe and sees it close.
//!
//! ```text
//! demo ── "group ID", "folder PATH" (or "kept PATH") ──pipe──> broom
//!   └─ ends well: takes the broom away   └─ ends otherwise: the broom ends what works in the folder
//!                                           and sweeps it, unless it is to be kept
//! ```
//!
//! No signal handler is involved, so that SIGKILL is no exception. Whatever the demo starts works in its
//! folder, and is known by that: a number that the demo would have to tell first could be missed by a
//! signal that comes before.

use std::io::{BufRead, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, PidfdFlags, Signal, getpgrp, pidfd_open, pidfd_send_signal};

use super::folder::{Folder, is_temporary};
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
    /// Starts it, before anything else is. A folder that is kept is not swept.
    pub(super) fn take(folder: &Folder) -> Result<Self, Stop> {
        let own = std::env::current_exe().map_err(|error| cannot_start(&error))?;
        let mut command = Command::new(own);
        // A group of its own: Ctrl-C on a terminal reaches the demo and the agent, and not this.
        command.arg("demo").env(SIGN, "1").process_group(0).stdin(Stdio::piped());
        let command = command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(|error| cannot_start(&error))?;
        let pipe = child.stdin.take();
        let broom = Self { child, pipe };
        broom.tell(&format!("group {}", getpgrp().as_raw_nonzero()));
        let fate = if folder.is_kept() { "kept" } else { "folder" };
        broom.tell(&format!("{fate} {}", folder.root().display()));
        Ok(broom)
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
    let (mut group, mut folder, mut is_kept) = (None, None, false);
    for line in lines.lines().map_while(Result::ok) {
        match line.split_once(' ') {
            Some(("group", id)) => group = id.parse().ok().and_then(Pid::from_raw),
            Some((fate @ ("folder" | "kept"), path)) => {
                (folder, is_kept) = (Some(PathBuf::from(path)), fate == "kept");
            }
            _done => return Ok(Answer::Yes),
        }
    }
    let (Some(group), Some(folder)) = (group, folder) else { return Ok(Answer::Yes) };
    let is_swept = !is_kept && is_temporary(&folder);
    Ok(Answer::from_truth(clean(group, &folder, is_swept)))
}

/// Whether nothing is left.
fn clean(group: Pid, folder: &Path, is_swept: bool) -> bool {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        end_all(group, folder);
        if is_swept {
            let _not_yet = std::fs::remove_dir_all(folder);
        }
        // Once more after all seems gone: what was just being started is known by then, and whoever
        // made a file meanwhile had the folder made anew.
        std::thread::sleep(Duration::from_millis(100));
        let is_clean = !is_swept || !folder.exists();
        if is_clean && end_all(group, folder) == 0 {
            return true;
        }
    }
    false
}

/// Kills what the demo started and that is still there; how many there were.
fn end_all(group: Pid, folder: &Path) -> usize {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let killed = pids.filter_map(|pid: i32| {
        let pid = Pid::from_raw(pid)?;
        // Held before it is looked at: the number cannot come to mean another process in between.
        let held = pidfd_open(pid, PidfdFlags::empty()).ok()?;
        if group_of(pid) != Some(group) || !works_in(pid, folder) {
            return None;
        }
        pidfd_send_signal(held, Signal::KILL).ok()
    });
    killed.count()
}

/// As proc(5) has it: the third field behind the name, which may hold anything itself.
fn group_of(pid: Pid) -> Option<Pid> {
    let stat = std::fs::read(format!("/proc/{}/stat", pid.as_raw_nonzero())).ok()?;
    let end_of_name = stat.iter().rposition(|byte| *byte == b')')?;
    let rest = std::str::from_utf8(stat.get(end_of_name..)?).ok()?;
    // Threads of the kernel are in group 0, which is none.
    rest.split(' ').nth(3)?.parse().ok().and_then(Pid::from_raw)
}

/// Whether an argument names something in the folder. Whoever started the demo may name the folder
/// itself.
fn works_in(pid: Pid, folder: &Path) -> bool {
    let line = std::fs::read(format!("/proc/{}/cmdline", pid.as_raw_nonzero())).unwrap_or_default();
    let inside = |argument: &[u8]| {
        let rest = argument.strip_prefix(folder.as_os_str().as_bytes());
        rest.is_some_and(|rest| matches!(rest, [b'/', _, ..]))
    };
    line.split(|byte| *byte == 0).any(inside)
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

    fn told(folder: &Path, end: &str) -> String {
        format!("group {}\nfolder {}\n{end}", getpgrp().as_raw_nonzero(), folder.display())
    }

    /// Something that waits, with this argument, in the group of this process or in its own.
    fn waiting(argument: &Path, own_group: bool) -> Child {
        let mut command = Command::new("sh");
        command.args(["-c", "read word", "sh"]).arg(argument).stdin(Stdio::piped());
        if own_group {
            command.process_group(0);
        }
        command.spawn().unwrap()
    }

    #[test]
    fn a_pipe_that_closes_without_a_word_means_that_the_folder_is_swept() {
        let folder = folder();
        std::fs::write(folder.join("file"), "x").unwrap();
        assert_eq!(run(told(&folder, "").as_bytes()).unwrap(), Answer::Yes);
        assert!(!folder.exists());
    }

    #[test]
    fn after_done_and_for_a_folder_that_is_kept_or_not_the_demos_nothing_is_swept() {
        let kept = folder();
        run(told(&kept, "done\n").as_bytes()).unwrap();
        run(told(&kept, "").replace("folder", "kept").as_bytes()).unwrap();
        let other = tempfile::tempdir().unwrap();
        run(told(other.path(), "").as_bytes()).unwrap();
        assert!(kept.is_dir() && other.path().is_dir());
        std::fs::remove_dir_all(kept).unwrap();
    }

    #[test]
    fn all_that_works_in_the_folder_is_killed_and_nobody_else() {
        let folder = folder();
        let mut ours = [folder.join("state"), folder.join("keys")].map(|at| waiting(&at, false));
        let beside = folder.with_extension("too");
        let others = [(folder.clone(), false), (beside.join("state"), false)];
        let others = others.into_iter().chain([(folder.join("log"), true)]);
        let others: Vec<_> = others.map(|(at, own_group)| waiting(&at, own_group)).collect();
        assert_eq!(run(told(&folder, "").as_bytes()).unwrap(), Answer::Yes);
        for one in &mut ours {
            assert!(!one.wait().unwrap().success());
        }
        for mut other in others {
            assert!(other.try_wait().unwrap().is_none(), "{other:?}");
            other.kill().unwrap();
            other.wait().unwrap();
        }
    }
}
