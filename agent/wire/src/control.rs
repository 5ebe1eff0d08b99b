//! What people's tools ask of a running agent, and what it answers.
//!
//! One JSON object a line in each direction, in turn, over a Unix socket:
//! `{"schema":"arch.control/v1","call":{"jobList":{}}}` is answered by
//! `{"schema":"arch.control/v1","ok":{"jobList":{…}}}` or `{"schema":…,"problem":{…}}`.

mod answer;
mod bytes;
mod call;
mod job;
mod line;
mod status;

pub use answer::{Answer, HeardOf, Reloaded, Replayed, Submitted, Text};
pub use bytes::Bytes;
pub use call::Call;
pub use job::{Anchors, JobDetail, JobProgress, JobRow, JobUse};
pub use line::{
    LINE_CAP, MalformedLine, Reply, SCHEMA, read_call, read_reply, write_call, write_reply,
};
pub use status::{Amounts, DocumentState, ExecutorState, LedgerState, Status};
