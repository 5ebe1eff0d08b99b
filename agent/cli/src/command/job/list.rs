//! `archctl job list`

use arch_wire::control::JobRow;
use serde::Serialize;

use crate::answer::{Answer, Outcome};
use crate::control::Control;
use crate::places::{Format, Socket};
use crate::say;

/// List the jobs that the agent knows, newest first
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only jobs in this state, such as `running` or `refused`
    #[arg(long, value_name = "STATE", value_parser = known_state)]
    only: Option<String>,
    #[command(flatten)]
    socket: Socket,
    #[command(flatten)]
    format: Format,
}

fn known_state(text: &str) -> Result<String, String> {
    let state: Result<arch_schedule::JobState, _> = text.parse();
    state.map(|state| state.to_string()).map_err(|error| error.to_string())
}

#[derive(Serialize)]
struct Listed {
    schema: &'static str,
    jobs: Vec<JobRow>,
    truncated: bool,
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        let (jobs, truncated) = Control::connect(&self.socket.path())?.jobs(self.only)?;
        if self.format.json {
            say::json(&Listed { schema: "arch.job-list/v1", jobs, truncated })?;
            return Ok(Answer::Yes);
        }
        if jobs.is_empty() {
            say::talk("no jobs");
        }
        jobs.iter().try_for_each(|job| say::data(&row(job)))?;
        if truncated {
            say::talk("older jobs were left off; `archctl ledger show` has them all");
        }
        Ok(Answer::Yes)
    }
}

/// The digest stands last and whole, so that it can be picked up with a double click.
fn row(job: &JobRow) -> String {
    let why = job.code.as_deref().unwrap_or_default();
    format!("{}  {:<11} {why:<9}  {:<28} {}", job.time, job.state, job.name, job.digest)
}
