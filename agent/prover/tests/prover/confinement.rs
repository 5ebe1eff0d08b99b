//! What is in force while it serves.

use std::{
    fs,
    os::{fd::OwnedFd, unix::net::UnixStream},
    process::{Command, Stdio},
};

use crate::asker::{PROGRAM, Prover, ended, eventually, fold, keys};

/// A line of the status of each thread.
fn status(pid: u32, name: &str) -> Vec<String> {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).unwrap();
    let texts =
        threads.filter_map(|thread| fs::read_to_string(thread.ok()?.path().join("status")).ok());
    let line = |text: String| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        line.map(|value| value.trim().to_owned())
    };
    texts.filter_map(line).collect()
}

fn is_closed(pid: u32) -> bool {
    let all = |name, value: &str| {
        let found = status(pid, name);
        !found.is_empty() && found.iter().all(|found| found == value)
    };
    all("Seccomp", "2") && all("NoNewPrivs", "1") && all("CapEff", "0000000000000000")
}

#[test]
fn every_thread_of_the_main_process_is_under_its_filter_and_without_capabilities() {
    let mut prover = Prover::start(&[]);
    prover.line.proved(fold(1, &[1]));
    assert!(status(prover.child.id(), "Seccomp").len() >= 3);
    assert!(is_closed(prover.child.id()));
}

#[test]
fn a_worker_is_closed_before_it_hears_what_it_is_to_prove() {
    let (ours, theirs) = UnixStream::pair().unwrap();
    let mut command = Command::new(PROGRAM);
    command.args(["--work", "--memory-mib", "300", "--threads", "2", "--keys"]).arg(keys());
    let child = command.stdin(Stdio::from(OwnedFd::from(theirs))).spawn().unwrap();
    // It waits for its order.
    eventually("the worker has its threads", || {
        (status(child.id(), "Seccomp").len() == 3).then_some(())
    });
    assert!(is_closed(child.id()));
    let limits = fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
    let limit = |name: &str| {
        let line = limits.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.split_whitespace().next().unwrap().to_owned()
    };
    assert_eq!(limit("Max data size"), (300 << 20).to_string());
    assert_eq!(limit("Max file size"), "0");
    assert_eq!(limit("Max core file size"), "0");
    drop(ours);
    assert!(ended(child).success());
}

#[test]
fn what_the_main_process_must_not_do_is_refused_to_it() {
    let output = Command::new(PROGRAM).arg("--print-confinement").output().unwrap();
    assert!(output.status.success());
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["kernel"]["Seccomp"], "2");
    assert_eq!(report["kernel"]["CapEff"], "0000000000000000");
    assert!(report["landlock"].as_i64().unwrap() >= 2);
    // By Landlock (EACCES) first, then by the list of system calls (EPERM).
    let tried = report["tried"].as_array().unwrap();
    assert_eq!(
        tried.iter().map(|tried| tried.as_object().unwrap().len()).collect::<Vec<_>>(),
        [2, 5]
    );
    assert!(all_say(&tried[0], "os error 13") && all_say(&tried[1], "os error 1)"), "{report}");
    // Each call has its reason.
    let calls = report["systemCalls"].as_object().unwrap();
    assert!(
        calls.len() > 30 && calls.values().all(|because| !because.as_str().unwrap().is_empty())
    );
}

#[test]
fn a_worker_reads_and_makes_no_file_outside_the_folder_of_keys() {
    let mut command = Command::new(PROGRAM);
    command.args(["--work", "--print-confinement", "--keys"]).arg(keys());
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success());
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["kernel"]["Seccomp"], "2");
    assert!(all_say(&report["tried"][0], "os error 13"), "{report}");
}

fn all_say(tried: &serde_json::Value, what: &str) -> bool {
    let tried = tried.as_object().unwrap();
    !tried.is_empty() && tried.values().all(|became| became.as_str().unwrap().contains(what))
}
