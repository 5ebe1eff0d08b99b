//! The NixOS module's units, as they are evaluated, in a systemd that is booted: programs and
//! libraries are in a store, and nothing else of the machine is there for them.

#[cfg(test)]
mod machine;
#[cfg(test)]
mod store;

#[cfg(test)]
use arch_tests::{HELLO, World, booted::Booted, module, program, skip};
#[cfg(test)]
use machine::{evaluate, machine, missing};
#[cfg(test)]
use std::process::Command;

#[cfg(test)]
const AGENT: &str = "arch-node-agent.service";
#[cfg(test)]
const EXECUTOR: &str = "arch-executor-wasm.service";

/// What the processes of a unit see of the store.
#[cfg(test)]
fn seen(guest: &Booted, unit: &str) -> Vec<String> {
    let ask = format!("ls /proc/$(systemctl show -P MainPID {unit})/root/nix/store");
    guest.good(&["sh", "-c", &ask]).lines().map(str::to_owned).collect()
}

#[test]
fn the_modules_units_run_a_job_with_nothing_of_the_machine_but_their_libraries() {
    let world = World::new();
    let job = world.drop_job(&world.job("hello", &module(HELLO)));
    let Some(machine) = machine(&world) else { return };
    let guest = &machine.guest;
    let started = guest.run(&["systemctl", "start", AGENT]);
    let journal = guest.good(&["journalctl", "--no-pager", "--unit", AGENT, "--unit", EXECUTOR]);
    assert_eq!(started.code, Some(0), "{journal}");
    let archctl = format!("{}/archctl", store::PROGRAMS);
    let done = format!("{archctl} job show {job} --json | grep -q '\"state\": *\"completed\"'");
    guest.until(0, &["sh", "-c", &done]);
    let _quiet = guest.good(&["systemctl", "reload", AGENT]);
    guest.until(0, &[&archctl, "ledger", "verify", "/var/lib/archagent/ledger"]);
    for unit in [AGENT, EXECUTOR] {
        let seen = seen(guest, unit);
        assert!(seen.contains(&"aaa-libraries".to_owned()), "{unit}: {seen:?}");
        assert!(!seen.iter().any(|path| path.contains("secret")), "{unit}: {seen:?}");
        // Empty folders are what flags were put on; no program and no library is in any.
        let others = format!(
            "cd /proc/$(systemctl show -P MainPID {unit})/root && \
             for at in bin lib lib64 usr; do [ ! -e $at ] || find $at -type f; done"
        );
        assert_eq!(guest.good(&["sh", "-c", &others]), "", "{unit}");
    }
    let memory = guest.good(&["systemctl", "show", "-P", "MemoryMax", EXECUTOR]);
    assert_eq!(memory.trim(), "536870912");
}

/// Mode `sovereign`, which is the default: from outside there is nothing that could be asked.
#[test]
fn a_sovereign_node_has_no_socket_of_the_internet() {
    let Some(machine) = machine(&World::new()) else { return };
    let guest = &machine.guest;
    let _quiet = guest.good(&["systemctl", "start", AGENT]);
    let own = format!("/proc/$(systemctl show -P MainPID {AGENT})");
    for kind in ["tcp", "tcp6", "udp", "udp6", "raw", "raw6"] {
        // A line of titles, and one for each socket: of the machine, and of the agent's own network.
        let count = format!("wc -l < /proc/net/{kind}; wc -l < {own}/net/{kind}");
        assert_eq!(guest.good(&["sh", "-c", &count]), "1\n1\n", "{kind}");
    }
}

#[test]
fn the_modular_service_runs_a_job_in_one_unit() {
    let world = World::new();
    let job = world.drop_job(&world.job("hello", &module(HELLO)));
    let Some(machine) = machine(&world) else { return };
    let guest = &machine.guest;
    let unit = "arch-solo.service";
    let started = guest.run(&["systemctl", "start", unit]);
    let journal = guest.good(&["journalctl", "--no-pager", "--unit", unit]);
    assert_eq!(started.code, Some(0), "{journal}");
    let socket = "/var/lib/archagent/run/control.sock";
    let archctl = format!("{}/archctl", store::PROGRAMS);
    let done = format!(
        "{archctl} job show {job} --socket {socket} --json | grep -q '\"state\": *\"completed\"'"
    );
    guest.until(0, &["sh", "-c", &done]);
}

#[test]
fn the_agent_reads_every_setting_as_the_module_writes_it() {
    if let Some(why) = missing() {
        skip(&why);
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let settings = evaluate("nix/tests/settings.nix", &[]);
    assert!(settings.as_object().unwrap().len() > 8, "{settings}");
    std::fs::write(folder.path().join("node.yaml"), settings.to_string()).unwrap();
    let mut agent = Command::new(program("arch-node-agent"));
    let said = agent.arg("--check-config").arg("--config").arg(folder.path()).output().unwrap();
    // It prints what is in force, and then misses the root, which is the first thing that is not there.
    let complaint = String::from_utf8_lossy(&said.stderr);
    assert!(complaint.contains("root.yaml` is not there"), "{complaint}");
    let shown = String::from_utf8_lossy(&said.stdout);
    for word in ["512Mi", "1m30s", "2500m", "price_eur_kwh: 0.25", "state", "debug", "json"] {
        assert!(shown.contains(word), "{word} is not in {shown}");
    }
}

#[test]
fn systemd_finds_no_fault_in_the_modules_units() {
    let Some(machine) = machine(&World::new()) else { return };
    let guest = &machine.guest;
    for unit in [AGENT, EXECUTOR] {
        let said = guest.run(&["systemd-analyze", "verify", "--man=no", unit]);
        let words = format!("{}{}", said.stdout, said.stderr);
        let ours: Vec<&str> = words.lines().filter(|line| line.contains("arch")).collect();
        assert_eq!(ours, Vec::<&str>::new(), "{unit}");
    }
}
