//! Sockets by name, handed in by systemd's own tool for trying that out.

use std::{
    io::{Read as _, Write as _},
    os::unix::{fs::PermissionsExt as _, net::UnixStream},
    path::PathBuf,
    process::Command,
};

use arch_tests::{Agent, HELLO, World, module, skip};

const TOOL: &str = "systemd-socket-activate";

/// A world whose sockets are made by somebody else, in a folder that only we reach.
struct Handed {
    world: World,
    control: PathBuf,
    metrics: PathBuf,
}

impl Handed {
    fn new() -> Option<Self> {
        if Command::new(TOOL).arg("--version").output().is_err() {
            skip("systemd-socket-activate is not installed");
            return None;
        }
        let world = World::new();
        let run = world.path("state/run");
        std::fs::create_dir(&run).unwrap();
        std::fs::set_permissions(&run, std::fs::Permissions::from_mode(0o700)).unwrap();
        Some(Self { control: run.join("control.sock"), metrics: run.join("metrics.sock"), world })
    }

    /// The agent starts at the first connection to one of the sockets.
    fn agent(&self, names: &str, sockets: &[&PathBuf]) -> Agent {
        let mut tool = Command::new(TOOL);
        tool.arg(format!("--fdname={names}"));
        for socket in sockets {
            tool.arg("-l").arg(socket);
        }
        Agent::below(&self.world, tool)
    }
}

/// Connects as soon as there is somebody to connect to.
fn connect(socket: &PathBuf) -> UnixStream {
    for _ in 0..900 {
        if let Ok(stream) = UnixStream::connect(socket) {
            return stream;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("nobody listens on {}", socket.display());
}

#[test]
fn sockets_that_are_handed_in_are_served_by_their_names() {
    let Some(handed) = Handed::new() else { return };
    // In another order than the agent asks for them, so that only the names tell them apart.
    let agent = handed.agent("metrics:control", &[&handed.metrics, &handed.control]);
    // The connection that starts it waits until it is ready, and is lost by nobody.
    let mut metrics = connect(&handed.metrics);
    metrics.write_all(b"GET /metrics HTTP/1.0\r\n\r\n").unwrap();
    let mut page = String::new();
    metrics.read_to_string(&mut page).unwrap();
    assert!(page.contains("arch_ledger_entries"), "{page}\n{}", agent.log());
    let mut agent = agent.ready();
    let job = handed.world.drop_job(&handed.world.job("hello", &module(HELLO)));
    assert_eq!(agent.wait_end(job).row.state, "completed", "{}", agent.log());
    assert!(agent.stop().success());
    // They are not the agent's to remove.
    assert!(handed.control.exists() && handed.metrics.exists());
}

#[test]
fn sockets_that_are_not_the_agents_are_a_fault_of_the_configuration() {
    for (names, sockets, why) in [
        ("control:control", 2, "two are named `control`"),
        ("control:quic", 2, "the name `quic` is not known"),
        ("control", 2, "of the sockets that were handed in"),
    ] {
        let Some(handed) = Handed::new() else { return };
        let sockets: Vec<_> =
            [&handed.control, &handed.metrics].into_iter().take(sockets).collect();
        let agent = handed.agent(names, &sockets);
        let starts_it = connect(&handed.control);
        let log = handed.world.path("agent.log");
        let status = agent.ended();
        drop(starts_it);
        let log = std::fs::read_to_string(log).unwrap();
        assert_eq!(status.code(), Some(78), "{names}: {log}");
        assert!(log.contains("ARCH-N010") && log.contains(why), "{names}: {log}");
        assert!(log.contains("FileDescriptorName=control"), "{log}");
    }
}

#[test]
fn a_socket_of_another_kind_is_not_taken_for_the_agents() {
    let Some(handed) = Handed::new() else { return };
    let mut tool = Command::new(TOOL);
    tool.arg("--datagram").arg("--fdname=control").arg("-l").arg(&handed.control);
    let agent = Agent::below(&handed.world, tool);
    while !handed.control.exists() {
        std::thread::yield_now();
    }
    let letter = std::os::unix::net::UnixDatagram::unbound().unwrap();
    letter.send_to(b"x", &handed.control).unwrap();
    assert_eq!(agent.ended().code(), Some(78));
    let log = std::fs::read_to_string(handed.world.path("agent.log")).unwrap();
    assert!(log.contains("ARCH-N010"), "{log}");
}
