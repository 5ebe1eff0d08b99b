//! The walls are really there.

use std::fs;
use std::process::Command;

use arch_wire::executor::{Outcome, ToExecutor};

use crate::agent::{Agent, Job, status};
use crate::guests::SPIN;

#[test]
fn a_worker_has_no_capabilities_no_new_privileges_a_filter_one_thread_and_few_descriptors() {
    let mut agent = Agent::start();
    let job = Job::of(1, SPIN).limit(|l| l.fuel = u64::MAX >> 2).input("a", b"x");
    let worker = agent.spin(job);
    let zero = "0000000000000000";
    let root = rustix::process::geteuid().is_root();
    for pid in [worker, agent.child.id()] {
        for set in ["CapInh", "CapPrm", "CapEff", "CapAmb"] {
            assert_eq!(status(pid, set), zero, "{set} of {pid}");
        }
        // An ordinary user may not shrink the bounding set, which gives nothing without the rest.
        assert!(!root || status(pid, "CapBnd") == zero);
        assert_eq!(status(pid, "NoNewPrivs"), "1");
        assert_eq!(status(pid, "Threads"), "1");
        assert_eq!(status(pid, "Seccomp"), "2");
    }
    // /dev/null three times, the line to the executor, one input.
    let mut open: Vec<String> = fs::read_dir(format!("/proc/{worker}/fd"))
        .unwrap()
        .map(|entry| fs::read_link(entry.unwrap().path()).unwrap().display().to_string())
        .map(|link| link.split(':').next().unwrap_or_default().to_owned())
        .collect();
    open.sort();
    assert_eq!(open, ["/dev/null", "/dev/null", "/dev/null", "/memfd", "socket"], "{open:?}");
    let limits = fs::read_to_string(format!("/proc/{worker}/limits")).unwrap();
    for line in ["Max core file size", "Max processes", "Max locked memory"] {
        let line = limits.lines().find(|text| text.starts_with(line)).unwrap();
        assert!(line.contains(" 0 "), "{line}");
    }
    agent.tell(&ToExecutor::Cancel { run: 1 }, Vec::new());
    assert_eq!(agent.end().1.claim.outcome, Outcome::Cancelled);
}

#[test]
fn what_an_intruder_would_try_kills_him_and_most_is_closed_twice() {
    let executor = env!("CARGO_BIN_EXE_arch-executor");
    let output = Command::new(executor).arg("--print-confinement").output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let seen: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(seen["schema"], "arch.confinement/v1");
    assert!(seen["landlockAbi"].as_i64().unwrap() >= 2);
    assert_eq!((&seen["noNewPrivs"], &seen["seccompMode"]), (&true.into(), &2.into()));
    assert_eq!((&seen["threads"], &seen["descriptors"]), (&1.into(), &4.into()));
    let attempts = seen["attempts"].as_array().unwrap();
    assert!(attempts.len() >= 24);
    for attempt in attempts {
        assert_eq!(attempt["inWorker"], "SIGSYS", "{attempt}");
    }
    assert_eq!(seen["beyondMemory"], "out of memory");
    let without_filter = |what: &str| {
        let found = attempts.iter().find(|attempt| attempt["what"] == what).unwrap();
        found["withoutFilter"].as_str().unwrap().to_owned()
    };
    // Landlock alone keeps files and programs closed, whatever becomes of the filter.
    assert_eq!(without_filter("open a file"), "EACCES");
    assert_eq!(without_filter("start a program"), "EACCES");
}

#[test]
fn help_names_every_option_and_usage_errors_exit_with_2() {
    let run = |arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_arch-executor")).args(arguments).output().unwrap()
    };
    let help = run(&["--help"]);
    assert_eq!(help.status.code(), Some(0));
    let text = String::from_utf8(help.stdout).unwrap();
    for option in ["--wasm", "--socket-fd", "--cache", "--max-workers", "--print-confinement"] {
        assert!(text.contains(option), "{option}");
    }
    for wrong in [&[][..], &["--wasm"], &["--fly"], &["--wasm", "--cache", "x", "--socket-fd", "1"]]
    {
        assert_eq!(run(wrong).status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
fn without_a_socket_or_a_private_cache_it_does_not_start() {
    let home = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_arch-executor"))
        .args(["--wasm", "--socket-fd", "77", "--cache"])
        .arg(home.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&output.stderr).contains("ARCH-S104"));
}
