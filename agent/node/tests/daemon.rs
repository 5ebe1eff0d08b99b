//! The program itself: exit codes, `--check-config`, signals. The executor is `/bin/false`, which
//! never becomes ready: nothing here needs one that does.

mod world;

use std::{
    os::unix::net::UnixDatagram,
    process::{Child, Command, ExitStatus, Output, Stdio},
    time::{Duration, Instant},
};

use arch_wire::control::{Answer, Call, Reply, write_call};
use world::{World, running::raw_call};

/// Patience with a machine under load.
const PATIENCE: Duration = Duration::from_secs(90);

fn agent(world: &World, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_arch-node-agent"));
    command
        .env_clear()
        .args(["--executor", "/bin/false", "--config"])
        .arg(world.path("config"))
        .arg("--state")
        .arg(world.path("state"))
        .args(more);
    command
}

#[expect(clippy::unwrap_used, reason = "a test may be blunt")]
fn output(world: &World, more: &[&str]) -> Output {
    agent(world, more).output().unwrap()
}

#[expect(clippy::unwrap_used, clippy::panic, reason = "a test may be blunt")]
fn ended(child: &mut Child) -> ExitStatus {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        if start.elapsed() > PATIENCE {
            let _ = child.kill();
            panic!("the agent did not end");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Starts the agent and waits until it says READY.
#[expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::zombie_processes,
    reason = "a test may be blunt, and whoever starts it waits for its end"
)]
fn started(world: &World) -> (Child, UnixDatagram) {
    let path = world.path("notify.sock");
    let _ = std::fs::remove_file(&path);
    let notify = UnixDatagram::bind(&path).unwrap();
    notify.set_read_timeout(Some(PATIENCE)).unwrap();
    let child =
        agent(world, &[]).env("NOTIFY_SOCKET", &path).stderr(Stdio::null()).spawn().unwrap();
    let mut buffer = [0; 4_096];
    loop {
        let length = notify.recv(&mut buffer).unwrap();
        if String::from_utf8_lossy(&buffer[..length]).contains("READY=1") {
            return (child, notify);
        }
    }
}

#[expect(clippy::unwrap_used, reason = "a test may be blunt")]
fn signal(child: &Child, signal: rustix::process::Signal) {
    let pid = rustix::process::Pid::from_child(child);
    rustix::process::kill_process(pid, signal).unwrap();
}

#[test]
fn the_settings_in_force_are_printed_and_whats_wrong_is_told_with_its_line() {
    let world = World::new();
    let good = output(&world, &["--check-config"]);
    assert_eq!(good.status.code(), Some(0), "{}", String::from_utf8_lossy(&good.stderr));
    let text = String::from_utf8(good.stdout).unwrap();
    assert!(text.contains(&world.pin.to_string()) && text.contains("attempts: 3"), "{text}");
    assert!(!world.path("state/node.key").exists(), "looking changes nothing");

    world.write("config/node.yaml", "jobs:\n  atempts: 3\n");
    let bad = output(&world, &["--check-config"]);
    let told = String::from_utf8(bad.stderr).unwrap();
    assert_eq!(bad.status.code(), Some(78));
    assert!(told.contains("ARCH-N001") && told.contains("node.yaml:2:3"), "{told}");
}

#[test]
fn usage_missing_trust_and_a_broken_policy_have_their_exit_codes() {
    let world = World::new();
    assert_eq!(output(&world, &["--no-such-flag"]).status.code(), Some(2));
    let no_executor = output(&world, &["--executor", "/nowhere"]);
    assert_eq!(no_executor.status.code(), Some(2), "given twice");
    world.write("config/policy.yaml", &world.policy(1, "").replace("sig: ", "sig: AA"));
    for _ in 0..2 {
        let broken = output(&world, &[]);
        let told = String::from_utf8_lossy(&broken.stderr).into_owned();
        assert_eq!(broken.status.code(), Some(78), "{told}");
        assert!(told.contains("policy.yaml:"), "{told}");
    }
    let refused = world::records(&world);
    let count = |kind: &str| {
        refused.iter().filter(|r| serde_json::to_value(r).unwrap()["kind"] == kind).count()
    };
    assert_eq!((count("refused"), count("policy")), (1, 0), "told once, and never active");
    world.write("config/node.yaml", "");
    let unpinned = output(&world, &[]);
    assert_eq!(unpinned.status.code(), Some(78));
    assert!(String::from_utf8_lossy(&unpinned.stderr).contains("ARCH-N002"));
}

#[test]
fn the_agent_says_ready_obeys_signals_and_is_alone_on_its_state() {
    let world = World::new();
    let (mut child, notify) = started(&world);
    let second = output(&world, &[]);
    assert_eq!(second.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&second.stderr).contains("ARCH-L001"));

    let status = || {
        let line = write_call(&Call::Status {}).unwrap();
        match raw_call(&world.path("state/run/control.sock"), &line) {
            Reply::Ok(Answer::Status(status)) => status,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(status().policy.version, 1);
    assert!(!status().executor.ready);
    world.write("config/policy.yaml", &world.policy(2, ""));
    signal(&child, rustix::process::Signal::HUP);
    let start = Instant::now();
    while status().policy.version != 2 {
        assert!(start.elapsed() < PATIENCE);
        std::thread::sleep(Duration::from_millis(20));
    }
    signal(&child, rustix::process::Signal::TERM);
    assert_eq!(ended(&mut child).code(), Some(0));
    drop(notify);
}

#[test]
fn after_a_kill_at_any_moment_the_accepted_job_is_still_there_once() {
    let world = World::new();
    let job = world.drop_file("a.yaml", &world.job("a", ""));
    for _ in 0..3 {
        let (mut child, _notify) = started(&world);
        signal(&child, rustix::process::Signal::KILL);
        ended(&mut child);
    }
    let (mut child, _notify) = started(&world);
    let line = write_call(&Call::JobShow { digest: job }).unwrap();
    let start = Instant::now();
    loop {
        match raw_call(&world.path("state/run/control.sock"), &line) {
            Reply::Ok(Answer::JobShow(detail)) if detail.row.state == "waiting" => break,
            other => assert!(start.elapsed() < PATIENCE, "{other:?}"),
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let metrics = {
        use std::io::{Read as _, Write as _};
        let path = world.path("state/run/metrics.sock");
        let mut stream = std::os::unix::net::UnixStream::connect(path).unwrap();
        stream.write_all(b"GET /metrics HTTP/1.0\r\n\r\n").unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text
    };
    assert!(metrics.starts_with("HTTP/1.0 200"), "{metrics}");
    assert!(metrics.contains("arch_jobs{state=\"waiting\"} 1"), "{metrics}");
    for nothing in ["arch_tile_digests_total 0\n", "arch_proofs_total 0\n"] {
        assert!(metrics.contains(nothing), "{metrics}");
    }
    signal(&child, rustix::process::Signal::TERM);
    assert_eq!(ended(&mut child).code(), Some(0));
    assert_eq!(world::story(&world, job), ["accepted"]);
}

#[test]
fn the_executor_is_asked_for_as_many_workers_as_have_room_on_what_is_lent() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::new();
    let (script, told) = (world.path("executor.sh"), world.path("told"));
    std::fs::write(&script, format!("#!/bin/sh\necho \"$@\" > {}\n", told.display())).unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_arch-node-agent"));
    command.env_clear().arg("--executor").arg(&script).arg("--config").arg(world.path("config"));
    let mut child =
        command.arg("--state").arg(world.path("state")).stderr(Stdio::null()).spawn().unwrap();
    let start = Instant::now();
    let arguments = loop {
        match std::fs::read_to_string(&told) {
            Ok(text) if text.ends_with('\n') => break text,
            _ => assert!(start.elapsed() < PATIENCE),
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    signal(&child, rustix::process::Signal::TERM);
    assert_eq!(ended(&mut child).code(), Some(0));
    // One processor is lent, and a run asks for a tenth of one at the least.
    assert!(arguments.contains("--max-workers 10"), "{arguments}");
}

#[test]
fn what_the_agent_would_refuse_to_start_with_is_told_by_check_config_as_well() {
    let world = World::new();
    world.write("config/policy.yaml", &world.policy(2, ""));
    let (mut child, _notify) = started(&world);
    signal(&child, rustix::process::Signal::TERM);
    assert_eq!(ended(&mut child).code(), Some(0));
    assert_eq!(output(&world, &["--check-config"]).status.code(), Some(0));
    world.write("config/policy.yaml", &world.policy(1, ""));
    let rolled_back = output(&world, &["--check-config"]);
    assert_eq!(rolled_back.status.code(), Some(78));
    assert!(String::from_utf8_lossy(&rolled_back.stderr).contains("ARCH-D011"));
}

#[test]
fn among_other_credentials_no_new_identity_is_made_and_one_that_is_handed_in_is_used() {
    let world = World::new();
    let credentials = world.path("credentials");
    std::fs::create_dir(&credentials).unwrap();
    let with = |more: &[&str]| {
        agent(&world, more).env("CREDENTIALS_DIRECTORY", &credentials).output().unwrap()
    };
    let refused = with(&[]);
    assert_eq!(refused.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("ARCH-N005"));
    assert!(!world.path("state/node.key").exists());
    let key = arch_identity::KeyPair::from_seed(arch_identity::KeyKind::Hybrid, &[3; 32]);
    let text = arch_identity::keyfile::write_plain(&key);
    arch_files::write_whole(&credentials.join("node.key"), text.as_bytes(), 0o400).unwrap();
    // Without a job nothing is left to do, and no executor is needed.
    assert_eq!(with(&["--run-once"]).status.code(), Some(0));
    let journal = std::fs::read(world.path("state/ledger/journal")).unwrap();
    let did = key.public()[0].did();
    assert!(journal.windows(did.len()).any(|window| window == did.as_bytes()));
}

#[test]
fn the_soft_cap_on_descriptors_is_lifted_to_the_hard_one() {
    let world = World::new();
    let path = world.path("notify.sock");
    let notify = UnixDatagram::bind(&path).unwrap();
    notify.set_read_timeout(Some(PATIENCE)).unwrap();
    let inner = agent(&world, &[]);
    let mut command = Command::new("/bin/sh");
    command.env_clear().env("NOTIFY_SOCKET", &path).stderr(Stdio::null());
    command.args(["-c", "ulimit -S -n 100 && exec \"$0\" \"$@\""]).arg(inner.get_program());
    let mut child = command.args(inner.get_args()).spawn().unwrap();
    let mut buffer = [0; 4_096];
    let length = notify.recv(&mut buffer).unwrap();
    assert!(length > 0);
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
    let line = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
    let words: Vec<&str> = line.split_whitespace().collect();
    signal(&child, rustix::process::Signal::TERM);
    assert_eq!(ended(&mut child).code(), Some(0));
    assert!(words[3] == words[4] && words[3] != "100", "{line}");
}
