//! What the agent tells a service manager that watches it: progress, and signs of life.

mod world;

use std::{
    fs::File,
    os::unix::net::UnixDatagram,
    process::{Child, Command},
    time::Duration,
};

use arch_ledger::Record;
use world::World;

/// An agent that is watched.
struct Watched {
    world: World,
    child: Child,
    notify: UnixDatagram,
}

impl Watched {
    #[expect(clippy::unwrap_used, reason = "a test may be blunt")]
    fn start(world: World, environment: &[(&str, &str)]) -> Self {
        let path = world.path("notify.sock");
        let notify = UnixDatagram::bind(&path).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_arch-node-agent"));
        command.env_clear().envs(environment.iter().copied()).env("NOTIFY_SOCKET", &path);
        command.args(["--executor", "/bin/false", "--config"]).arg(world.path("config"));
        command.arg("--state").arg(world.path("state"));
        command.stderr(File::create(world.path("log")).unwrap());
        let child = command.spawn().unwrap();
        Self { world, child, notify }
    }

    /// The next message, if one comes so soon.
    #[expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may be blunt")]
    fn within(&self, patience: Duration) -> Option<String> {
        self.notify.set_read_timeout(Some(patience)).unwrap();
        let mut buffer = [0; 4_096];
        let length = self.notify.recv(&mut buffer).ok()?;
        Some(String::from_utf8_lossy(&buffer[..length]).into_owned())
    }

    /// All messages up to the one with this word.
    #[expect(clippy::panic, reason = "a test may be blunt")]
    fn until(&self, word: &str) -> Vec<String> {
        let mut messages = vec![];
        loop {
            let Some(message) = self.within(Duration::from_secs(60)) else {
                panic!("no {word} after {messages:?}: {}", self.log());
            };
            let found = message.contains(word);
            messages.push(message);
            if found {
                return messages;
            }
        }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.world.path("log")).unwrap_or_default()
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        // Hung ones do not end on request.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn while_a_long_ledger_is_read_the_agent_asks_for_more_time_and_says_how_far_it_is() {
    let world = World::new();
    let refused = |number: u32| Record::Refused {
        subject: arch_identity::Digest::of(&number.to_le_bytes()),
        file: "x.yaml".into(),
        code: "ARCH-D004".into(),
        message: "no".into(),
        line: None,
        column: None,
        rule: None,
    };
    world::append_together(&world, &(0..20_000).map(refused).collect::<Vec<_>>());
    let watched = Watched::start(world, &[]);
    let messages = watched.until("READY=1");
    let progress = &messages[0];
    assert!(progress.contains("STATUS=reading the ledger: 16384 entries"), "{messages:?}");
    assert!(progress.contains("EXTEND_TIMEOUT_USEC=60000000"), "{messages:?}");
    assert!(messages.last().unwrap().contains("STATUS=ready"), "{messages:?}");
}

/// Long, so that no part of a slow machine's agent is silent for half of it by chance.
const WATCHDOG: (&str, &str) = ("WATCHDOG_USEC", "20000000");

#[test]
fn as_long_as_every_part_stirs_the_watchdog_is_fed() {
    let watched = Watched::start(World::new(), &[WATCHDOG]);
    let _ready = watched.until("READY=1");
    // Twice the time that a part may be silent for, at the least: it is fed every eighth of its patience.
    for _ in 0..9 {
        let _fed = watched.until("WATCHDOG=1");
    }
    assert!(!watched.log().contains("no sign of life"), "{}", watched.log());
}

/// Parts hang on demand in builds with debug assertions alone.
#[test]
#[cfg(debug_assertions)]
fn when_one_part_hangs_the_watchdog_is_fed_no_more_and_the_log_says_which() {
    let parts = ["Signals", "Ledger", "DropFolder", "Tending", "Control", "Metrics"];
    std::thread::scope(|scope| {
        for part in parts {
            scope.spawn(move || hangs(part));
        }
    });
}

#[cfg(debug_assertions)]
fn hangs(part: &str) {
    use std::time::Instant;
    let order = format!("hang {part} 3");
    let watched = Watched::start(World::new(), &[WATCHDOG, ("ARCH_POINT", &order)]);
    let _ready = watched.until("READY=1");
    // Whatever shared a thread with it may be silent as well, and sooner.
    let told = || {
        let log = watched.log();
        log.lines().any(|line| line.contains("no sign of life") && line.contains(part))
    };
    let (start, patience) = (Instant::now(), Duration::from_secs(20));
    let mut fed = start;
    // Whoever is fed hears it every few seconds; in the end there is nothing for as long as he is patient.
    loop {
        match watched.within(Duration::from_secs(1)) {
            Some(message) if message.contains("WATCHDOG=1") => fed = Instant::now(),
            Some(_) => {}
            None if fed.elapsed() > patience && told() => return,
            None => {}
        }
        assert!(start.elapsed() < Duration::from_secs(180), "{part}: {}", watched.log());
    }
}
