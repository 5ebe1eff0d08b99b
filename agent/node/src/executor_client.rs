//! The one way to have something run: [`ExecutorClient::run`] and [`ExecutorClient::multiply`] take a
//! [`Placed`] job.
//!
//! ```text
//! run(Placed, Supplies) ──ToExecutor::Run + memfds──> arch-executor
//!        Executed <──FromExecutor::Finished + memfds──┘   a claim: nothing in it is believed yet
//! ```
//!
//! The executor is started by our launcher, over a socketpair, and started again when it dies; or a
//! service manager does that, and we connect. It is treated as an attacker: what it sends is capped
//! before it is read, what nobody asked for is dropped, and what it does not send in time ends it.

mod backoff;
mod connection;
mod listening;
mod pending;
mod process;
mod request;
pub(crate) mod socket;
mod state;
mod supervisor;

use std::{
    fs::File,
    io,
    os::fd::{AsFd as _, OwnedFd},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use arch_identity::Digest;
use arch_schedule::Placed;
use arch_wire::executor::{Busy, Claim, MULTIPLY_FDS, MultiplyRequest, ToExecutor};
use tokio::{sync::watch, time};

use crate::{cancel::Cancel, launcher::Launcher, point::Point, supplies::Supplies};
use connection::Connection;
use pending::Answer;
pub use state::ExecutorState;
pub use supervisor::{Peer, Source};

/// How long handing over may take: all waiting for an executor that is away or busy, and what comes
/// on top of compiling and running.
const HANDOVER: Duration = Duration::from_secs(30);

/// How long a cancelled run has for saying how it ended.
const CANCEL_GRACE: Duration = Duration::from_secs(10);

/// How long to wait before a busy executor is asked again.
const BUSY_PAUSE: Duration = Duration::from_millis(100);

/// What the executor claims, with the files that came along. Unchecked.
#[derive(Debug)]
pub struct Executed {
    /// Its words.
    pub claim: Claim,
    /// One file for each output, in order, then for the reads, whose bytes do not stand in the claim.
    pub files: Vec<OwnedFd>,
}

/// Some tiles of a part of a product.
#[derive(Debug)]
pub(crate) struct Piece<'a> {
    /// What is asked for; the number of the run is filled in.
    pub(crate) request: MultiplyRequest,
    /// A, B, and the file for the values.
    pub(crate) files: [&'a File; MULTIPLY_FDS],
}

/// What is handed over, however often it takes.
struct Order<'a> {
    message: &'a (dyn Fn(u64) -> ToExecutor + Sync),
    files: &'a (dyn Fn() -> io::Result<Vec<OwnedFd>> + Sync),
    /// How long it may take once a worker has it.
    allowed: Duration,
    /// How long the executor may be busy with others.
    patience: Duration,
    progress: Option<&'a watch::Sender<u64>>,
}

/// No answer: the job is to be tried again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Lost(pub String);

/// The executor, as the agent has it.
#[derive(Debug, Clone)]
pub struct ExecutorClient {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    state: watch::Receiver<ExecutorState>,
    connection: watch::Receiver<Option<Connection>>,
    supervisor: supervisor::Handle,
    runs: AtomicU64,
    handover: Duration,
}

impl ExecutorClient {
    /// Has the launcher start one, and keeps it running.
    #[must_use]
    pub(crate) fn launched_by(launcher: Launcher) -> Self {
        Self::supervised(process::Program::new(launcher))
    }

    /// There is none, and there will be none.
    #[must_use]
    pub(crate) fn none() -> Self {
        Self::with(supervisor::nobody(), HANDOVER)
    }

    /// Connects to an executor that a service manager starts, again and again.
    #[must_use]
    pub fn connecting(socket: PathBuf) -> Self {
        Self::supervised(listening::Listening { socket })
    }

    /// Starts whatever gives sockets to an executor; for tests without a process.
    pub fn supervised(source: impl supervisor::Source) -> Self {
        Self::supervised_with(source, HANDOVER)
    }

    /// The same with another time than half a minute for handing over.
    pub fn supervised_with(source: impl supervisor::Source, handover: Duration) -> Self {
        Self::with(supervisor::start(source), handover)
    }

    fn with(started: supervisor::Started, handover: Duration) -> Self {
        let (supervisor, state, connection) = started;
        let runs = AtomicU64::new(1);
        Self { shared: Arc::new(Shared { state, connection, supervisor, runs, handover }) }
    }

    /// How it is.
    #[must_use]
    pub fn state(&self) -> ExecutorState {
        self.shared.state.borrow().clone()
    }

    /// Ends when nobody is left who could start one.
    pub(crate) async fn over(&self) {
        let mut state = self.shared.state.clone();
        if state.wait_for(|state| state.over).await.is_err() {
            std::future::pending().await
        }
    }

    /// Waits until it is ready and says which environment it claims to be.
    pub async fn environment(&self) -> Digest {
        drop(self.connection().await);
        let mut state = self.shared.state.clone();
        loop {
            if let Some(environment) = state.borrow_and_update().ready_environment() {
                return environment;
            }
            if state.changed().await.is_err() {
                return std::future::pending().await;
            }
        }
    }

    /// Runs a job's guest. This and [`ExecutorClient::multiply`] are all that starts anything.
    ///
    /// # Errors
    /// [`Lost`] when no answer came: the executor died, broke the protocol, or was overdue.
    pub async fn run(
        &self,
        placed: &Placed,
        supplies: &Supplies,
        cancel: &Cancel,
    ) -> Result<Executed, Lost> {
        request::of(0, placed, supplies).check().map_err(|e| Lost(e.to_string()))?;
        let limits = placed.job().limits();
        let allowed = limits.wall_millis.saturating_add(limits.compile_millis);
        let order = Order {
            message: &|run| ToExecutor::Run(request::of(run, placed, supplies)),
            files: &|| supplies.files(),
            allowed: Duration::from_millis(allowed),
            patience: self.shared.handover,
            progress: None,
        };
        self.hand_over(&order, cancel).await
    }

    /// Has a piece of a job's product computed; `progress` hears how many of its tiles there are.
    ///
    /// # Errors
    /// As [`ExecutorClient::run`].
    pub(crate) async fn multiply(
        &self,
        _evidence: &Placed,
        piece: &Piece<'_>,
        cancel: &Cancel,
        progress: &watch::Sender<u64>,
    ) -> Result<Executed, Lost> {
        let allowed = Duration::from_millis(piece.request.wall_millis);
        let order = Order {
            message: &|run| ToExecutor::Multiply(MultiplyRequest { run, ..piece.request.clone() }),
            files: &|| piece.files.iter().map(|file| file.as_fd().try_clone_to_owned()).collect(),
            allowed,
            // Its other pieces may keep all workers busy for as long as the job may last.
            patience: allowed.max(self.shared.handover),
            progress: Some(progress),
        };
        self.hand_over(&order, cancel).await
    }

    async fn hand_over(&self, order: &Order<'_>, cancel: &Cancel) -> Result<Executed, Lost> {
        // One deadline for all of it: an executor that is away or busy for so long is lost.
        let away = time::sleep(self.shared.handover);
        let late = time::sleep(order.patience);
        tokio::pin!(away, late);
        loop {
            let run = self.shared.runs.fetch_add(1, Ordering::Relaxed);
            let connection = tokio::select! {
                biased;
                () = cancel.cancelled() => return Err(called_off()),
                connection = self.connection() => connection,
                () = &mut away => return Err(Lost("it was away for too long".to_owned())),
            };
            // Without descriptors nothing can be handed over now; others end and give theirs back.
            if let Ok(files) = (order.files)() {
                let message = (order.message)(run);
                let progress = order.progress.cloned();
                let sent = connection.send_run(run, &message, &files, progress)?;
                // It ended in between; another one gets it.
                let Some(answer) = sent else { continue };
                // The executor has its own now.
                drop(files);
                Point::HandedOver.reached();
                match self.answer(order, run, &connection, answer, cancel).await? {
                    Answer::Finished(executed) => return Ok(executed),
                    Answer::Busy(Busy::Request) => {
                        return Err(Lost("it does not understand the request".to_owned()));
                    }
                    Answer::Busy(_) => {}
                }
            }
            tokio::select! {
                biased;
                () = cancel.cancelled() => return Err(called_off()),
                () = &mut late => return Err(Lost("it was busy for too long".to_owned())),
                () = time::sleep(BUSY_PAUSE) => {}
            }
        }
    }

    async fn answer(
        &self,
        order: &Order<'_>,
        run: u64,
        connection: &Connection,
        answer: pending::Waiting,
        cancel: &Cancel,
    ) -> Result<Answer, Lost> {
        let overdue = time::sleep(order.allowed.saturating_add(self.shared.handover));
        tokio::pin!(answer, overdue);
        tokio::select! {
            answer = &mut answer => return answer,
            () = &mut overdue => return Err(connection.give_up("the deadline passed without an answer")),
            () = cancel.cancelled() => {}
        }
        connection.send(&ToExecutor::Cancel { run })?;
        tokio::select! {
            answer = &mut answer => answer,
            () = time::sleep(CANCEL_GRACE) => {
                Err(connection.give_up("it did not stop a run that was called off"))
            }
        }
    }

    /// Ends the executor because it claimed what is not so; it is started anew.
    pub fn distrust(&self, why: &str) {
        if let Some(connection) = self.shared.connection.borrow().as_ref() {
            // The message is logged; nobody waits for it.
            let _ = connection.give_up(why);
        }
    }

    /// Ends the executor for good.
    pub async fn stop(&self) {
        // In this order: who becomes ready now either sees that it is over, or is seen here.
        self.shared.supervisor.stop();
        let connection = self.shared.connection.borrow().clone();
        if let Some(connection) = connection {
            // A dead one needs no goodbye.
            let _ = connection.send(&ToExecutor::Shutdown);
        }
        let mut state = self.shared.state.clone();
        let ended = async {
            while state.borrow_and_update().is_alive() && state.changed().await.is_ok() {}
        };
        if time::timeout(Duration::from_secs(3), ended).await.is_err() {
            self.distrust("it did not end when it was asked to");
        }
    }

    /// Waits for a connection that has not ended. One that has is still there for a moment, until the
    /// thread that reads it has noticed.
    async fn connection(&self) -> Connection {
        let mut connections = self.shared.connection.clone();
        let alive = |connection: &Option<Connection>| {
            connection.as_ref().is_some_and(|connection| !connection.is_over())
        };
        let found = connections.wait_for(alive).await.ok().and_then(|found| found.clone());
        match found {
            Some(connection) => connection,
            // There is nobody left who could bring one.
            None => std::future::pending().await,
        }
    }
}

fn called_off() -> Lost {
    Lost("it was called off before it was handed over".to_owned())
}

#[cfg(test)]
mod tests {
    use std::{io::Read as _, os::unix::net::UnixStream};

    use super::*;

    /// A connection, and the executor's end of it.
    fn connection() -> (Connection, UnixStream) {
        let (ours, theirs) = UnixStream::pair().unwrap();
        (Connection::new(ours.into()), theirs)
    }

    /// Whoever lost a run hears of it before the thread that reads the connection; his next run must not
    /// be lost as well.
    #[tokio::test]
    async fn a_connection_that_has_ended_is_not_taken_for_an_executor() {
        let environment = Digest::of(b"environment");
        let ready = ExecutorState {
            alive: true,
            environment: Some(environment),
            ..ExecutorState::default()
        };
        let (_state, state) = watch::channel(ready);
        let (ended, mut theirs) = connection();
        let (tell, connections) = watch::channel(Some(ended.clone()));
        let client =
            ExecutorClient::with((supervisor::Handle::default(), state, connections), HANDOVER);
        assert_eq!(client.environment().await, environment);

        drop(ended.give_up("it is not believed any more"));
        let sent = ended.send_run(1, &ToExecutor::Shutdown, &[], None);
        assert!(matches!(sent, Ok(None)), "nobody would answer");
        assert_eq!(theirs.read_to_end(&mut Vec::new()).unwrap(), 0, "nothing was sent");
        let moment = Duration::from_millis(50);
        assert!(time::timeout(moment, client.environment()).await.is_err());
        assert!(time::timeout(moment, client.connection()).await.is_err());

        let (next, _theirs) = connection();
        tell.send_replace(Some(next));
        assert_eq!(client.environment().await, environment);
        assert!(!client.connection().await.is_over());
    }
}
