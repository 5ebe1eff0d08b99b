//! How long a start takes. Printed, not held against anything: everything is slow on this machine.

use std::time::Duration;

use arch_tests::{World, booted::Seed, measured, process};

use super::{
    history,
    node::{AGENT, Node},
};

/// What has to be known of a figure.
const SLOW: &str = "emulated, about ten times slower, debug build";

/// From one moment in the life of the agent's unit to another, by the manager's clock.
fn between(node: &Node, from: &str, to: &str) -> Duration {
    let micros = node.guest.show(AGENT, &[from, to]);
    let [from, to] = [&micros[0], &micros[1]].map(|text| text.parse::<u64>().unwrap());
    Duration::from_micros(to.checked_sub(from).expect("the later moment is later"))
}

fn start(node: &Node) -> Duration {
    between(node, "ExecMainStartTimestampMonotonic", "ActiveEnterTimestampMonotonic")
}

pub(crate) fn a_start_and_one_after_a_kill_are_timed(node: &Node) {
    node.at_work();
    let began = start(node);
    let _quiet = node.guest.good(&["systemctl", "kill", "--kill-who=main", "--signal=KILL", AGENT]);
    node.holds(&format!(
        "systemctl show -p NRestarts {AGENT} | grep -qx NRestarts=1 && systemctl is-active {AGENT}"
    ));
    let again = between(node, "ActiveExitTimestampMonotonic", "ActiveEnterTimestampMonotonic");
    measured(&format!(
        "os-guest: {SLOW}: {} ms from start to READY, empty; {} ms from kill -9 to READY",
        began.as_millis(),
        again.as_millis()
    ));
}

/// Where the seed has the state of a node that has run many jobs.
const HISTORY: &str = "/root/history";

/// That state, made on this machine.
pub(crate) fn with_history(world: &World, seed: Seed) -> Seed {
    history::write(world);
    let state = world.path("state");
    let files = process::files(&state).into_iter().filter(|path| path.is_file());
    files.fold(seed, |seed, path| {
        let below = path.strip_prefix(&state).unwrap().display().to_string();
        seed.file(&format!("{HISTORY}/{below}"), std::fs::read(path).unwrap())
    })
}

pub(crate) fn a_start_with_a_long_history_is_timed(node: &Node) {
    node.at_work();
    node.stopped();
    let replace = format!(
        "cd /var/lib/archagent && rm -r * && cp -r {HISTORY}/. . && chown -R archagent: . && \
         chmod -R go= ."
    );
    node.does(&replace);
    node.guest.started(AGENT);
    let began = start(node);
    let status = node.json(&["archctl", "status", "--json"]);
    assert_eq!(status["accepting"], true, "{status}");
    measured(&format!(
        "os-guest: {SLOW}: {} ms from start to READY, {} entries",
        began.as_millis(),
        history::ENTRIES
    ));
}
