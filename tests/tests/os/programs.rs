//! The real programs in their units.

use arch_tests::{
    World,
    booted::{Booted, Seed},
};

use super::installed::{AGENT, EXECUTOR, boot, change, choose, journal, start, started};

#[test]
fn the_executor_closes_its_workers_off_inside_its_unit() {
    let Some(guest) = boot(Seed::installed()) else { return };
    let unit = EXECUTOR;
    let instead = "[Service]\nType=oneshot\nExecStart=\n\
        ExecStart=/usr/bin/arch-executor --print-confinement\nStandardOutput=truncate:/out/report\n";
    change(&guest, unit, instead);
    let started = start(&guest, unit);
    assert_eq!(started, Some(0), "{}", journal(&guest, unit));
    let report: serde_json::Value =
        serde_json::from_str(&guest.good(&["cat", "/out/report"])).unwrap();
    assert_eq!((&report["noNewPrivs"], &report["seccompMode"]), (&true.into(), &2.into()));
    for attempt in report["attempts"].as_array().unwrap() {
        assert_ne!(attempt["inWorker"], "allowed", "{attempt}");
    }
}

/// The node's did:key, as the agent has it.
fn node(guest: &Booted) -> String {
    let status = guest.good(&["archctl", "status", "--json"]);
    let status: serde_json::Value = serde_json::from_str(&status).unwrap();
    status["node"].as_str().unwrap().to_owned()
}

#[test]
fn a_key_in_the_credential_store_reaches_the_agent_and_goes_with_it() {
    let Some(guest) = boot(Seed::installed().configured(&World::new())) else { return };
    let own = "/var/lib/archagent/node.key";
    let (open, sealed) = ("/etc/credstore/arch.node.key", "/etc/credstore.encrypted/arch.node.key");
    started(&guest, AGENT);
    let before = node(&guest);
    // The key that it made is handed in from now on: plain, then encrypted for this machine.
    let plain = format!("install -D -m0600 {own} {open} && rm {own}");
    let encrypted = format!(
        "mkdir -p /etc/credstore.encrypted && systemd-creds encrypt --name=node.key {open} {sealed} \
         && rm {open}"
    );
    for (choice, keep) in [("choice-node-key", plain), ("choice-node-key-encrypted", encrypted)] {
        let _quiet = guest.good(&["systemctl", "stop", AGENT]);
        let _quiet = guest.good(&["sh", "-ec", &keep]);
        choose(&guest, choice, "arch-node-agent.service.d/40-node-key.conf");
        started(&guest, AGENT);
        assert_eq!(node(&guest), before, "{choice}");
        // The key is not where doctor could read it, and its unit says that it need not be.
        let doctor = guest.run(&["archctl", "doctor"]);
        assert_eq!(doctor.code, Some(0), "{choice}: {}", doctor.stdout);
        assert!(doctor.stdout.contains("the service manager hands it in"), "{}", doctor.stdout);
        let _quiet = guest.good(&["systemctl", "stop", AGENT]);
        // Gone with the service, a moment later, and not kept beside.
        guest.until(2, &["ls", "/run/credentials/arch-node-agent.service"]);
        assert_eq!(guest.run(&["ls", own]).code, Some(2));
    }
    // Without it there is no start and no other key.
    let _quiet = guest.good(&["rm", sealed]);
    assert_eq!(start(&guest, AGENT), Some(1));
    assert_eq!(guest.run(&["ls", own]).code, Some(2));
}

#[test]
fn the_executor_sees_of_the_machine_what_its_operator_binds_and_cannot_write_it() {
    let Some(guest) = boot(Seed::installed()) else { return };
    let unit = EXECUTOR;
    guest.write("/srv/lent/data", "lent\n");
    guest.write("/srv/kept/data", "kept\n");
    let _quiet = guest.good(&["chmod", "0666", "/srv/lent/data"]);
    let tried = "cat /srv/lent/data; cat /srv/kept/data; echo more >> /srv/lent/data";
    let instead = format!(
        "[Service]\nType=oneshot\nExecStart=\nExecStart=/usr/bin/bash -c \"{tried}\"\n\
         BindReadOnlyPaths=/usr/bin/bash /usr/bin/cat\nExecPaths=+/usr/bin/bash +/usr/bin/cat\n\
         Environment=PATH=/usr/bin\nBindReadOnlyPaths=/srv/lent\n\
         StandardOutput=truncate:/out/said\nStandardError=append:/out/said\n"
    );
    change(&guest, unit, &instead);
    assert_eq!(start(&guest, unit), Some(1));
    let said = guest.good(&["cat", "/out/said"]);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 3, "{said}");
    assert!(lines.contains(&"lent"), "{said}");
    assert!(lines[1].ends_with("/srv/kept/data: No such file or directory"), "{said}");
    assert!(lines[2].ends_with("Read-only file system"), "{said}");
    assert_eq!(guest.good(&["cat", "/srv/lent/data"]), "lent\n");
}
