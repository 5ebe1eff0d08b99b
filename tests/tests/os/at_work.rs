//! The node as an operator has it: everything installed, one unit started, jobs dropped.

use arch_identity::Digest;
use arch_matrix::{Region, Shape, file::Dtype, product};
use arch_tests::{
    HELLO, JobText, World,
    booted::{Booted, Seed},
    hostile, module, npy_file, numbers, process,
};
use arch_wire::control::Bytes;
use serde_json::Value;

use super::installed::{AGENT, EXECUTOR, boot, change, show, started};

/// A node at work, and the world that it belongs to.
fn at_work() -> Option<(World, Booted)> {
    let world = World::new();
    let _installed = world.install(&module(HELLO));
    let guest = boot(Seed::installed().configured(&world))?;
    started(&guest, AGENT);
    Some((world, guest))
}

/// Drops a job in the guest as its operator would; gives its digest.
pub(crate) fn drop_job(guest: &Booted, world: &World, job: &JobText) -> String {
    let digest = world.drop_job(job);
    for file in process::files(&world.path("config/jobs")) {
        let name = file.file_name().unwrap().to_str().unwrap();
        guest.write(&format!("/etc/arch/jobs/{name}"), &std::fs::read_to_string(&file).unwrap());
    }
    digest.to_string()
}

fn completed(guest: &Booted, job: &str) {
    let asked = format!("archctl job show {job} --json | grep -q '\"state\": *\"completed\"'");
    guest.until(0, &["sh", "-c", &asked]);
}

pub(crate) fn json(guest: &Booted, line: &[&str]) -> Value {
    serde_json::from_str(&guest.good(line)).unwrap()
}

#[test]
fn a_job_that_is_dropped_is_run_in_the_executors_unit_and_anchored_by_the_agents() {
    let Some((world, guest)) = at_work() else { return };
    let job = drop_job(&guest, &world, &world.job("hello", &module(HELLO)));
    completed(&guest, &job);
    // The executor was started by the agent's call, as another user.
    assert_eq!(show(&guest, EXECUTOR, &["ActiveState", "SubState"]), ["active", "running"]);
    let pid = show(&guest, EXECUTOR, &["MainPID"]).concat();
    let user = guest.good(&["ps", "-o", "user:20=", "-p", &pid]);
    assert_eq!(user.trim(), "archexecutor");
    let status = json(&guest, &["archctl", "status", "--json"]);
    for (at, value) in [
        ("/accepting", true.into()),
        ("/executor/ready", true.into()),
        ("/executor/restarts", 0.into()),
        ("/jobs/completed", 1.into()),
        ("/policy/version", Value::from(1)),
    ] {
        assert_eq!(status.pointer(at), Some(&value), "{at} of {status}");
    }
    let doctor = json(&guest, &["archctl", "doctor", "--json"]);
    assert_eq!(doctor["ok"], Value::from(true), "{doctor}");
    // A stranger to the agent reads the same in its folder.
    let ledger = "/var/lib/archagent/ledger";
    guest.until(0, &["archctl", "ledger", "verify", ledger]);
    let shown = guest.good(&["archctl", "ledger", "show", ledger]);
    let last = shown.lines().last().unwrap_or_default();
    for word in [format!("document={job}"), "outcome=completed".to_owned()] {
        assert!(last.contains(&word), "{shown}");
    }
}

#[test]
fn a_product_is_computed_by_another_user_in_files_that_the_agent_hands_over() {
    let Some((world, guest)) = at_work() else { return };
    let (a, b) = (numbers::<i8>(70, 20, 3), numbers(20, 80, 4));
    let mut inputs = Vec::new();
    for (name, matrix) in [("a", &a), ("b", &b)] {
        let bytes = npy_file(Dtype::I8, matrix);
        let digest = Digest::of(&bytes);
        let text = serde_json::to_string(&Bytes(bytes)).unwrap();
        // The unit shows its agent little else.
        let path = format!("/etc/arch/{name}.npy");
        let write = format!("echo {text} | base64 -d > {path} && chmod 644 {path}");
        guest.until(0, &["sh", "-c", &write]);
        inputs.push(format!("{name}: \"file://{path}@{digest}\""));
    }
    let region = Region::whole(Shape::new(70, 20, 80).unwrap());
    let right = Digest::of(&npy_file(Dtype::I32, &product(&a, &b, &region)));
    let matrix = "a: { input: a }, b: { input: b }, format: i8, shards: 3";
    let job = JobText::product("product", matrix, World::now())
        .spec(&format!("  inputs: {{ {} }}", inputs.join(", ")))
        .spec("  outputs: { product: \"archive:\" }")
        .cpu("2");
    let job = drop_job(&guest, &world, &job);
    completed(&guest, &job);
    let shown = json(&guest, &["archctl", "job", "show", &job, "--json"]);
    assert_eq!(shown["outputs"]["product"], right.to_string(), "{shown}");
    // The end is told before the room is given back.
    let empty = "left=$(ls /var/lib/archagent/scratch) && test -z \"$left\"";
    guest.until(0, &["sh", "-c", empty]);
}

#[test]
fn the_executor_ends_with_its_agent_and_is_there_again_when_it_is_called() {
    let Some((world, guest)) = at_work() else { return };
    let first = drop_job(&guest, &world, &world.job("first", &module(HELLO)));
    completed(&guest, &first);
    // It dies: the next job has another one, and the agent goes on.
    let before = show(&guest, AGENT, &["MainPID"]);
    let _quiet = guest.good(&["systemctl", "kill", "--signal=KILL", EXECUTOR]);
    let second = drop_job(&guest, &world, &world.job("second", &module(HELLO)));
    completed(&guest, &second);
    assert_eq!(show(&guest, AGENT, &["MainPID"]), before);
    // The agent hangs up: nothing is left of it, and nothing of that was a failure.
    let _quiet = guest.good(&["systemctl", "stop", AGENT]);
    guest.until(3, &["systemctl", "is-active", EXECUTOR]);
    let ended = show(&guest, EXECUTOR, &["ActiveState", "Result", "ExecMainStatus"]);
    assert_eq!(ended, ["inactive", "success", "0"]);
    let socket = show(&guest, "arch-executor-wasm.socket", &["ActiveState", "SubState"]);
    assert_eq!(socket, ["active", "listening"]);
}

#[test]
fn the_agent_is_ready_in_its_unit_and_a_reload_drops_no_connection() {
    let Some((_world, guest)) = at_work() else { return };
    let state = show(&guest, AGENT, &["ActiveState", "SubState", "NRestarts"]);
    assert_eq!(state, ["active", "running", "0"]);
    // Said when the queue is first looked after, which is after READY.
    let status = format!("systemctl show -p StatusText {AGENT} | grep -q waiting");
    guest.until(0, &["sh", "-c", &status]);
    let before = show(&guest, AGENT, &["MainPID"]);
    // One connection asks before and after; others come meanwhile.
    let reload = ["systemctl", "reload", AGENT];
    let across = ["arch-booted", "across", "/run/archagent/control.sock"];
    for _ in 0..5 {
        let said = guest.good(&[&across[..], &reload[..]].concat());
        let said: Vec<&str> = said.lines().collect();
        assert!(
            said.len() == 2 && said.iter().all(|l| l.contains("\"accepting\":true")),
            "{said:?}"
        );
        let _answered = guest.good(&["archctl", "status"]);
    }
    assert_eq!(show(&guest, AGENT, &["MainPID"]), before);
    guest.until(0, &["systemctl", "is-active", AGENT]);
    // Whoever else is on the machine may knock, and is nobody to it.
    let other = ["setpriv", "--reuid=1000", "--regid=1000", "--clear-groups", "archctl", "status"];
    assert_ne!(guest.run(&other).code, Some(0));
    let _quiet = guest.good(&["systemctl", "stop", AGENT]);
    assert_eq!(show(&guest, AGENT, &["Result", "ExecMainStatus"]), ["success", "0"]);
}

/// Sockets are the manager's: who calls while there is no agent waits for the next one.
#[test]
fn nobody_who_calls_while_the_agent_is_started_again_is_refused() {
    let Some((_world, guest)) = at_work() else { return };
    for _ in 0..3 {
        let kill = ["systemctl", "kill", "--kill-who=main", "--signal=KILL", AGENT];
        let _quiet = guest.good(&kill);
        let status = json(&guest, &["archctl", "status", "--json"]);
        assert_eq!(status["accepting"], Value::from(true));
    }
}

/// What the agent is given by node.yaml is longer than the unit allows for, and the agent asks for it.
#[test]
fn a_stop_that_takes_longer_than_its_unit_says_is_not_cut_off() {
    let world = World::new();
    let (endless, _) = hostile("loop");
    let _installed = world.install(&endless);
    let Some(guest) = boot(Seed::installed().configured(&world)) else { return };
    guest.write("/etc/arch/node.d/grace.yaml", "shutdown: { grace: 12s }\n");
    change(&guest, AGENT, "[Service]\nTimeoutStopSec=8s\n");
    started(&guest, AGENT);
    let job = world.job("endless", &endless).timeout("9m").fuel(100_000_000_000_000);
    let job = drop_job(&guest, &world, &job);
    let running = format!("archctl job show {job} --json | grep -q '\"state\": *\"running\"'");
    guest.until(0, &["sh", "-c", &running]);
    let _quiet = guest.good(&["systemctl", "stop", AGENT]);
    assert_eq!(show(&guest, AGENT, &["Result", "ExecMainStatus"]), ["success", "0"]);
    let took =
        show(&guest, AGENT, &["InactiveEnterTimestampMonotonic", "ActiveExitTimestampMonotonic"]);
    let [ended, began] = [&took[0], &took[1]].map(|micros| micros.parse::<u64>().unwrap());
    assert!(ended - began > 10_000_000, "it was over before its grace was: {took:?}");
}
