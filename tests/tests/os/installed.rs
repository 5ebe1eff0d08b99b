//! Installed as a package would, on a systemd that is booted for it.

use arch_tests::{
    EXPOSURE,
    booted::{Booted, Seed, cannot_boot},
    checkout, skip,
};

/// The agent's unit.
pub(crate) const AGENT: &str = "arch-node-agent.service";

/// The executor's.
pub(crate) const EXECUTOR: &str = "arch-executor-wasm.service";

/// The prover's.
pub(crate) const PROVER: &str = "arch-prover.service";

/// A guest with everything installed and its sockets open; nothing where none can be booted.
pub(crate) fn boot(seed: Seed) -> Option<Booted> {
    if let Some(why) = cannot_boot() {
        skip(&why);
        return None;
    }
    let guest = Booted::boot(env!("CARGO_BIN_EXE_booted"), &seed);
    guest.install();
    Some(guest)
}

/// The guest's systemd.
pub(crate) fn version(guest: &Booted) -> u32 {
    guest.systemd()
}

/// Changes a unit by a drop-in, another each time.
pub(crate) fn change(guest: &Booted, unit: &str, text: &str) {
    guest.change(unit, text);
}

/// Takes the drop-in of a choice, as an operator copies it.
pub(crate) fn choose(guest: &Booted, choice: &str, file: &str) {
    let text = checkout().join("dist/systemd").join(choice).join(file);
    guest.write(&format!("/etc/systemd/system/{file}"), &std::fs::read_to_string(text).unwrap());
    let _quiet = guest.good(&["systemctl", "daemon-reload"]);
}

/// Asks for a start; how that ended.
pub(crate) fn start(guest: &Booted, unit: &str) -> Option<i64> {
    guest.start(unit)
}

/// Starts it, and it is ready then.
pub(crate) fn started(guest: &Booted, unit: &str) {
    guest.started(unit);
}

/// All that was said of and by a unit.
pub(crate) fn journal(guest: &Booted, unit: &str) -> String {
    guest.journal(unit)
}

/// Properties as the service manager has them in force.
pub(crate) fn show(guest: &Booted, unit: &str, properties: &[&str]) -> Vec<String> {
    guest.show(unit, properties)
}

#[test]
fn units_are_loaded_without_a_word_and_their_sockets_listen() {
    let Some(guest) = boot(Seed::installed()) else { return };
    for unit in [AGENT, EXECUTOR, PROVER, "arch.slice"] {
        let state = show(&guest, unit, &["LoadState", "LoadError", "NeedDaemonReload"]);
        assert_eq!(state, ["loaded", "", "no"], "{unit}");
    }
    let sockets = [
        ("arch-node-agent.socket", "control.sock", "control", "666"),
        ("arch-node-agent-metrics.socket", "metrics.sock", "metrics", "666"),
        ("arch-executor-wasm.socket", "executor-wasm.sock", "executor-wasm", "600"),
        ("arch-prover.socket", "prover.sock", "prover", "600"),
    ];
    for (unit, file, name, mode) in sockets {
        let state = show(&guest, unit, &["ActiveState", "SubState", "FileDescriptorName"]);
        assert_eq!(state, ["active", "listening", name], "{unit}");
        let path = format!("/run/archagent/{file}");
        let stat = guest.good(&["stat", "--format=%F %U %a", &path]);
        assert_eq!(stat.trim(), format!("socket archagent {mode}"));
    }
    let journal = guest.good(&["journalctl", "--boot", "--no-pager", "--output=cat", "_PID=1"]);
    let ours = journal.lines().filter(|line| line.contains("/system/arch"));
    assert_eq!(ours.collect::<Vec<_>>(), Vec::<&str>::new(), "the manager complains of units");
}

#[test]
fn what_the_units_ask_for_is_in_force() {
    let Some(guest) = boot(Seed::installed()) else { return };
    let all = [
        ("NoNewPrivileges", "yes"),
        ("CapabilityBoundingSet", ""),
        ("AmbientCapabilities", ""),
        ("PrivateNetwork", "yes"),
        ("PrivateDevices", "yes"),
        ("PrivateIPC", "yes"),
        ("ProtectSystem", "strict"),
        ("ProtectProc", "invisible"),
        ("ProcSubset", "pid"),
        ("ProtectControlGroups", "yes"),
        ("RestrictNamespaces", "yes"),
        ("UMask", "0077"),
        ("LimitCORE", "0"),
        ("Slice", "arch.slice"),
        ("SystemCallErrorNumber", "1"),
    ];
    let version = version(&guest);
    let agent = [
        ("Type", if version < 253 { "notify" } else { "notify-reload" }),
        ("PrivateUsers", "yes"),
        ("PrivateUsersEx", if version < 257 { "absent" } else { "identity" }),
        ("MemoryDenyWriteExecute", "yes"),
        ("RestrictAddressFamilies", "AF_UNIX"),
        ("RestartPreventExitStatus", "2 78"),
        // It leaves nothing there: its sockets are kept by their own units.
        ("FileDescriptorStoreMax", "0"),
        ("StateDirectory", "archagent"),
        ("RuntimeDirectory", "archagent"),
        ("ConfigurationDirectory", "arch"),
        ("RuntimeDirectoryPreserve", "yes"),
        ("StartLimitBurst", "10"),
    ];
    let executor = [
        ("Type", "exec"),
        ("PrivateUsers", "yes"),
        ("MemoryDenyWriteExecute", "no"),
        ("Delegate", "yes"),
        ("DelegateControllers", "memory pids"),
        ("OOMPolicy", "continue"),
        ("CacheDirectory", "arch-executor-wasm"),
    ];
    let prover = [
        ("Type", "exec"),
        ("PrivateUsers", "yes"),
        ("MemoryDenyWriteExecute", "yes"),
        ("OOMPolicy", "continue"),
        ("MemoryMax", "805306368"),
        ("CacheDirectory", ""),
    ];
    for (unit, own) in [(AGENT, &agent[..]), (EXECUTOR, &executor[..]), (PROVER, &prover[..])] {
        for (property, value) in all.iter().chain(own) {
            assert_eq!(show(&guest, unit, &[property]), [*value], "{property} of {unit}");
        }
        let calls = show(&guest, unit, &["SystemCallFilter"]).concat();
        let allowed: Vec<&str> = calls.split(' ').collect();
        for call in ["landlock_restrict_self", "seccomp", "futex"] {
            assert!(allowed.contains(&call), "{call} in {unit}");
        }
        assert_eq!(allowed.contains(&"memfd_create"), unit != PROVER, "{unit}");
        for call in ["io_uring_setup", "unshare", "ptrace", "capset", "keyctl", "bpf", "mount"] {
            assert!(!allowed.contains(&call), "{call} in {unit}");
        }
    }
}

/// That of a newer system, where the guest is one; with the drop-ins that it takes.
#[test]
fn the_guests_own_systemd_finds_no_fault_and_no_more_exposure() {
    let Some(guest) = boot(Seed::installed()) else { return };
    for (unit, most) in EXPOSURE {
        let faults = guest.run(&["systemd-analyze", "verify", "--man=no", unit]);
        let ours = |line: &&str| line.contains("arch");
        let words = format!("{}{}", faults.stdout, faults.stderr);
        assert_eq!(words.lines().filter(ours).collect::<Vec<_>>(), Vec::<&str>::new());
        let threshold = format!("--threshold={most}");
        let judged = ["systemd-analyze", "security", "--offline=yes", "--no-pager", &threshold];
        let _quiet = guest.good(&[&judged[..], &[unit]].concat());
    }
}
