//! The demo leaves nothing behind, however it ends.

use std::{
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use arch_tests::{checkout, program, skip};
use rustix::process::{Pid, Signal, kill_process};

/// The first package of the lock file that has a source, as registries name its folder.
fn locked() -> String {
    let lock = fs::read_to_string(checkout().join("Cargo.lock")).unwrap();
    let part = lock.split("[[package]]").find(|part| part.contains("\nsource = ")).unwrap();
    let field = |name: &str| {
        let line = part.lines().find(|line| line.starts_with(name)).unwrap();
        line.split('"').nth(1).unwrap().to_owned()
    };
    format!("{}-{}", field("name"), field("version"))
}

/// A demo over one package, with temporary files in a folder of our own.
fn demo(temporary: &Path, sources: &Path) -> Child {
    let package = sources.join(locked());
    fs::create_dir_all(package.join("src")).unwrap();
    fs::write(package.join("Cargo.toml"), "[package]\nname = \"x\"\n").unwrap();
    fs::write(package.join("src/lib.rs"), "// errors\n".repeat(1000)).unwrap();
    Command::new(program("archctl"))
        .args(["demo", "--agent"])
        .arg(program("arch-node-agent"))
        .arg("--executor")
        .arg(program("arch-executor"))
        .arg("--sources")
        .arg(sources)
        .env("TMPDIR", temporary)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Processes whose command line names the folder: the agent's does.
fn named(folder: &Path) -> Vec<i32> {
    let folder = folder.display().to_string();
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    pids.filter(|pid| {
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).split('\0').skip(1).any(|arg| arg.starts_with(&folder))
    })
    .collect()
}

fn until(what: &str, mut ready: impl FnMut() -> bool) {
    let start = Instant::now();
    while !ready() {
        assert!(start.elapsed() < Duration::from_secs(90), "waited too long for {what}");
        sleep(Duration::from_millis(20));
    }
}

fn ended_by(signal: Signal) {
    let folder = tempfile::tempdir().unwrap();
    let (temporary, sources) = (folder.path().join("tmp"), folder.path().join("sources"));
    fs::create_dir(&temporary).unwrap();
    let mut demo = demo(&temporary, &sources);
    until("the agent", || !named(&temporary).is_empty());
    let family = named(&temporary);
    kill_process(Pid::from_raw(i32::try_from(demo.id()).unwrap()).unwrap(), signal).unwrap();
    assert!(!demo.wait().unwrap().success(), "it was ended in the middle");
    until("the agent's end", || named(&temporary).is_empty());
    until("an empty folder", || fs::read_dir(&temporary).unwrap().next().is_none());
    assert!(!family.is_empty());
}

/// What ignores a signal hands that on to the programs that it starts.
fn interrupts_are_ignored() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap().trim();
    u64::from_str_radix(ignored, 16).unwrap() & 0b10 != 0
}

#[test]
fn a_demo_that_is_told_to_end_leaves_no_process_and_no_folder() {
    ended_by(Signal::TERM);
}

#[test]
fn a_demo_that_is_interrupted_or_killed_leaves_no_process_and_no_folder() {
    ended_by(Signal::KILL);
    if interrupts_are_ignored() {
        skip("interrupts are ignored here, as a shell does for what it runs in the background");
        return;
    }
    ended_by(Signal::INT);
}
