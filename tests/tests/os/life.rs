//! Started, killed, hung, started again; or stopped for good.

use std::time::Duration;

use arch_tests::{
    World,
    booted::{Booted, Seed},
    measured,
};

use super::installed::{AGENT, boot, change, journal, show, start, started};

/// A watchdog that does not strike when the machine itself stalls.
const PATIENT: &str = "[Service]\nWatchdogSec=20s\n";

/// An agent that is ready in its unit, with settings of the unit changed.
fn ready(changed: &str) -> Option<Booted> {
    let guest = boot(Seed::installed().configured(&World::new()))?;
    change(&guest, AGENT, changed);
    started(&guest, AGENT);
    Some(guest)
}

/// The process of the agent, as the service manager knows it.
fn main_process(guest: &Booted) -> String {
    show(guest, AGENT, &["MainPID"]).concat()
}

/// Waits until the agent was started so often again, and is ready.
fn restarted(guest: &Booted, times: u32) {
    let asked = format!(
        "systemctl show -p NRestarts {AGENT} | grep -qx NRestarts={times} && systemctl is-active {AGENT}"
    );
    guest.until(0, &["sh", "-c", &asked]);
}

/// From one moment in the life of a unit to another, by the manager's clock.
fn between(guest: &Booted, from: &str, to: &str) -> Duration {
    let micros = show(guest, AGENT, &[from, to]);
    let [from, to] = [&micros[0], &micros[1]].map(|text| text.parse::<u64>().unwrap());
    Duration::from_micros(to.checked_sub(from).expect("the later moment is later"))
}

#[test]
fn an_agent_that_is_killed_or_does_not_stir_is_started_again() {
    let Some(guest) = ready(PATIENT) else { return };
    let began = between(&guest, "ExecMainStartTimestampMonotonic", "ActiveEnterTimestampMonotonic");
    measured(&format!("os-figures: {} ms from start to READY, empty", began.as_millis()));
    let first = main_process(&guest);
    let _quiet = guest.good(&["systemctl", "kill", "--kill-who=main", "--signal=KILL", AGENT]);
    restarted(&guest, 1);
    let again = between(&guest, "ActiveExitTimestampMonotonic", "ActiveEnterTimestampMonotonic");
    measured(&format!("os-figures: {} ms from kill -9 to READY", again.as_millis()));
    let second = main_process(&guest);
    let _quiet = guest.good(&["systemctl", "kill", "--kill-who=main", "--signal=STOP", AGENT]);
    restarted(&guest, 2);
    assert!(journal(&guest, AGENT).contains("Watchdog timeout"), "{}", journal(&guest, AGENT));
    let third = main_process(&guest);
    assert!(first != second && second != third);
}

/// Parts of the agent, as its debug builds call them (`ARCH_POINT`, agent/node/src/point.rs).
const PARTS: [&str; 6] = ["Signals", "Ledger", "DropFolder", "Tending", "Control", "Metrics"];

#[test]
fn one_part_that_hangs_is_enough_for_the_agent_to_be_started_again() {
    let Some(guest) = ready(PATIENT) else { return };
    // As long as all of them stir, nothing happens, for longer than the watchdog is patient.
    let _quiet = guest.good(&["sleep", "25"]);
    assert_eq!(show(&guest, AGENT, &["NRestarts", "Result"]), ["0", "success"]);
    for part in PARTS {
        let _quiet = guest.good(&["systemctl", "stop", AGENT]);
        // What is hung does not end on request.
        change(
            &guest,
            AGENT,
            &format!(
                "[Service]\nWatchdogSec=4s\nTimeoutStopSec=1s\nEnvironment=\"ARCH_POINT=hang {part} 3\"\n"
            ),
        );
        let _quiet = guest.good(&["systemctl", "reset-failed", AGENT]);
        started(&guest, AGENT);
        // Each start ends like this one, and one that a stall of the machine ended may come before.
        let asked = format!(
            "journalctl --unit {AGENT} --output=cat | grep 'no sign of life' | grep -q {part} \
             && systemctl show -p NRestarts {AGENT} | grep -qx 'NRestarts=[1-9][0-9]*'"
        );
        guest.until(0, &["sh", "-c", &asked]);
        let said = journal(&guest, AGENT);
        let times = said.matches("Watchdog timeout").count();
        let _quiet = guest.good(&["journalctl", "--rotate", "--vacuum-time=1s"]);
        assert!(times > 0, "{part}: {said}");
        // Whatever shared a thread with it may be silent as well, and sooner.
        let mut silent = said.lines().filter(|line| line.contains("no sign of life"));
        assert!(silent.any(|line| line.contains(part)), "{part}: {said}");
    }
}

/// Stopped with 78, and neither at once nor a while later started again.
fn stays_down(guest: &Booted, why: &[&str]) {
    assert_eq!(start(guest, AGENT), Some(1));
    // Longer than it would wait before it tries again.
    let _quiet = guest.good(&["sleep", "1"]);
    let state = show(guest, AGENT, &["ActiveState", "Result", "ExecMainStatus", "NRestarts"]);
    let journal = journal(guest, AGENT);
    assert_eq!(state, ["failed", "exit-code", "78", "0"], "{journal}");
    for word in why {
        assert!(journal.contains(word), "no {word} in {journal}");
    }
    // Its sockets stay: who calls meanwhile is served by the next start.
    assert_eq!(show(guest, "arch-node-agent.socket", &["ActiveState"]), ["active"]);
}

#[test]
fn settings_that_are_wrong_stop_the_agent_at_once_and_it_is_not_started_again() {
    let Some(guest) = boot(Seed::installed()) else { return };
    guest.write("/etc/arch/node.yaml", "trustRoot: 7\n");
    stays_down(&guest, &["error[ARCH-N001]", "node.yaml:1:12"]);
}

#[test]
fn a_policy_that_is_not_believed_stops_the_agent_and_it_is_not_started_again() {
    let world = World::new();
    let Some(guest) = boot(Seed::installed().configured(&world)) else { return };
    let good = std::fs::read_to_string(world.path("config/policy.yaml")).unwrap();
    let forged = world.stranger.sign("policy.yaml", &world.policy_text(1));
    guest.write("/etc/arch/policy.yaml", &forged);
    stays_down(&guest, &["error[ARCH-", "policy.yaml", "help: "]);
    // With the right one it goes on as if nothing had been.
    guest.write("/etc/arch/policy.yaml", &good);
    let _quiet = guest.good(&["systemctl", "reset-failed", AGENT]);
    started(&guest, AGENT);
}
