//! What must not work does not work: tried from inside each unit, and beside it without one.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use arch_tests::booted::{Booted, Seed};

use super::installed::boot;

/// Where the guest has the probe.
const PROBE: &str = "/usr/bin/arch-probe";

/// How a kernel refuses.
const REFUSALS: [&str; 5] = ["EPERM", "EACCES", "ENOENT", "EROFS", "EAFNOSUPPORT"];

/// So many attempts at least have to work beside a unit and be refused inside: the unit's own doing.
const OWN_DOING: usize = 60;

/// What a unit needs, and so can. All other attempts are refused.
const POSSIBLE: [(&str, &[&str]); 3] = [
    (
        "arch-node-agent",
        &[
            "listen under an abstract name",
            "look into the agent's state",
            "make a Unix socket",
            "may close itself off by Landlock",
            "may close itself off by seccomp",
            "may make a pair of sockets",
            "may make files in memory",
            "may reach the executor",
            "may reach the prover",
            "may write its own folder",
            "read the configuration",
        ],
    ),
    (
        "arch-executor-wasm",
        &[
            "look into the executor's cache",
            "make a cgroup below its own",
            "make what it wrote runnable",
            "make what runs writable",
            "map memory that can be written and run",
            "may close itself off by Landlock",
            "may close itself off by seccomp",
            "may make a pair of sockets",
            "may make files in memory",
            "may write its own folder",
        ],
    ),
    (
        "arch-prover",
        &[
            "look at the keys to prove with",
            "may close itself off by Landlock",
            "may close itself off by seccomp",
            "may make a pair of sockets",
        ],
    ),
];

fn outcomes(text: &str) -> BTreeMap<String, String> {
    let lines = text.lines().filter_map(|line| line.split_once('\t'));
    lines.map(|(name, outcome)| (name.to_owned(), outcome.to_owned())).collect()
}

/// Runs the probe in the unit, with one file more than the unit has and nothing else changed.
fn inside(guest: &Booted, unit: &str) -> BTreeMap<String, String> {
    let place = format!("/out/{unit}.probe");
    let instead = format!(
        "[Service]\nType=oneshot\nExecStart=\nExecStart={PROBE}\nRestart=no\nWatchdogSec=0\n\
         BindReadOnlyPaths={PROBE}\nExecPaths=+{PROBE}\nStandardOutput=truncate:{place}\n"
    );
    guest.write(&format!("/run/systemd/system/{unit}.service.d/90-probe.conf"), &instead);
    let _quiet = guest.good(&["systemctl", "daemon-reload"]);
    let service = format!("{unit}.service");
    let ran = guest.run(&["systemctl", "start", &service]);
    if ran.code != Some(0) {
        let journal = guest.run(&["journalctl", "--no-pager", "--unit", &service]);
        panic!("{unit}: {}{}", ran.stderr, journal.stdout);
    }
    outcomes(&guest.good(&["cat", &place]))
}

#[test]
fn what_must_not_work_does_not_work_inside_each_unit() {
    let probe = Path::new(env!("CARGO_BIN_EXE_probe"));
    let Some(guest) = boot(Seed::installed().bind(probe, PROBE)) else { return };
    // So that there is something to be kept from.
    guest.write("/etc/credstore/arch.node.key", "a key\n");
    let beside = outcomes(&guest.good(&[PROBE]));
    let works_beside = |name: &str| beside[name] == "possible";
    for (unit, possible) in POSSIBLE {
        let inside = inside(&guest, unit);
        let names: Vec<&String> = inside.keys().collect();
        assert_eq!(names, beside.keys().collect::<Vec<_>>(), "{unit} did not try everything");
        let (worked, refused): (Vec<_>, Vec<_>) =
            inside.iter().partition(|(_, outcome)| *outcome == "possible");
        let worked: BTreeSet<&str> = worked.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(worked, BTreeSet::from_iter(possible.iter().copied()), "{unit}");
        for (name, outcome) in &refused {
            assert!(REFUSALS.contains(&outcome.as_str()), "{name} in {unit}: {outcome}");
        }
        let own = refused.iter().filter(|(name, _)| works_beside(name)).count();
        println!("{unit}: {} refused, {own} of them work beside it", refused.len());
        assert!(own >= OWN_DOING, "{unit}: {own}");
    }
}
