//! What the agent asks of an executor, and what an executor claims.
//!
//! Messages cross as frames ([`crate::frame`]); bytes of modules, inputs and outputs never stand
//! in a frame but in sealed memory files (`memfd`) attached to it, as many and in the order that
//! `fds()` says. Whatever comes from the executor is a claim; the agent hashes it again.

mod claim;
mod limits;
mod message;
mod outcome;
mod request;
#[cfg(test)]
pub(crate) mod tests_support;

pub use claim::{Blob, Claim, DENIED_LINE_CAP, DENIED_LINES_CAP, Denied};
pub use limits::{LimitKind, Limits};
pub use message::{Busy, FromExecutor, ToExecutor};
pub use outcome::Outcome;
pub use request::{InputFile, InvalidRequest, Isolation, NAMED_FILES_CAP, RunRequest};
