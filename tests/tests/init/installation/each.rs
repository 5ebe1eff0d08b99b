//! Every fault of the table, one after the other, on one node.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use arch_ledger::Record;
use arch_tests::{Agent, World, process, skip};
use serde_json::Value;

use super::{
    bound_by_modes, doctor, entries, findings, log,
    surroundings::{agent, surroundings},
    table::{Comes, Row, TABLE},
};

#[test]
fn each_fault_of_an_installation_ends_the_agent_as_doctor_tells_and_costs_nothing() {
    let world = World::new();
    fs::set_permissions(world.path("."), fs::Permissions::from_mode(0o755)).unwrap();
    fs::create_dir(world.path("config/node.d")).unwrap();
    assert!(stops(world.agent()));
    for row in TABLE {
        let name = row.0;
        if let Err(why) = happens(&world, row) {
            skip(&format!("{name}: {why}"));
            continue;
        }
        assert!(stops(world.agent()), "{name}: mended");
    }
    let (_, report) = doctor(bound_by_modes(), &world, &[]);
    assert_eq!(findings(&report, "fail").count(), 0, "all mended: {report}");
}

/// Breaks it, has agent and doctor meet it, mends it; or why it cannot happen here.
fn happens(world: &World, (name, fault, comes, code): Row) -> Result<(), String> {
    nobody_is_left(world);
    let (state, records) = (state(world), entries(world));
    let logged = log(world).len();
    let above = surroundings(fault, world)?;
    let mut mend = fault.breaks(world)?;
    let agent = agent(fault, world, above).ok_or("systemd-socket-activate is not installed")?;
    let (output, report) = doctor(surroundings(fault, world)?, world, &[]);
    match comes {
        Comes::Ends(with) => {
            let ended = agent.ended().code();
            let log = log(world).split_off(logged);
            assert_eq!(ended, Some(with), "{name}: {log}");
            assert_eq!(output.status.code(), Some(1), "{name}: {report}");
            tell_the_same(name, code, &log, &report);
        }
        Comes::Warned | Comes::Good => {
            goes_on(name, agent);
            let log = log(world).split_off(logged);
            assert_eq!(findings(&report, "fail").count(), 0, "{name}: {report}");
            let coded = |finding: &&Value| finding["code"] == "ARCH-F004";
            let warned = findings(&report, "warn").filter(coded).count();
            let times = usize::from(comes == Comes::Warned);
            assert_eq!((warned, log.matches("ARCH-F004").count()), (times, times), "{name}: {log}");
        }
    }
    nobody_is_left(world);
    mend.mends();
    nothing_is_lost(name, world, &state, &records);
    Ok(())
}

fn goes_on(name: &str, agent: Agent) {
    assert!(stops(agent.ready()), "{name}");
}

/// Stops it once its executor is there: one that still starts would write when the agent is gone.
fn stops(mut agent: Agent) -> bool {
    agent.wait_for("the executor", |agent| agent.status().executor.ready.then_some(()));
    agent.stop().success()
}

/// Waits until no process of the world is there that could write.
fn nobody_is_left(world: &World) {
    let since = Instant::now();
    let left = || process::that_name(&world.path("state"));
    while !left().is_empty() {
        assert!(since.elapsed() < Duration::from_secs(90), "{:?}", left());
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// One cause in the agent's log, in one line, with the code and the remedy that doctor has.
fn tell_the_same(name: &str, code: &str, log: &str, report: &Value) {
    let causes: Vec<&str> = log.lines().filter(|line| line.starts_with("error[")).collect();
    let start = format!("error[{code}]: ");
    assert!(matches!(causes.as_slice(), [one] if one.starts_with(&start)), "{name}: {log}");
    let found = findings(report, "fail").find(|finding| finding["code"] == code);
    let found = found.unwrap_or_else(|| panic!("{name}: no {code} in {report}"));
    let remedy = format!("help: {}", found["remedy"].as_str().unwrap());
    assert!(log.lines().any(|line| line == remedy), "{name}: no {remedy} in {log}");
}

/// Mode, owner and bytes of a file.
type Found = (u32, u32, Vec<u8>);

/// Every file of the state but the sockets.
fn state(world: &World) -> BTreeMap<PathBuf, Found> {
    let folder = world.path("state");
    let sockets = folder.join("run");
    let files = process::files(&folder).into_iter().filter(|path| !path.starts_with(&sockets));
    files.map(|path| (path.clone(), found(&path))).collect()
}

fn found(path: &Path) -> Found {
    let stat = path.symlink_metadata().unwrap();
    (stat.mode(), stat.uid(), fs::read(path).unwrap())
}

/// Nothing of what was there is gone or changed. The ledger may say more, and that is what was refused.
fn nothing_is_lost(
    name: &str,
    world: &World,
    before: &BTreeMap<PathBuf, Found>,
    records: &[Record],
) {
    let all = entries(world);
    let (old, new) = all.split_at(records.len());
    assert_eq!(old, records, "{name}");
    assert!(new.iter().all(|record| matches!(record, Record::Refused { .. })), "{name}: {new:?}");
    let after = state(world);
    let paths = after.keys().chain(before.keys());
    let changed: Vec<&PathBuf> =
        paths.filter(|path| after.get(*path) != before.get(*path)).collect();
    let ledger = world.path("state/ledger");
    let may = |path: &&PathBuf| !new.is_empty() && path.starts_with(&ledger);
    assert!(changed.iter().all(may), "{name}: {changed:?}");
}
