//! The real programs in their units.

use arch_tests::booted::{Booted, Seed};

use super::installed::{boot, show};

fn start(guest: &Booted, unit: &str) -> Option<i64> {
    guest.run(&["systemctl", "start", unit]).code
}

#[test]
fn settings_that_are_wrong_stop_the_agent_at_once_and_it_is_not_started_again() {
    let Some(guest) = boot(Seed::installed()) else { return };
    let unit = "arch-node-agent.service";
    guest.write("/etc/arch/node.yaml", "trustRoot: 7\n");
    assert_eq!(start(&guest, unit), Some(1));
    // Longer than it would wait before it tries again.
    let _quiet = guest.good(&["sleep", "1"]);
    let state = show(&guest, unit, &["ActiveState", "Result", "ExecMainStatus", "NRestarts"]);
    assert_eq!(state, ["failed", "exit-code", "78", "0"]);
    let journal = guest.good(&["journalctl", "--no-pager", "--output=cat", "--unit", unit]);
    assert!(
        journal.contains("error[ARCH-N001]") && journal.contains("node.yaml:1:12"),
        "{journal}"
    );
    // Its sockets stay: who calls meanwhile is served by the next start.
    assert_eq!(show(&guest, "arch-node-agent.socket", &["ActiveState"]), ["active"]);
}

#[test]
fn the_executor_closes_its_workers_off_inside_its_unit() {
    let Some(guest) = boot(Seed::installed()) else { return };
    let unit = "arch-executor-wasm.service";
    // KNOWN GAP: the executor calls capset(2) even if it has no capability to give up, and gives up
    // when it is refused; until it asks first, this test lends it the call.
    let instead = "[Service]\nType=oneshot\nExecStart=\nSystemCallFilter=capset\n\
        ExecStart=/usr/bin/arch-executor --print-confinement\nStandardOutput=truncate:/out/report\n";
    guest.write("/run/systemd/system/arch-executor-wasm.service.d/90-report.conf", instead);
    let _quiet = guest.good(&["systemctl", "daemon-reload"]);
    let started = start(&guest, unit);
    let journal = guest.good(&["journalctl", "--no-pager", "--output=cat", "--unit", unit]);
    assert_eq!(started, Some(0), "{journal}");
    let report: serde_json::Value =
        serde_json::from_str(&guest.good(&["cat", "/out/report"])).unwrap();
    assert_eq!((&report["noNewPrivs"], &report["seccompMode"]), (&true.into(), &2.into()));
    for attempt in report["attempts"].as_array().unwrap() {
        assert_ne!(attempt["inWorker"], "allowed", "{attempt}");
    }
}

#[test]
fn a_key_in_the_credential_store_reaches_the_agent_and_goes_with_it() {
    let Some(guest) = boot(Seed::installed()) else { return };
    guest.write("/etc/credstore/arch.node.key", "a key\n");
    let unit = "arch-node-agent.service";
    let instead = "[Service]\nType=oneshot\nExecStart=\nRestart=no\nWatchdogSec=0\n\
        BindReadOnlyPaths=/usr/bin/cat\nExecPaths=+/usr/bin/cat\n\
        ExecStart=/usr/bin/cat ${CREDENTIALS_DIRECTORY}/node.key\nStandardOutput=truncate:/out/key\n";
    guest.write("/run/systemd/system/arch-node-agent.service.d/90-cat.conf", instead);
    let _quiet = guest.good(&["systemctl", "daemon-reload"]);
    assert_eq!(start(&guest, unit), Some(0));
    assert_eq!(guest.good(&["cat", "/out/key"]), "a key\n");
    // Gone with the service, a moment later.
    guest.until(2, &["ls", "/run/credentials/arch-node-agent.service"]);
    // Without one the unit starts as well.
    let _quiet = guest.good(&["rm", "/etc/credstore/arch.node.key"]);
    assert_eq!(start(&guest, unit), Some(1));
    assert_eq!(show(&guest, unit, &["Result", "ExecMainStatus"]), ["exit-code", "1"]);
}
