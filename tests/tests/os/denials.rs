//! What must not work does not work: tried from inside each unit, and beside it without one.

use std::{collections::BTreeMap, path::Path};

use arch_tests::booted::{Booted, Seed};

use super::installed::boot;

/// Where the guest has the probe.
const PROBE: &str = "/usr/bin/arch-probe";

fn outcomes(text: &str) -> BTreeMap<String, String> {
    let lines = text.lines().filter_map(|line| line.split_once('\t'));
    lines.map(|(name, outcome)| (name.to_owned(), outcome.to_owned())).collect()
}

/// Runs the probe in the unit, with one file more than the unit has and nothing else changed.
fn inside(guest: &Booted, unit: &str) -> BTreeMap<String, String> {
    let place = format!("/out/{unit}.probe");
    let instead = format!(
        "[Unit]\nStartLimitIntervalSec=0\n[Service]\nType=oneshot\nExecStart=\nExecStart={PROBE}\n\
         Restart=no\nWatchdogSec=0\nExecReload=\nBindReadOnlyPaths={PROBE}\nExecPaths={PROBE}\n\
         StandardOutput=truncate:{place}\nStandardError=journal\n"
    );
    let drop_in = format!("/run/systemd/system/{unit}.service.d/90-probe.conf");
    guest.write(&drop_in, &instead);
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
    let beside = outcomes(&guest.good(&[PROBE]));
    for unit in ["arch-node-agent", "arch-executor-wasm"] {
        let inside = inside(&guest, unit);
        for (name, outcome) in &inside {
            println!("{unit}\t{name}\t{outcome}\t{}", beside[name]);
        }
    }
}
