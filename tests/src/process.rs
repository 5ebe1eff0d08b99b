//! What the kernel says of processes, ours and those below them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use rustix::process::{Pid, Signal, kill_process};

/// The children of all threads of a process.
#[must_use]
pub fn children(pid: u32) -> Vec<i32> {
    let mut found = vec![];
    for task in fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten() {
        let text = fs::read_to_string(task.path().join("children")).unwrap_or_default();
        found.extend(text.split_whitespace().filter_map(|pid| pid.parse::<i32>().ok()));
    }
    found
}

/// The executors of an agent, which are its launcher's children.
///
/// # Panics
/// Never: process numbers are positive.
#[must_use]
pub fn executors(agent: u32) -> Vec<i32> {
    let launchers = children(agent).into_iter();
    let of = |pid| children(u32::try_from(pid).expect("process numbers are positive"));
    launchers.flat_map(of).collect()
}

/// The children, theirs, and so on.
///
/// # Panics
/// Never: process numbers are positive.
#[must_use]
pub fn descendants(pid: i32) -> Vec<i32> {
    let below = children(u32::try_from(pid).expect("process numbers are positive"));
    below.iter().flat_map(|child| std::iter::once(*child).chain(descendants(*child))).collect()
}

/// Whether a process still does something; a zombie that nobody waits for does not.
#[must_use]
pub fn alive(pid: i32) -> bool {
    state(pid).is_some_and(|state| state != 'Z')
}

/// Whether a process was stopped by a signal.
#[must_use]
pub fn stopped(pid: u32) -> bool {
    i32::try_from(pid).ok().and_then(state) == Some('T')
}

/// Whether another process traces every thread of this one.
#[must_use]
pub fn all_traced(pid: u32) -> bool {
    let mut tasks = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    tasks.all(|task| {
        let status = fs::read_to_string(task.path().join("status")).unwrap_or_default();
        status
            .lines()
            .any(|line| line.strip_prefix("TracerPid:").is_some_and(|tracer| tracer.trim() != "0"))
    })
}

fn state(pid: i32) -> Option<char> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit(") ").next()?.chars().next()
}

/// Kills a process that may be gone already.
pub fn kill(pid: i32) {
    if let Some(pid) = Pid::from_raw(pid) {
        // Gone is what it is to be.
        let _ = kill_process(pid, Signal::KILL);
    }
}

/// How many descriptors a process has open.
#[must_use]
pub fn open_files(pid: u32) -> usize {
    fs::read_dir(format!("/proc/{pid}/fd")).map_or(0, Iterator::count)
}

/// A number of `/proc/<pid>/status` in KiB, such as `VmRSS` or `VmHWM`.
#[must_use]
pub fn memory_kib(pid: u32, what: &str) -> u64 {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(what)?.strip_prefix(':'));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}

/// The command lines that name a folder, each with its process: the agent, its executor and all
/// workers of a world name it.
#[must_use]
pub fn that_name(folder: &Path) -> Vec<String> {
    let folder = folder.display().to_string();
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    pids.filter(|pid| alive(*pid))
        .filter_map(|pid| {
            let line = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
            let line = String::from_utf8_lossy(&line).replace('\0', " ");
            line.contains(&folder).then(|| format!("{pid}: {line}"))
        })
        .collect()
}

/// Every file below a folder, sorted.
#[must_use]
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![];
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            found.extend(files(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found.sort();
    found
}
