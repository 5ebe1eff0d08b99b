//! A wish that a run may end, made once and heard for ever.

use std::sync::Arc;

use tokio::sync::watch;

/// Why a run is to end early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// Nobody wants it to end.
    GoOn,
    /// An operator called it off.
    CalledOff,
    /// The agent is stopping; the job is run again after the next start.
    Stopping,
}

/// Clones share the wish.
#[derive(Debug, Clone)]
pub struct Cancel(Arc<watch::Sender<Wish>>);

impl Default for Cancel {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(Wish::GoOn)))
    }
}

impl Cancel {
    /// Asks for the end; the first wish counts.
    pub fn ask(&self, wish: Wish) {
        self.0.send_if_modified(|now| {
            let first = *now == Wish::GoOn;
            if first {
                *now = wish;
            }
            first
        });
    }

    /// What is wished.
    #[must_use]
    pub fn wish(&self) -> Wish {
        *self.0.borrow()
    }

    /// Whether the end was asked for.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.wish() != Wish::GoOn
    }

    /// Waits until the end is asked for.
    pub async fn cancelled(&self) {
        // The sender lives in `self`, so waiting cannot fail.
        let _ = self.0.subscribe().wait_for(|wish| *wish != Wish::GoOn).await;
    }
}
