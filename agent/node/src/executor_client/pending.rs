//! Runs that wait for an answer.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use arch_wire::executor::{Busy, FromExecutor};
use tokio::sync::{oneshot, watch};

use super::{Executed, Lost, socket::ReadError};
use crate::point::Point;

/// How many answers that nobody waits for are dropped before the connection is ended. An honest
/// executor gives none; each of them is a line in the log.
const MOST_STRAYS: u32 = 100;

/// What the executor says to one request.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "one lives at a time, on its way to who waits")]
pub(super) enum Answer {
    Finished(Executed),
    Busy(Busy),
}

/// Hears how many tiles of a product there are.
pub(super) type Progress = watch::Sender<u64>;

/// Waits for the answer to one request.
pub(super) type Waiting = std::pin::Pin<Box<dyn Future<Output = Result<Answer, Lost>> + Send>>;

/// All requests of one connection.
#[derive(Debug, Default)]
pub(super) struct Pending(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    waiting: HashMap<u64, Waiter>,
    ended: Option<Lost>,
    strays: u32,
}

#[derive(Debug)]
struct Waiter {
    tell: oneshot::Sender<Result<Answer, Lost>>,
    progress: Option<Progress>,
}

impl Pending {
    /// Expects an answer for `run`, and news of its progress if somebody wants to hear them. None if
    /// nothing more will come.
    pub(super) fn expect(&self, run: u64, progress: Option<Progress>) -> Option<Waiting> {
        let mut state = self.lock();
        if state.ended.is_some() {
            return None;
        }
        let (tell, told) = oneshot::channel();
        state.waiting.insert(run, Waiter { tell, progress });
        Some(Box::pin(async move {
            told.await.unwrap_or_else(|_| Err(Lost("the connection ended".to_owned())))
        }))
    }

    /// Whether nothing more will come.
    pub(super) fn is_over(&self) -> bool {
        self.lock().ended.is_some()
    }

    /// Gives an answer to whom it belongs. What belongs to nobody is dropped.
    ///
    /// # Errors
    /// When too much of it came.
    pub(super) fn settle(
        &self,
        message: FromExecutor,
        files: Vec<std::os::fd::OwnedFd>,
    ) -> Result<(), ReadError> {
        let (run, answer) = match message {
            FromExecutor::Finished { run, claim } => {
                (run, Answer::Finished(Executed { claim, files }))
            }
            FromExecutor::Busy { run, why } => (run, Answer::Busy(why)),
            FromExecutor::Started { run } => {
                tracing::debug!(run, "a worker has the run");
                Point::Running.reached();
                return Ok(());
            }
            FromExecutor::Progress { run, tiles } => {
                let state = self.lock();
                let waiter = state.waiting.get(&run).and_then(|waiter| waiter.progress.as_ref());
                if let Some(progress) = waiter {
                    // What is no news wakes nobody.
                    progress.send_if_modified(|now| {
                        let more = tiles > *now;
                        *now = tiles.max(*now);
                        more
                    });
                    return Ok(());
                }
                drop(state);
                tracing::warn!(run, "news of a run that nobody asked about were dropped");
                return self.stray();
            }
            FromExecutor::Pong => return Ok(()),
            FromExecutor::Ready { .. } => {
                tracing::warn!("the executor said a second time that it is ready");
                return self.stray();
            }
        };
        let waiting = self.lock().waiting.remove(&run);
        match waiting {
            // Whoever waited may have given up; then nobody wants it.
            Some(Waiter { tell, .. }) => drop(tell.send(Ok(answer))),
            None => {
                tracing::warn!(run, "an answer to a run that nobody waits for was dropped");
                return self.stray();
            }
        }
        Ok(())
    }

    fn stray(&self) -> Result<(), ReadError> {
        let mut state = self.lock();
        state.strays = state.strays.saturating_add(1);
        if state.strays <= MOST_STRAYS {
            return Ok(());
        }
        Err(ReadError::Protocol("too many answers that nobody waits for".to_owned()))
    }

    /// Nothing more will come.
    pub(super) fn end(&self, lost: &Lost) {
        let mut state = self.lock();
        let lost = state.ended.get_or_insert_with(|| lost.clone()).clone();
        for (_, Waiter { tell, .. }) in state.waiting.drain() {
            drop(tell.send(Err(lost.clone())));
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Every change is one insert, remove or drain.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
