//! `archctl job cancel`

use arch_wire::control::{Answer, Call};

use crate::answer::Outcome;
use crate::control::unexpected;
use crate::decision::Decision;

/// Stop a job that waits or runs
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    decision: Decision,
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        let call = |digest| Call::JobCancel { digest };
        self.decision.run("arch.job-cancel/v1", call, |answer| match answer {
            Answer::JobCancel { state } => Ok(state),
            other => Err(unexpected(&other)),
        })
    }
}
