//! A real cgroup for each child, where this machine lets a test have one to divide.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use arch_wire::executor::{Outcome, ToExecutor};

use crate::agent::{Agent, Job, until};
use crate::guests::SPIN;

/// A fresh cgroup of version 2 with memory and pids, or why there is none.
fn delegated() -> Result<PathBuf, String> {
    let root = Path::new("/sys/fs/cgroup");
    let given = fs::read_to_string(root.join("cgroup.subtree_control"))
        .map_err(|error| format!("cgroups of version 2 are not in use here ({error})"))?;
    if !["memory", "pids"].iter().all(|want| given.split_whitespace().any(|has| has == *want)) {
        return Err("the cgroup controllers memory and pids are not given on here".to_owned());
    }
    let own = root.join(format!("arch-test-{}", std::process::id()));
    fs::create_dir(&own).map_err(|error| format!("no cgroup can be made here ({error})"))?;
    Ok(own)
}

fn skipped(why: &str) {
    println!("SKIPPED because {why}");
    let Some(log) = std::env::var_os("ARCH_SKIPPED_LOG") else { return };
    let mut log = fs::File::options().create(true).append(true).open(log).unwrap();
    writeln!(log, "SKIPPED because {why}").unwrap();
}

#[test]
fn a_worker_has_a_cgroup_with_its_memory_and_takes_it_along() {
    let own = match delegated() {
        Ok(own) => own,
        Err(why) => return skipped(&why),
    };
    let mut agent = Agent::start_in_cgroup(&own);
    let worker = agent.spin(Job::of(1, SPIN).limit(|l| l.fuel = u64::MAX >> 2));
    let runs = || {
        let names = fs::read_dir(&own).unwrap().map(|entry| entry.unwrap().path());
        names.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with("run-"))
    };
    let [run] = &runs().collect::<Vec<_>>()[..] else { panic!("one child, one cgroup") };
    let read = |file: &str| fs::read_to_string(run.join(file)).unwrap().trim().to_owned();
    assert_eq!(read("cgroup.procs"), worker.to_string());
    assert_eq!(read("pids.max"), "1");
    // The guest's 64 MiB, twice 1 MiB of outputs, and 512 MiB for the engine.
    assert_eq!(read("memory.max"), ((64_u64 + 2 + 512) << 20).to_string());
    agent.tell(&ToExecutor::Cancel { run: 1 }, Vec::new());
    assert_eq!(agent.end().1.claim.outcome, Outcome::Cancelled);
    until(|| runs().next().is_none());
    let (status, _home) = agent.hang_up();
    assert_eq!(status.code(), Some(0));
    fs::remove_dir(&own).unwrap();
}
