//! Why nothing came of a request.

use arch_problem::{Code, codes};
use arch_wire::prover::Refusal;

/// A refusal before it has a request's number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Refused {
    pub(crate) code: Code,
    pub(crate) message: String,
}

impl Refused {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// As it is sent.
    pub(crate) fn of(self, request: Option<u64>) -> Refusal {
        Refusal::new(request, &self.code.to_string(), &self.message, self.may_pass())
    }

    /// Whether the same request may succeed later, with nothing changed but the time.
    fn may_pass(&self) -> bool {
        let passing = [
            codes::PROVER_BUSY,
            codes::PROVER_LOST,
            codes::PROVER_MEMORY,
            codes::PROVER_TIME,
            codes::PROVER_UNSOUND,
        ];
        passing.contains(&self.code)
    }
}
