//! How the service manager is kept from losing patience with an agent that stops.

use std::os::unix::net::UnixDatagram;

use arch_tests::{World, gated};
use rustix::process::Signal;

/// What the agent tells the service manager, message by message.
struct Manager(UnixDatagram);

impl Manager {
    fn of(world: &World) -> Self {
        let socket = UnixDatagram::bind(world.path("notify.sock")).unwrap();
        socket.set_nonblocking(true).unwrap();
        Self(socket)
    }

    /// All that was told since this was asked.
    fn told(&self) -> Vec<String> {
        let mut buffer = [0; 4_096];
        let messages =
            std::iter::from_fn(|| self.0.recv(&mut buffer).ok().map(|n| buffer[..n].to_vec()));
        messages.map(|bytes| String::from_utf8(bytes).unwrap()).collect()
    }
}

/// The microseconds that a message asks for.
fn asks_for(message: &str) -> Option<u64> {
    message.lines().find_map(|line| line.strip_prefix("EXTEND_TIMEOUT_USEC=")?.parse().ok())
}

#[test]
fn an_agent_that_stops_for_long_asks_for_more_time_again_and_again() {
    let world = World::new();
    std::fs::create_dir(world.path("config/node.d")).unwrap();
    std::fs::write(world.path("config/node.d/grace.yaml"), "shutdown: { grace: 18s }\n").unwrap();
    let manager = Manager::of(&world);
    let agent = world.agent_with(|command| {
        command.env("NOTIFY_SOCKET", world.path("notify.sock"));
    });
    let mut agent = agent.ready();
    let job = world.drop_job(&gated::job(&world));
    let _running = agent.wait_job(job, &["running"]);
    let before = manager.told().concat();
    assert!(before.contains("READY=1") && !before.contains("STOPPING=1"), "{before}");
    agent.signal(Signal::TERM);
    assert!(agent.ended().success());
    let told = manager.told();
    assert!(told.iter().any(|message| message.contains("STOPPING=1")), "{told:?}");
    let asked: Vec<u64> = told.iter().filter_map(|message| asks_for(message)).collect();
    // Eighteen seconds at five seconds each, or one less where that is late; more than the time to the
    // next, so that none comes late.
    assert!(asked.len() >= 3, "{told:?}");
    assert!(asked.iter().all(|micros| *micros >= 10_000_000), "{told:?}");
}
