//! The cgroup that the executor makes for each job, in the one that is delegated to it.

use super::node::{AGENT, EXECUTOR, GLUTTON, Node};

/// The executor's own.
const BASE: &str = "/sys/fs/cgroup/arch.slice/arch-executor-wasm.service";

/// The guest's 64 MiB, twice 1 MiB of outputs, and 512 MiB for the engine. What compiles has more.
const MEMORY: u64 = (64 + 2 + 512) << 20;

/// A job that runs for ever, and the cgroup of its worker.
fn running(node: &Node) -> (String, String) {
    node.at_work();
    let job = node.drop_job(&node.spin());
    let asked = format!("grep -lx {MEMORY} {BASE}/run-*/memory.max");
    node.holds(&asked);
    let file = node.guest.good(&["sh", "-c", &asked]);
    let group = file.trim().strip_suffix("/memory.max").expect("a file in a cgroup");
    (job, group.to_owned())
}

fn cancel(node: &Node, job: &str) {
    let _quiet = node.guest.good(&["archctl", "job", "cancel", job]);
    node.until(job, "cancelled");
}

pub(crate) fn a_job_has_a_cgroup_of_its_own_and_is_anchored(node: &Node) {
    let (job, group) = running(node);
    let read = |path: &str| node.guest.good(&["cat", path]).trim().to_owned();
    let executor = node.main_process(EXECUTOR);
    assert_eq!(read(&format!("{BASE}/main/cgroup.procs")), executor);
    assert_eq!(read(&format!("{BASE}/cgroup.subtree_control")), "memory pids");
    let worker = read(&format!("{group}/cgroup.procs"));
    assert!(!worker.is_empty() && !worker.contains('\n') && worker != executor, "{worker}");
    for (file, value) in [("memory.oom.group", "1"), ("pids.max", "1")] {
        assert_eq!(read(&format!("{group}/{file}")), value, "{file}");
    }
    cancel(node, &job);
    node.holds(&format!("! ls -d {BASE}/run-* 2>/dev/null"));
    // One that ends by itself is in the ledger, and the node is well.
    let hello = node.drop_job(&node.hello());
    node.until(&hello, "completed");
    let status = node.json(&["archctl", "status", "--json"]);
    for (at, value) in [("/accepting", true.into()), ("/executor/ready", true.into())] {
        assert_eq!(status.pointer(at), Some(&value), "{at} of {status}");
    }
    let ledger = node.ledger();
    let last = ledger.lines().last().unwrap_or_default();
    assert!(last.contains(&hello) && last.contains("outcome=completed"), "{ledger}");
    let doctor = node.json(&["archctl", "doctor", "--json"]);
    assert_eq!(doctor["ok"], true, "{doctor}");
}

pub(crate) fn nothing_else_can_be_started_in_a_jobs_cgroup(node: &Node) {
    let (job, group) = running(node);
    assert_eq!(node.beside("second").stdout, "possible\n");
    let moved = format!("echo $$ > {group}/cgroup.procs && exec {GLUTTON} second");
    assert_eq!(node.guest.run(&["sh", "-c", &moved]).stdout, "EAGAIN\n");
    cancel(node, &job);
}

/// Who broke out of wasm is where his worker is. Files without a name are what only a cgroup counts.
pub(crate) fn what_takes_more_than_its_jobs_memory_is_killed_with_the_job(node: &Node) {
    assert_eq!(node.beside("files 700").stdout, "took 700 MiB\n");
    let (job, group) = running(node);
    let before = [AGENT, EXECUTOR].map(|unit| node.main_process(unit));
    let moved = format!("echo $$ > {group}/cgroup.procs && exec {GLUTTON} files 700");
    let ended = node.guest.run(&["sh", "-c", &moved]);
    assert_eq!((ended.code, &*ended.stdout), (None, ""), "{}", ended.stderr);
    assert_eq!(node.outcome(&job), "memoryCap");
    assert_eq!([AGENT, EXECUTOR].map(|unit| node.main_process(unit)), before);
    let hello = node.drop_job(&node.hello());
    node.until(&hello, "completed");
}
