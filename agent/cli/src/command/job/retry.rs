//! `archctl job retry`

use arch_wire::control::{Answer, Call};

use crate::answer::Outcome;
use crate::control::unexpected;
use crate::decision::Decision;

/// Have a dead letter tried again: a job whose runs gave different results
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    decision: Decision,
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        let call = |digest| Call::JobRetry { digest };
        self.decision.run("arch.job-retry/v1", call, |answer| match answer {
            Answer::JobRetry { state } => Ok(state),
            other => Err(unexpected(&other)),
        })
    }
}
