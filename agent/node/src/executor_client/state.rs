//! How the executor is.

use arch_identity::Digest;

/// How the executor is, in its own words where it has any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExecutorState {
    /// A process is there.
    pub alive: bool,
    /// Its engine, once it said so.
    pub engine: Option<String>,
    /// Digest over engine and configuration, once it said so.
    pub environment: Option<Digest>,
    /// How often it was started again.
    pub restarts: u64,
    /// Nobody is left who could start one.
    pub over: bool,
}

impl ExecutorState {
    /// Whether it takes runs.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.ready_environment().is_some()
    }

    pub(super) fn ready_environment(&self) -> Option<Digest> {
        self.environment.filter(|_| self.alive)
    }

    pub(super) fn is_alive(&self) -> bool {
        self.alive
    }
}
