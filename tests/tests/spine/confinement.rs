//! What the agent takes away from itself, with no service manager that would.

use std::fs;
use std::process::Command;

use arch_tests::{World, process, program};
use rustix::process::{Pid, Signal};

/// A line of the status of each thread of a process.
fn of_all_threads(pid: u32, name: &str) -> Vec<String> {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).unwrap();
    let line = |path: std::path::PathBuf| {
        let status = fs::read_to_string(path.join("status")).unwrap_or_default();
        let found = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        found.map(|value| value.trim().to_owned())
    };
    tasks.filter_map(|task| line(task.unwrap().path())).collect()
}

fn is_socket(to: &std::path::Path) -> bool {
    to.to_string_lossy().starts_with("socket:")
}

#[test]
fn every_thread_of_the_agent_is_under_its_filter_and_without_capabilities() {
    let world = World::new();
    let mut agent = world.agent();
    // By then its launcher, which starts it, is closed as well.
    agent.wait_for("the executor", |agent| agent.status().executor.ready.then_some(()));
    for (name, expected) in [
        ("NoNewPrivs", "1"),
        ("Seccomp", "2"),
        ("CapEff", "0000000000000000"),
        ("CapPrm", "0000000000000000"),
        ("CapAmb", "0000000000000000"),
    ] {
        let found = of_all_threads(agent.pid(), name);
        assert!(
            found.len() > 2 && found.iter().all(|value| value == expected),
            "{name}: {found:?}"
        );
    }
    // Its launcher is under no filter, or no executor could be started; it has no capabilities either.
    let launcher = process::children(agent.pid());
    let [launcher] = launcher.as_slice() else { panic!("one launcher: {launcher:?}") };
    let launcher = u32::try_from(*launcher).unwrap();
    let none = "0000000000000000";
    for (name, expected) in [
        ("NoNewPrivs", "1"),
        ("Seccomp", "0"),
        ("CapEff", none),
        ("CapPrm", none),
        ("CapAmb", none),
    ] {
        assert_eq!(of_all_threads(launcher, name), [expected], "{name}");
    }
    assert_eq!(process::children(launcher).len(), 1);
    // Its socket, twice, and no more once the executor has its own.
    let open = agent.wait_for("the launcher to let go of the executor's socket", |_| {
        let open = fs::read_dir(format!("/proc/{launcher}/fd")).unwrap();
        let open: Vec<_> = open.filter_map(|fd| fs::read_link(fd.unwrap().path()).ok()).collect();
        (open.iter().filter(|to| is_socket(to)).count() == 2).then_some(open)
    });
    assert!(!open.iter().any(|to| to.starts_with(world.path("state"))), "{open:?}");
    assert_eq!(fs::read(format!("/proc/{launcher}/environ")).unwrap(), b"");
    assert!(agent.stop().success());
}

#[test]
fn what_the_agent_must_not_do_is_refused_to_it() {
    let world = World::new();
    let told = Command::new(program("arch-node-agent"))
        .arg("--print-confinement")
        .args(["--config".as_ref(), world.path("config").as_os_str()])
        .args(["--state".as_ref(), world.path("state").as_os_str()])
        .output()
        .unwrap();
    let text = String::from_utf8(told.stdout).unwrap();
    assert!(told.status.success(), "{text}{}", String::from_utf8_lossy(&told.stderr));
    assert_eq!(text.matches(": refused").count(), 6, "{text}");
    assert!(!text.contains("worked"), "{text}");
    let unquoted = |line: &str| line.trim().replace(['"', '\''], "");
    let said: Vec<String> = text.lines().map(unquoted).collect();
    for line in ["NoNewPrivs: 1", "Seccomp: 2", "CapEff: 0000000000000000"] {
        assert!(said.iter().any(|told| told == line), "{line} in {text}");
    }
}

#[test]
fn an_agent_that_can_start_no_executor_any_more_ends() {
    let world = World::new();
    let mut agent = world.agent();
    agent.wait_for("the executor", |agent| agent.status().executor.ready.then_some(()));
    let launcher = *process::children(agent.pid()).first().unwrap();
    let executor = *process::executors(agent.pid()).first().unwrap();
    // The launcher alone is not missed before there is need of it.
    for pid in [launcher, executor] {
        rustix::process::kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).unwrap();
    }
    assert_eq!(agent.ended().code(), Some(1));
    let log = fs::read_to_string(world.path("agent.log")).unwrap();
    assert!(log.contains("error[ARCH-N009]") && log.contains("launcher"), "{log}");
}
