//! A decision about one job: the one thing that `job cancel`, `job release`, `job
//! reject` and `job retry` do.

use arch_identity::Digest;
use arch_wire::control::{Answer as Told, Call};
use serde::Serialize;

use crate::answer::{Answer, Outcome, Stop};
use crate::control::Control;
use crate::named_job::NamedJob;
use crate::places::{Format, Socket};
use crate::say;

/// The job, and the agent that is told.
#[derive(Debug, clap::Args)]
pub(crate) struct Decision {
    /// The job's digest, or its first digits
    #[arg(value_name = "DIGEST")]
    job: NamedJob,
    #[command(flatten)]
    socket: Socket,
    #[command(flatten)]
    format: Format,
}

#[derive(Serialize)]
struct Done {
    schema: &'static str,
    digest: String,
    state: String,
}

impl Decision {
    /// Tells the agent, and prints the state that the job is in then. `state` takes it from the answer
    /// that belongs to the call.
    pub(crate) fn run(
        self,
        schema: &'static str,
        call: impl FnOnce(Digest) -> Call,
        state: impl FnOnce(Told) -> Result<String, Stop>,
    ) -> Outcome {
        let mut control = Control::connect(&self.socket.path())?;
        let digest = self.job.find(&mut control)?;
        let state = state(control.call(&call(digest))?)?;
        if self.format.json {
            say::json(&Done { schema, digest: digest.to_string(), state })?;
        } else {
            say::data(&format!("{state} {digest}"))?;
        }
        Ok(Answer::Yes)
    }
}
