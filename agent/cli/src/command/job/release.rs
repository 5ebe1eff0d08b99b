//! `archctl job release`

use arch_wire::control::{Answer as Told, Call};
use serde::Serialize;

use crate::answer::{Answer, Outcome};
use crate::control::{Control, unexpected};
use crate::named_job::NamedJob;
use crate::places::{Format, Socket};
use crate::say;

/// Let a quarantined result out, after you looked at it
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
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

impl Args {
    pub(crate) fn run(self) -> Outcome {
        let mut control = Control::connect(&self.socket.path())?;
        let digest = self.job.find(&mut control)?;
        let state = match control.call(&Call::JobRelease { digest })? {
            Told::JobRelease { state } => state,
            other => return Err(unexpected(&other)),
        };
        if self.format.json {
            let (schema, digest) = ("arch.job-release/v1", digest.to_string());
            say::json(&Done { schema, digest, state })?;
        } else {
            say::data(&format!("{state} {digest}"))?;
        }
        Ok(Answer::Yes)
    }
}
