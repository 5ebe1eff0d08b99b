//! What systemd says of the files in dist/systemd, and what has to stand in them.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use arch_tests::{EXPOSURE, checkout, program, skip};

/// What every service must say, as `systemctl show` would have it too.
const EVERYWHERE: [(&str, &str); 26] = [
    ("NoNewPrivileges", "yes"),
    ("CapabilityBoundingSet", ""),
    ("AmbientCapabilities", ""),
    ("PrivateNetwork", "yes"),
    ("PrivateUsers", "yes"),
    ("PrivateDevices", "yes"),
    ("PrivateTmp", "yes"),
    ("PrivateMounts", "yes"),
    ("PrivateIPC", "yes"),
    ("DevicePolicy", "closed"),
    ("ProtectSystem", "strict"),
    ("ProtectHome", "yes"),
    ("ProtectClock", "yes"),
    ("ProtectHostname", "yes"),
    ("ProtectKernelLogs", "yes"),
    ("ProtectKernelModules", "yes"),
    ("ProtectKernelTunables", "yes"),
    ("ProtectControlGroups", "yes"),
    ("ProtectProc", "invisible"),
    ("ProcSubset", "pid"),
    ("RestrictNamespaces", "yes"),
    ("RestrictRealtime", "yes"),
    ("RestrictSUIDSGID", "yes"),
    ("LockPersonality", "yes"),
    ("SystemCallArchitectures", "native"),
    ("UMask", "0077"),
];

/// What one service must say beside that.
const EACH: [(&str, &[(&str, &str)]); 3] = [
    (
        "arch-node-agent.service",
        &[
            ("Type", "notify"),
            ("User", "archagent"),
            ("RestrictAddressFamilies", "AF_UNIX"),
            ("MemoryDenyWriteExecute", "yes"),
            ("WatchdogSec", "30s"),
            ("RestartPreventExitStatus", "2 78"),
            ("RootDirectory", "/run/arch-root/agent"),
            ("LimitCORE", "0"),
        ],
    ),
    (
        "arch-executor-wasm.service",
        &[
            ("Type", "exec"),
            ("User", "archexecutor"),
            ("RestrictAddressFamilies", "none"),
            ("Delegate", "memory pids"),
            ("OOMPolicy", "continue"),
            ("RootDirectory", "/run/arch-root/executor-wasm"),
            ("LimitCORE", "0"),
        ],
    ),
    (
        "arch-prover.service",
        &[
            ("Type", "exec"),
            ("User", "archprover"),
            ("RestrictAddressFamilies", "none"),
            ("MemoryDenyWriteExecute", "yes"),
            ("MemoryMax", "768M"),
            ("OOMPolicy", "continue"),
            ("RootDirectory", "/run/arch-root/prover"),
            ("LimitCORE", "0"),
        ],
    ),
];

/// The name by which a program knows each socket.
const NAMES: [(&str, &str); 4] = [
    ("arch-node-agent.socket", "control"),
    ("arch-node-agent-metrics.socket", "metrics"),
    ("arch-executor-wasm.socket", "executor-wasm"),
    ("arch-prover.socket", "prover"),
];

fn folder() -> PathBuf {
    checkout().join("dist/systemd")
}

/// Values by key, of all sections; a key that stands again has its values in order.
fn settings(unit: &str) -> BTreeMap<String, Vec<String>> {
    let text = fs::read_to_string(folder().join(unit)).unwrap();
    let mut found = BTreeMap::<String, Vec<String>>::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if let Some((key, value)) = line.split_once('=') {
            found.entry(key.to_owned()).or_default().push(value.to_owned());
        }
    }
    found
}

/// `systemd-analyze`, if there is one.
fn analyze(arguments: &[&str]) -> Option<Result<String, String>> {
    let mut command = Command::new("systemd-analyze");
    match command.args(arguments).env("SYSTEMD_COLORS", "0").env("SYSTEMD_EMOJI", "0").output() {
        Err(error) => {
            skip(&format!("systemd-analyze does not start: {error}"));
            None
        }
        Ok(output) => {
            let words = [&output.stdout[..], &output.stderr[..]].concat();
            let words = String::from_utf8_lossy(&words).into_owned();
            Some(if output.status.success() { Ok(words) } else { Err(words) })
        }
    }
}

/// A copy of the units whose programs are there, so that nothing else can be complained of.
fn copied(into: &Path) -> Vec<String> {
    let mut copies = vec![];
    for entry in fs::read_dir(folder()).unwrap().flatten() {
        let path = entry.path();
        let kind = path.extension().and_then(|kind| kind.to_str()).unwrap_or_default();
        if ["service", "socket", "slice"].contains(&kind) {
            let text = fs::read_to_string(&path).unwrap();
            let copy = into.join(entry.file_name());
            let ours = ["arch-node-agent", "arch-executor", "arch-prover"];
            let text = ours.iter().fold(text, |text, name| {
                text.replace(&format!("=/usr/bin/{name} --"), "=/bin/true --")
            });
            fs::write(&copy, text).unwrap();
            copies.push(copy.to_str().unwrap().to_owned());
        }
    }
    assert_eq!(copies.len(), 8);
    copies
}

#[test]
fn systemd_finds_no_fault_in_any_unit() {
    let folder = tempfile::tempdir().unwrap();
    let units = copied(folder.path());
    let arguments = ["verify", "--man=no", "--recursive-errors=no"];
    let arguments: Vec<&str> =
        arguments.into_iter().chain(units.iter().map(String::as_str)).collect();
    let Some(said) = analyze(&arguments) else { return };
    assert_eq!(said, Ok(String::new()));
}

#[test]
fn no_unit_is_exposed_more_than_it_may_be() {
    for (unit, most) in EXPOSURE {
        let path = folder().join(unit);
        let threshold = format!("--threshold={most}");
        let arguments = ["security", "--offline=true", "--no-pager", &threshold];
        let Some(said) = analyze(&[&arguments[..], &[path.to_str().unwrap()]].concat()) else {
            return;
        };
        assert!(said.is_ok(), "{unit}: {}", said.unwrap_err());
    }
}

#[test]
fn what_every_unit_must_say_stands_in_it_once() {
    for (unit, own) in EACH {
        let settings = settings(unit);
        for (key, value) in EVERYWHERE.iter().chain(own) {
            assert_eq!(settings.get(*key), Some(&vec![(*value).to_owned()]), "{key} in {unit}");
        }
    }
    // Only a reason that stands in the unit lets it be off.
    let executor = folder().join("arch-executor-wasm.service");
    assert!(!settings("arch-executor-wasm.service").contains_key("MemoryDenyWriteExecute"));
    let text = fs::read_to_string(executor).unwrap();
    assert!(text.contains("# MemoryDenyWriteExecute= is off: "));
}

#[test]
fn every_socket_has_its_own_name_and_is_not_of_the_internet() {
    for (unit, name) in NAMES {
        let settings = settings(unit);
        assert_eq!(settings["FileDescriptorName"], [name]);
        assert!(settings["ListenStream"].iter().all(|place| place.starts_with("/run/archagent/")));
    }
}

#[test]
fn what_252_does_not_know_is_in_no_unit_but_in_a_drop_in_that_names_its_version() {
    let newer = ["notify-reload", "RestartSteps", "RestartMaxDelaySec", "identity"];
    for (unit, _) in EACH {
        let settings = settings(unit);
        let lines = settings.iter().flat_map(|(key, values)| values.iter().map(move |v| (key, v)));
        for (key, value) in lines {
            assert!(!newer.contains(&key.as_str()) && !newer.contains(&value.as_str()), "{key}");
        }
    }
    let all = arch_tests::process::files(&folder());
    let text = |path: &PathBuf| fs::read_to_string(path).unwrap();
    for word in newer {
        let mut places = all.iter().filter(|path| path.to_str().unwrap().contains("/since-2"));
        assert!(places.any(|path| text(path).contains(word)), "{word}");
    }
}

#[test]
fn every_option_in_a_unit_is_one_of_its_program() {
    for (unit, _) in EACH {
        let line = settings(unit)["ExecStart"].concat();
        let (program_path, options) = line.split_once(' ').unwrap();
        let name = program_path.strip_prefix("/usr/bin/").unwrap();
        let help = Command::new(program(name)).arg("--help").output().unwrap();
        let help = String::from_utf8(help.stdout).unwrap();
        let known: Vec<&str> = help.split_whitespace().collect();
        let options: Vec<&str> = options.split(' ').filter(|word| word.starts_with('-')).collect();
        assert!(!options.is_empty());
        for option in options {
            assert!(known.contains(&option), "{name} has no {option}");
        }
    }
}
