//! The thread that keeps an executor running.

use std::{
    io,
    os::fd::OwnedFd,
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::{Duration, Instant},
};

use arch_wire::executor::FromExecutor;
use tokio::sync::watch;

use super::{
    Lost,
    backoff::Backoff,
    connection::Connection,
    socket::{self, ReadError},
    state::ExecutorState,
};

/// How long an executor may take to say that it is ready.
const READY: Duration = Duration::from_secs(20);

/// How long it may let one of our messages lie.
const SEND: Duration = Duration::from_secs(10);

/// Longest description of an engine that is shown.
const ENGINE: usize = 200;

/// An executor that was just started.
#[derive(Debug)]
pub struct Peer<G> {
    /// Our end of the socketpair.
    pub socket: OwnedFd,
    /// Ends the executor when it is dropped.
    pub guard: G,
}

/// Where executors come from.
pub trait Source: Send + 'static {
    /// What ends an executor when it is dropped.
    type Guard;

    /// Starts one.
    ///
    /// # Errors
    /// When there is no program, or the machine does not let it start.
    fn connect(&mut self) -> io::Result<Peer<Self::Guard>>;

    /// Whether it never will again.
    fn is_over(&self) -> bool {
        false
    }
}

/// Tells the thread to stop.
#[derive(Debug, Clone, Default)]
pub(super) struct Handle(Arc<(Mutex<bool>, Condvar)>);

impl Handle {
    pub(super) fn stop(&self) {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.1.notify_all();
    }

    fn is_stopped(&self) -> bool {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits; says whether to go on.
    fn pause(&self, pause: Duration) -> bool {
        let stopped = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.0.1.wait_timeout_while(stopped, pause, |stopped| !*stopped);
        !*waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

/// What the client has of the thread.
pub(super) type Started =
    (Handle, watch::Receiver<ExecutorState>, watch::Receiver<Option<Connection>>);

/// No thread, for a node that runs nothing.
pub(super) fn nobody() -> Started {
    let (_, state) = watch::channel(ExecutorState::default());
    let (_, connection) = watch::channel(None);
    (Handle::default(), state, connection)
}

/// Starts the thread.
pub(super) fn start(source: impl Source) -> Started {
    let handle = Handle::default();
    let (tell_state, state) = watch::channel(ExecutorState::default());
    let (tell_connection, connection) = watch::channel(None);
    let thread = Supervisor { source, handle: handle.clone(), tell_state, tell_connection };
    let spawned = std::thread::Builder::new().name("executor".to_owned()).spawn(|| thread.keep());
    if let Err(error) = spawned {
        tracing::error!(%error, "no thread for the executor");
    }
    (handle, state, connection)
}

struct Supervisor<S> {
    source: S,
    handle: Handle,
    tell_state: watch::Sender<ExecutorState>,
    tell_connection: watch::Sender<Option<Connection>>,
}

impl<S: Source> Supervisor<S> {
    fn keep(mut self) {
        let mut backoff = Backoff::default();
        loop {
            let started = Instant::now();
            match self.source.connect() {
                Ok(peer) => self.one_life(peer),
                Err(error) => tracing::error!(%error, "the executor cannot be started"),
            }
            if self.source.is_over() {
                self.tell_state.send_modify(|state| state.over = true);
                return;
            }
            if !self.handle.pause(backoff.after_a_life_of(started.elapsed())) {
                return;
            }
            self.tell_state.send_modify(|state| {
                state.restarts = state.restarts.saturating_add(1);
            });
        }
    }

    fn one_life(&self, peer: Peer<S::Guard>) {
        let Peer { socket, guard } = peer;
        let connection = Connection::new(socket);
        self.tell_state.send_modify(|state| state.alive = true);
        match greet(&connection) {
            Ok((engine, environment)) => {
                tracing::info!(%engine, %environment, "the executor is ready");
                self.tell_state.send_modify(|state| {
                    state.engine = Some(engine);
                    state.environment = Some(environment);
                });
                self.tell_connection.send_replace(Some(connection.clone()));
                if self.handle.is_stopped() {
                    // Whoever stopped us while it was starting found no connection to say goodbye on.
                    connection.hang_up(&Lost("the agent is stopping".to_owned()));
                } else {
                    let lost = connection.read_to_the_end();
                    tracing::warn!(why = %lost, "the executor is gone");
                }
            }
            Err(error) => tracing::error!(%error, "the executor did not become ready"),
        }
        self.tell_connection.send_replace(None);
        drop(guard);
        self.tell_state.send_modify(|state| {
            state.alive = false;
            state.environment = None;
        });
    }
}

/// The first message says what it is.
fn greet(connection: &Connection) -> Result<(String, arch_identity::Digest), ReadError> {
    socket::set_timeouts(connection.socket(), Some(READY), SEND)?;
    let (message, _) = connection.receive()?;
    let FromExecutor::Ready { engine, environment } = message else {
        return Err(ReadError::Protocol("its first message is not `ready`".to_owned()));
    };
    socket::set_timeouts(connection.socket(), None, SEND)?;
    let engine = engine.chars().filter(|c| !c.is_control()).take(ENGINE).collect();
    Ok((engine, environment))
}
