//! `archctl job list`

use arch_schedule::JobState;
use arch_wire::control::JobRow;
use serde::Serialize;

use crate::answer::{Answer, Outcome, Stop};
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
    let state: Result<JobState, _> = text.parse();
    state.map(|state| state.to_string()).map_err(|error| error.to_string())
}

#[derive(Serialize)]
struct Listed {
    schema: &'static str,
    jobs: Vec<Row>,
    truncated: bool,
}

#[derive(Serialize)]
struct Row {
    #[serde(flatten)]
    job: JobRow,
    /// How the runs of a dead letter differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    diverged: Option<String>,
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        let mut control = Control::connect(&self.socket.path())?;
        let (jobs, truncated) = control.jobs(self.only)?;
        let row = |job: JobRow| Ok(Row { diverged: diverged(&mut control, &job)?, job });
        let jobs = jobs.into_iter().map(row).collect::<Result<Vec<Row>, Stop>>()?;
        if self.format.json {
            say::json(&Listed { schema: "arch.job-list/v1", jobs, truncated })?;
            return Ok(Answer::Yes);
        }
        if jobs.is_empty() {
            say::talk("no jobs");
        }
        jobs.iter().try_for_each(|row| say::data(&row.text()))?;
        if truncated {
            say::talk("older jobs were left off; `archctl ledger show` has them all");
        }
        Ok(Answer::Yes)
    }
}

/// What the ledger says of a dead letter's end.
fn diverged(control: &mut Control, job: &JobRow) -> Result<Option<String>, Stop> {
    match job.state == JobState::Dead.as_str() {
        true => Ok(control.job(job.digest)?.diverged),
        false => Ok(None),
    }
}

impl Row {
    /// The digest stands last and whole, so that it can be picked up with a double click. Below a dead letter
    /// stands why it is one, and what a person can do about it.
    fn text(&self) -> String {
        let job = &self.job;
        let why = job.code.as_deref().unwrap_or_default();
        let row =
            format!("{}  {:<11} {why:<9}  {:<28} {}", job.time, job.state, job.name, job.digest);
        let Some(diverged) = &self.diverged else { return row };
        let digest = job.digest;
        format!(
            "{row}\n    cause   {diverged}\n    compare archctl job replay {digest}\n    \
             again   archctl job retry {digest}"
        )
    }
}
