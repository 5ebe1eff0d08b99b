//! Who may not look is told that, not that all is well; and what is told of control groups.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path, process::Command};

use arch_tests::{Agent, World, program, skip};
use serde_json::Value;

use super::{bound_by_modes, breaks::SOMEBODY, doctor, findings, log};

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
