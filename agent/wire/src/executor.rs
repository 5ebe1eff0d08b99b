//! What the agent asks of an executor, and what an executor claims.
//!
//! Messages cross as frames ([`crate::frame`]); bytes of modules, inputs and outputs stand in sealed
//! memory files (`memfd`) attached to a frame, as many and in the order that `fds()` says. Only
//! outputs of few bytes ([`INLINE_CAP`]) stand in the claim itself; products are written into a file that
//! the agent hands over. Whatever comes from the executor is a claim; the agent looks at it again.

mod claim;
mod inline;
mod limits;
mod message;
mod multiply;
mod outcome;
mod request;
#[cfg(test)]
pub(crate) mod tests_support;

pub use claim::{Blob, Claim, DENIED_LINE_CAP, DENIED_LINES_CAP, Denied, READS_CAP, STREAMS};
pub use inline::{INLINE_CAP, Inline};
pub use limits::{LimitKind, Limits};
pub use message::{Busy, FromExecutor, ToExecutor};
pub use multiply::{InvalidMultiply, MULTIPLY_FDS, MultiplyRequest};
pub use outcome::Outcome;
pub use request::{InputFile, InvalidRequest, Isolation, NAMED_FILES_CAP, RunRequest};
