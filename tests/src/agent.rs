//! A running agent: the real process, its control socket, its ends.

use std::{
    fs::File,
    io::{BufRead as _, BufReader, Write as _},
    os::unix::net::UnixStream,
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use arch_identity::Digest;
use arch_wire::control::{
    Answer, Bytes, Call, JobDetail, Reply, Status, Submitted, read_reply, write_call,
};
use rustix::process::{Pid, Signal, kill_process};

use crate::{World, program};

/// How long a test waits for anything before it fails; generous, machines are slow.
const PATIENCE: Duration = Duration::from_secs(90);

/// An agent process with its executor, started solo.
#[derive(Debug)]
pub struct Agent {
    child: Child,
    socket: PathBuf,
    log: PathBuf,
}

impl Agent {
    /// Starts an agent that cannot come up, and gives its exit status.
    ///
    /// # Panics
    /// When it does come up and stays.
    #[must_use]
    pub fn run_to_its_end(world: &World) -> ExitStatus {
        Self::spawn(world, |_| {}).ended()
    }

    /// Starts an agent below another program, which runs what its last arguments say and becomes
    /// it; does not wait until it is ready.
    ///
    /// # Panics
    /// When there is no such program.
    #[must_use]
    pub fn below(world: &World, mut program_above: Command) -> Self {
        program_above.arg(program("arch-node-agent"));
        Self::run(world, program_above)
    }

    /// Its exit status, once it ended.
    ///
    /// # Panics
    /// When the system does not say.
    pub fn has_ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("our child")
    }

    pub(crate) fn spawn(world: &World, change: impl FnOnce(&mut Command)) -> Self {
        let mut command = Command::new(program("arch-node-agent"));
        change(&mut command);
        Self::run(world, command)
    }

    fn run(world: &World, mut command: Command) -> Self {
        let log = world.path("agent.log");
        let file = File::options().create(true).append(true).open(&log).expect("a log file");
        command
            .arg("--config")
            .arg(world.path("config"))
            .arg("--state")
            .arg(world.path("state"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(file);
        let child = command.spawn().expect("the agent starts");
        Self { child, socket: world.path("state/run/control.sock"), log }
    }

    /// Waits until it answers.
    ///
    /// # Panics
    /// When it ends instead, or that takes too long.
    #[must_use]
    pub fn ready(mut self) -> Self {
        self.wait_for("the control socket", |agent| {
            let ended = agent.child.try_wait().expect("our child");
            assert!(ended.is_none(), "the agent ended: {ended:?}\n{}", agent.log());
            matches!(agent.try_call(&Call::Status {}), Some(Reply::Ok(_))).then_some(())
        });
        self
    }

    /// Waits until it has ended by itself.
    ///
    /// # Panics
    /// When that takes too long.
    #[must_use]
    pub fn ended(mut self) -> ExitStatus {
        self.wait_end_of_process()
    }

    fn wait_end_of_process(&mut self) -> ExitStatus {
        self.wait_for("the agent to end", |agent| agent.child.try_wait().expect("our child"))
    }

    /// The agent's process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it logged so far.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Asks it something; `None` when nobody answers.
    #[must_use]
    pub fn try_call(&self, call: &Call) -> Option<Reply> {
        let mut stream = UnixStream::connect(&self.socket).ok()?;
        stream.set_read_timeout(Some(PATIENCE)).ok()?;
        stream.write_all(&write_call(call).ok()?).ok()?;
        let mut line = Vec::new();
        BufReader::new(stream).read_until(b'\n', &mut line).ok()?;
        read_reply(&line).ok()
    }

    /// Asks it something that it has to grant.
    ///
    /// # Panics
    /// When it refuses or does not answer.
    #[must_use]
    pub fn call(&self, call: &Call) -> Answer {
        match self.try_call(call) {
            Some(Reply::Ok(answer)) => answer,
            other => panic!("{call:?}: {other:?}\n{}", self.log()),
        }
    }

    /// Submits a job's text; what it says of it.
    ///
    /// # Panics
    /// When it does not answer.
    #[must_use]
    pub fn submit(&self, text: &str) -> Submitted {
        let bytes = Bytes(text.as_bytes().to_vec());
        match self.call(&Call::JobSubmit { file: "job.yaml".into(), bytes }) {
            Answer::JobSubmit(submitted) => submitted,
            other => panic!("{other:?}"),
        }
    }

    /// How it is.
    ///
    /// # Panics
    /// When it does not answer.
    #[must_use]
    pub fn status(&self) -> Status {
        match self.call(&Call::Status {}) {
            Answer::Status(status) => *status,
            other => panic!("{other:?}"),
        }
    }

    /// Waits until a job is in one of `states`.
    ///
    /// # Panics
    /// When that takes too long.
    #[must_use]
    pub fn wait_job(&mut self, digest: Digest, states: &[&str]) -> JobDetail {
        self.wait_for(&format!("{digest} to be {states:?}"), |agent| {
            agent.job(digest).filter(|job| states.contains(&job.row.state.as_str()))
        })
    }

    /// How a job stands; `None` when nobody answers, or knows it.
    #[must_use]
    pub fn job(&self, digest: Digest) -> Option<JobDetail> {
        match self.try_call(&Call::JobShow { digest }) {
            Some(Reply::Ok(Answer::JobShow(job))) => Some(*job),
            _ => None,
        }
    }

    /// Waits until a job ended one way or another.
    ///
    /// # Panics
    /// When that takes too long.
    #[must_use]
    pub fn wait_end(&mut self, digest: Digest) -> JobDetail {
        self.wait_job(
            digest,
            &["completed", "failed", "quarantined", "disputed", "dead", "cancelled", "refused"],
        )
    }

    /// Polls until `ready` gives something.
    ///
    /// # Panics
    /// When that takes longer than a slow machine needs.
    pub fn wait_for<T>(&mut self, what: &str, mut ready: impl FnMut(&mut Self) -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            if let Some(value) = ready(self) {
                return value;
            }
            assert!(start.elapsed() < PATIENCE, "waited too long for {what}\n{}", self.log());
            sleep(Duration::from_millis(20));
        }
    }

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) {
        let pid =
            i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).expect("a process id");
        kill_process(pid, signal).expect("our own child takes signals");
    }

    /// Kills it without warning, as a power cut would.
    pub fn kill(mut self) {
        self.child.kill().expect("our own child can be killed");
        self.child.wait().expect("our own child can be waited for");
    }

    /// Asks it to end and waits for that.
    #[must_use]
    pub fn stop(self) -> ExitStatus {
        self.signal(Signal::TERM);
        self.ended()
    }

    /// Asks it to end and gives all that it logged: what happened is said after the ledger has it, so
    /// that the log of an agent that still runs may lack its last lines.
    ///
    /// # Panics
    /// When it does not end well, or some of its threads did not.
    #[must_use]
    pub fn stopped(mut self) -> String {
        self.signal(Signal::TERM);
        let status = self.wait_end_of_process();
        let log = self.log();
        assert!(status.success() && !log.contains("panicked"), "{status}: {log}");
        log
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        // A failed test must leave nothing running; an agent that ended already is fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
