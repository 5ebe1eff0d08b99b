//! What the agent asks of a worker.

use arch_wire::executor::{Isolation, MultiplyRequest, RunRequest};

/// One run.
#[derive(Debug)]
pub(crate) enum Task {
    /// A guest is run.
    Guest(RunRequest),
    /// A piece of a product is computed.
    Product(MultiplyRequest),
}

impl Task {
    /// The run's number.
    pub(crate) fn run(&self) -> u64 {
        match self {
            Self::Guest(request) => request.run,
            Self::Product(request) => request.run,
        }
    }

    /// Its time, in milliseconds.
    pub(crate) fn wall_millis(&self) -> u64 {
        match self {
            Self::Guest(request) => request.limits.wall_millis,
            Self::Product(request) => request.wall_millis,
        }
    }

    /// The most tiles that can be computed for it.
    pub(crate) fn tiles(&self) -> u64 {
        match self {
            Self::Guest(_) => 0,
            Self::Product(request) => request.count,
        }
    }

    /// Whether its worker may have another one after it.
    pub(crate) fn shares_its_worker(&self) -> bool {
        matches!(self, Self::Guest(RunRequest { isolation: Isolation::Shared { .. }, .. }))
    }
}
