//! An agent with nothing to do and a history: the memory it keeps, and how soon it is ready.

use std::fs::File;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use arch_identity::{Digest, keyfile};
use arch_ledger::{EndState, Ledger, LogKeys, Reader, Record, StdFs, Usage};
use arch_tests::World;
use rustix::process::{Pid, Signal, kill_process};

use crate::{Bench, Sides, places};

/// Resident memory of the agent's process.
pub(crate) const RSS: Bench = Bench {
    name: "idle-rss-mib",
    unit: "MiB resident in an idle agent, 100,000 entries",
    prepare: || prepare(|agent| agent.resident_when_idle()),
};

/// From its start to the message READY=1 for the service manager.
pub(crate) const READY: Bench = Bench {
    name: "ready-ms",
    unit: "ms from start to READY=1, 100,000 entries",
    prepare: || prepare(|agent| Ok(agent.ready_after.as_secs_f64() * 1e3)),
};

const ENTRIES: u64 = 100_000;

/// Three entries each: about as many as a busy agent writes at once.
const JOBS_OF_A_BATCH: usize = 85;

/// How long an agent may take, and how long it is left alone before its memory is looked at.
const PATIENCE: Duration = Duration::from_secs(120);
const REST: Duration = Duration::from_secs(2);

fn prepare(look: fn(&Agent) -> Result<f64, String>) -> Result<Sides, String> {
    let world = world()?;
    Ok(Sides { ours: Box::new(move || look(&Agent::start(world)?)), peer: None })
}

/// Written once for both.
fn world() -> Result<&'static World, String> {
    static WORLD: OnceLock<Result<World, String>> = OnceLock::new();
    WORLD.get_or_init(write).as_ref().map_err(Clone::clone)
}

/// A node that has run many jobs: its first start makes key and ledger, the rest is appended.
fn write() -> Result<World, String> {
    let world = World::new();
    drop(Agent::start(&world)?);
    let folder = world.path("state/ledger");
    let reader = Reader::open(&folder).map_err(told)?;
    let (_, checkpoint) = reader.checkpoint().map_err(told)?;
    let key = std::fs::read_to_string(world.path("state/node.key")).map_err(told)?;
    let pair = keyfile::read(&key, None).map_err(told)?;
    let keys = LogKeys::new(&checkpoint.origin, pair).ok_or("no keys for the log")?;
    let now = World::now();
    let fs = StdFs::open(&folder).map_err(told)?;
    let (mut ledger, _) = Ledger::open(fs, keys, now).map_err(told)?;
    let mut jobs = 0_u64..;
    while ledger.size() < ENTRIES {
        let lives: Vec<Record> = jobs.by_ref().take(JOBS_OF_A_BATCH).flat_map(life).collect();
        ledger.append(now, &lives).map_err(told)?;
    }
    ledger.settle().map_err(told)?;
    Ok(world)
}

/// What the ledger says of a job that went as it should.
fn life(number: u64) -> [Record; 3] {
    let document = Digest::of(format!("job {number}").as_bytes());
    let accepted = Record::Accepted {
        document,
        name: format!("embed-wikipedia-{number}"),
        owner: "user:superintelligence".to_owned(),
        module: Some(Digest::of(b"module")),
        inputs: [("text".to_owned(), Digest::of(b"text"))].into(),
        policy: Digest::of(b"policy"),
        rules: vec!["owners.all".to_owned(), "fs.wiki".to_owned()],
        grants: vec!["read:/datasets/wiki".to_owned()],
    };
    let environment = Digest::of(b"environment");
    let finished = Record::Finished {
        document,
        attempt: 1,
        state: EndState::Completed,
        outcome: "completed".to_owned(),
        code: None,
        outputs: [("index".to_owned(), Digest::of(format!("index {number}").as_bytes()))].into(),
        logs: None,
        reads: None,
        fuel: 1_000_000,
        usage: Usage::default(),
    };
    [accepted, Record::Started { document, attempt: 1, environment }, finished]
}

/// A real agent, started solo, that has said it is ready. It is ended when this is dropped.
struct Agent {
    child: Child,
    ready_after: Duration,
}

impl Agent {
    fn start(world: &World) -> Result<Self, String> {
        let program = places::program("arch-node-agent")?;
        let (path, log) = (world.path("notify"), world.path("agent.log"));
        let socket = manager(&path)?;
        let log = File::options().create(true).append(true).open(log).map_err(told)?;
        let mut command = Command::new(program);
        command.arg("--config").arg(world.path("config"));
        command.arg("--state").arg(world.path("state"));
        command.env("NOTIFY_SOCKET", path).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let started = Instant::now();
        let child = command.spawn().map_err(told)?;
        // Ended by being dropped, whatever happens below.
        let mut agent = Self { child, ready_after: Duration::ZERO };
        let mut message = [0; 4_096];
        loop {
            let got = socket.recv(&mut message).map_err(|error| {
                let log = std::fs::read_to_string(world.path("agent.log")).unwrap_or_default();
                format!("the agent did not become ready: {error}\n{log}")
            })?;
            let text = String::from_utf8_lossy(message.get(..got).unwrap_or_default());
            if text.lines().any(|line| line == "READY=1") {
                agent.ready_after = started.elapsed();
                return Ok(agent);
            }
        }
    }

    /// MiB, once everything that a start stirs up has come to rest.
    fn resident_when_idle(&self) -> Result<f64, String> {
        std::thread::sleep(REST);
        let status = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(status).map_err(told)?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|text| text.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok());
        kib.map(|kib| kib / 1_024.0).ok_or_else(|| "the kernel does not tell".to_owned())
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        if let Some(pid) = pid {
            let _it_may_have_ended = kill_process(pid, Signal::TERM);
        }
        let _its_end_is_all_we_want = self.child.wait();
    }
}

/// What a service manager listens on.
fn manager(path: &PathBuf) -> Result<UnixDatagram, String> {
    let _of_the_last_start = std::fs::remove_file(path);
    let socket = UnixDatagram::bind(Path::new(path)).map_err(told)?;
    socket.set_read_timeout(Some(PATIENCE)).map_err(told)?;
    Ok(socket)
}

fn told(error: impl ToString) -> String {
    error.to_string()
}
