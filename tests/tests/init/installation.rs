//! What is wrong with an installation: the agent ends with the code and the remedy that `archctl doctor`
//! has for it, nothing is lost, and when it is mended the agent comes up.

mod breaks;
mod table;

use std::{
    collections::BTreeMap,
    fs,
    io::Write as _,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    process::{Command, Output},
};

use arch_ledger::Record;
use arch_tests::{Agent, HELLO, Stranger, World, module, process, program, skip};
use serde_json::Value;

use breaks::{Break, Mount, SOMEBODY};
use table::{Comes, TABLE};

/// A user for whom the mode of a file counts: root is made one by taking from it what passes modes by.
fn bound_by_modes() -> Command {
    if !rustix::process::geteuid().is_root() {
        return Command::new("env");
    }
    const WITHOUT: &str = "-dac_override,-dac_read_search";
    let mut command = Command::new("setpriv");
    command.args(["--bounding-set", WITHOUT, "--inh-caps", WITHOUT, "--ambient-caps", WITHOUT]);
    command
}

fn faketime() -> Option<PathBuf> {
    let folders = ["x86_64-linux-gnu", "aarch64-linux-gnu", "."];
    let files = folders.map(|folder| format!("/usr/lib/{folder}/faketime/libfaketimeMT.so.1"));
    files.into_iter().map(PathBuf::from).find(|path| path.exists())
}

/// What surrounds the agent, and doctor.
fn surroundings(fault: Break, world: &World) -> Result<Command, String> {
    let mut command = bound_by_modes();
    match fault {
        Break::Clock(at) => {
            let shim = faketime()
                .ok_or("there is no libfaketime; on Debian `apt-get install faketime`")?;
            command.env("LD_PRELOAD", shim).env("FAKETIME", at()).env("TZ", "UTC");
            command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1").env("DONT_FAKE_MONOTONIC", "1");
        }
        Break::Told(name, value) => {
            command.env(name, value);
        }
        Break::Sockets(names) => {
            stand_in_systemctl(world, names);
            let path = std::env::var("PATH").unwrap_or_default();
            command.env("PATH", format!("{}:{path}", world.path("bin").display()));
        }
        _ => {}
    }
    Ok(command)
}

/// Says what systemd says of a unit for this world: how systemd itself is asked is tried in `os`.
fn stand_in_systemctl(world: &World, names: &[&str]) {
    let folder = world.path("bin");
    fs::create_dir_all(&folder).unwrap();
    let names: String = names.iter().map(|name| format!("FileDescriptorName={name}\n\n")).collect();
    let (config, state) = (world.path("config"), world.path("state"));
    let script = format!(
        "#!/bin/sh\ncase \"$*\" in\n*FileDescriptorName*) cat <<END\n{names}END\n;;\n*ExecStart*) cat <<END\n\
         LoadState=loaded\nUser=\nExecStart={{ path=x ; argv[]=x --config {} --state {} ; }}\n\
         TriggeredBy=a.socket b.socket\nEND\n;;\nesac\n",
        config.display(),
        state.display()
    );
    fs::write(folder.join("systemctl"), script).unwrap();
    fs::set_permissions(folder.join("systemctl"), fs::Permissions::from_mode(0o755)).unwrap();
}

/// Starts the agent in these surroundings, with as many sockets as there are names.
fn agent(fault: Break, world: &World, above: Command) -> Option<Agent> {
    let Break::Sockets(names) = fault else { return Some(Agent::below(world, above)) };
    let mut tool = Command::new("systemd-socket-activate");
    if tool.arg("--version").output().is_err() {
        return None;
    }
    let mut tool = Command::new("systemd-socket-activate");
    // Without a name systemd gives that of the unit; the tool gives none.
    let named = names.iter().all(|name| !name.ends_with(".socket"));
    if named {
        tool.arg(format!("--fdname={}", names.join(":")));
    }
    let sockets: Vec<PathBuf> =
        (0..names.len()).map(|number| world.path(format!("handed-{number}.sock"))).collect();
    for socket in &sockets {
        let _of_the_row_before = fs::remove_file(socket);
        tool.arg("-l").arg(socket);
    }
    let agent = Agent::below(world, tool);
    let calls = std::os::unix::net::UnixStream::connect;
    while calls(&sockets[0]).is_err() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    Some(agent)
}

fn doctor(mut above: Command, world: &World, more: &[&str]) -> (Output, Value) {
    above.arg(program("archctl")).arg("doctor").arg("--json").args(more);
    above.arg("--config").arg(world.path("config")).arg("--state").arg(world.path("state"));
    let output = above.output().unwrap();
    let told = serde_json::from_slice(&output.stdout);
    let told = told.unwrap_or_else(|error| panic!("{error}: {output:?}"));
    (output, told)
}

fn findings<'a>(told: &'a Value, verdict: &'a str) -> impl Iterator<Item = &'a Value> {
    let all = told["findings"].as_array().unwrap().iter();
    all.filter(move |finding| finding["verdict"] == verdict)
}

/// Every file of the state but the sockets: mode, owner and bytes.
fn state(world: &World) -> BTreeMap<PathBuf, (u32, u32, Vec<u8>)> {
    let folder = world.path("state");
    let files =
        process::files(&folder).into_iter().filter(|path| !path.starts_with(folder.join("run")));
    files
        .map(|path| {
            let found = path.symlink_metadata().unwrap();
            let bytes = fs::read(&path).unwrap();
            (path, (found.mode(), found.uid(), bytes))
        })
        .collect()
}

/// Nothing of what was there is gone or changed. The ledger may say more, and that is what was refused.
fn nothing_is_lost(
    name: &str,
    world: &World,
    before: &BTreeMap<PathBuf, (u32, u32, Vec<u8>)>,
    told: &[Record],
) {
    let ledger = Stranger::verified(world);
    let records: Vec<Record> = ledger.records().cloned().collect();
    let (old, new) = records.split_at(told.len());
    assert_eq!(old, told, "{name}");
    assert!(new.iter().all(|record| matches!(record, Record::Refused { .. })), "{name}: {new:?}");
    let after = state(world);
    let changed: Vec<&PathBuf> = after
        .keys()
        .chain(before.keys())
        .filter(|path| after.get(*path) != before.get(*path))
        .collect();
    let of_the_ledger = |path: &&PathBuf| path.starts_with(world.path("state/ledger"));
    assert!(
        changed.iter().all(|path| !new.is_empty() && of_the_ledger(path)),
        "{name}: {changed:?}"
    );
}

fn log(world: &World) -> String {
    fs::read_to_string(world.path("agent.log")).unwrap_or_default()
}

#[test]
fn each_fault_of_an_installation_ends_the_agent_as_doctor_tells_and_costs_nothing() {
    let world = World::new();
    fs::set_permissions(world.path("."), fs::Permissions::from_mode(0o755)).unwrap();
    assert!(world.agent().stop().success());
    for (name, fault, comes, code) in TABLE {
        let (before, told) =
            (state(&world), Stranger::verified(&world).records().cloned().collect::<Vec<_>>());
        let logged = log(&world).len();
        let above =
            surroundings(fault, &world).and_then(|above| Ok((above, fault.breaks(&world)?)));
        let (above, mut mend) = match above {
            Ok(done) => done,
            Err(why) => {
                skip(&format!("{name}: {why}"));
                continue;
            }
        };
        let Some(started) = agent(fault, &world, above) else {
            skip("systemd-socket-activate is not installed");
            continue;
        };
        let (output, report) = doctor(surroundings(fault, &world).unwrap(), &world, &[]);
        match comes {
            Comes::Ends(with) => {
                let ended = started.ended().code();
                let log = log(&world).split_off(logged);
                assert_eq!(ended, Some(with), "{name}: {log}");
                let causes = log.lines().filter(|line| line.starts_with("error[")).count();
                assert_eq!(
                    (causes, log.matches(&format!("error[{code}]: ")).count()),
                    (1, 1),
                    "{name}: {log}"
                );
                let found = findings(&report, "fail").find(|finding| finding["code"] == code);
                let found = found.unwrap_or_else(|| panic!("{name}: no {code} in {report}"));
                let remedy = format!("help: {}", found["remedy"].as_str().unwrap());
                assert!(log.lines().any(|line| line == remedy), "{name}: no {remedy} in {log}");
                assert_eq!(output.status.code(), Some(1), "{name}: {report}");
            }
            Comes::Warned | Comes::Good => {
                assert!(started.ready().stop().success(), "{name}");
                let log = log(&world).split_off(logged);
                assert_eq!(findings(&report, "fail").count(), 0, "{name}: {report}");
                let warned = findings(&report, "warn")
                    .filter(|finding| finding["code"] == "ARCH-F004")
                    .count();
                let warned = (warned, log.matches("ARCH-F004").count());
                assert_eq!(
                    warned,
                    if comes == Comes::Warned { (1, 1) } else { (0, 0) },
                    "{name}: {log} {report}"
                );
            }
        }
        mend.mends();
        nothing_is_lost(name, &world, &before, &told);
        assert!(world.agent().stop().success(), "{name}: mended");
        let (_, report) = doctor(bound_by_modes(), &world, &[]);
        assert_eq!(findings(&report, "fail").count(), 0, "{name}, mended: {report}");
    }
}

/// Takes all the room there is.
fn fill(file: &Path) {
    let mut file = fs::File::create(file).unwrap();
    let mut piece = 1 << 20;
    while piece > 0 {
        if file.write_all(&vec![0; piece]).is_err() {
            piece /= 2;
        }
    }
}

#[test]
fn on_a_full_disk_a_first_start_ends_and_a_later_one_goes_on_and_doctor_says_why() {
    let world = World::new();
    let full = |report: &Value| findings(report, "fail").any(|found| found["code"] == "ARCH-L008");
    let mounted = match Mount::small(&world.path("state")) {
        Ok(mounted) => mounted,
        Err(why) => return skip(&why),
    };
    fill(&world.path("state/filler"));
    assert_eq!(Agent::run_to_its_end(&world).code(), Some(3), "{}", log(&world));
    let told = log(&world);
    let causes: Vec<&str> = told.lines().filter(|line| line.starts_with("error[")).collect();
    assert!(matches!(causes.as_slice(), [one] if one.contains("No space left")), "{told}");
    assert!(told.contains("\nhelp: "), "{told}");
    let (output, report) = doctor(bound_by_modes(), &world, &[]);
    assert!(full(&report) && output.status.code() == Some(1), "{report}");
    fs::remove_file(world.path("state/filler")).unwrap();
    assert!(world.agent().stop().success());
    let (before, records) = (entries(&world), Stranger::verified(&world));

    // The ledger keeps room for what has to be said, and the agent takes no work until there is more.
    fill(&world.path("state/filler"));
    let logged = log(&world).len();
    let mut agent = world.agent();
    let (_, report) = doctor(bound_by_modes(), &world, &[]);
    assert!(full(&report), "{report}");
    let job = world.owner.sign("job.yaml", &world.job("hello", &module(HELLO)).yaml());
    let refused = agent.submit(&job);
    assert_eq!(refused.problems.len(), 1, "{refused:?}");
    fs::remove_file(world.path("state/filler")).unwrap();
    agent.wait_for("room", |agent| {
        let submitted = agent.submit(&job);
        submitted.problems.is_empty().then_some(())
    });
    assert!(agent.stop().success(), "{}", log(&world).split_off(logged));
    assert!(entries(&world).starts_with(&before) && records.times().len() <= entries(&world).len());
    drop(mounted);
}

fn entries(world: &World) -> Vec<Record> {
    Stranger::verified(world).records().cloned().collect()
}

/// The agent's files are closed to him, and he is told that, not that all is well.
#[test]
fn doctor_does_not_tell_an_ordinary_user_that_what_he_cannot_read_is_well() {
    if !rustix::process::geteuid().is_root() {
        return skip("only root can be somebody else");
    }
    let world = World::new();
    assert!(world.agent().stop().success());
    let open = fs::Permissions::from_mode(0o755);
    for folder in [".", "config"] {
        fs::set_permissions(world.path(folder), open.clone()).unwrap();
    }
    // Where everybody may run them.
    let bin = world.path("bin");
    fs::create_dir(&bin).unwrap();
    fs::set_permissions(&bin, open).unwrap();
    for name in ["archctl", "arch-node-agent", "arch-executor"] {
        fs::copy(program(name), bin.join(name)).unwrap();
    }
    let ask = |more: &[&str]| {
        let mut command = Command::new("setpriv");
        let somebody = SOMEBODY.to_string();
        command.args(["--clear-groups", "--reuid", &somebody, "--regid", &somebody]);
        command.arg(bin.join("archctl")).arg("doctor").arg("--json").args(more);
        command.arg("--config").arg(world.path("config")).arg("--state").arg(world.path("state"));
        let output = command.output().unwrap();
        let told: Value = serde_json::from_slice(&output.stdout).unwrap();
        (output.status.code(), told)
    };
    let (code, told) = ask(&["--user", "root"]);
    let of = |verdict: &str| -> Vec<String> {
        let names =
            findings(&told, verdict).map(|found| found["check"].as_str().unwrap().to_owned());
        names.collect()
    };
    assert_eq!(of("unknown"), ["state folder", "node key", "ledger", "root and policy"], "{told}");
    assert!(of("ok").contains(&"settings".to_owned()), "{told}");
    assert_eq!((code, told["ok"].as_bool()), (Some(3), Some(false)), "{told}");
    assert!(findings(&told, "unknown").all(|found| found["remedy"].is_string()), "{told}");
    // What he can see he is told.
    fs::write(world.path("config/node.yaml"), "").unwrap();
    let (code, told) = ask(&["--user", "root"]);
    assert!(findings(&told, "fail").any(|found| found["code"] == "ARCH-N002"), "{told}");
    assert_eq!(code, Some(1), "{told}");
    // Of an agent of his own it is a fault that he may not read them.
    let (code, told) = ask(&[]);
    assert!(findings(&told, "fail").any(|found| found["code"] == "ARCH-F005"), "{told}");
    assert_eq!(code, Some(1), "{told}");
    assert_eq!(ask_wrongly(&bin), Some(2));
}

fn ask_wrongly(bin: &Path) -> Option<i32> {
    let nobody =
        Command::new(bin.join("archctl")).args(["doctor", "--user", "no-such-user"]).output();
    nobody.unwrap().status.code()
}

#[test]
fn whether_control_groups_are_delegated_is_told_by_agent_and_doctor_alike_and_stops_neither() {
    let world = World::new();
    assert!(world.agent().stop().success());
    let told = log(&world);
    let (_, report) = doctor(bound_by_modes(), &world, &[]);
    let warned = findings(&report, "warn").filter(|found| found["code"] == "ARCH-N011").count();
    assert_eq!(told.matches("ARCH-N011").count(), warned, "{told} {report}");
    // Where no group is the agent's, which can be had anywhere: behind an empty folder.
    let hides = "mount -t tmpfs none /sys/fs/cgroup && exec \"$0\" \"$@\"";
    let hidden = || {
        let mut command = Command::new("unshare");
        command.args(["--mount", "sh", "-c", hides]);
        command
    };
    if !hidden().arg("true").output().is_ok_and(|output| output.status.success()) {
        return skip("nothing can be mounted here, and so no control groups hidden");
    }
    let logged = told.len();
    assert!(Agent::below(&world, hidden()).ready().stop().success());
    assert!(log(&world).split_off(logged).contains("ARCH-N011"));
    let (_, report) = doctor(hidden(), &world, &[]);
    let found = findings(&report, "warn").find(|found| found["code"] == "ARCH-N011");
    assert!(found.is_some_and(|found| found["remedy"].is_string()), "{report}");
    assert_eq!(findings(&report, "fail").count(), 0, "{report}");
}
