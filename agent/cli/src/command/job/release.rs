//! `archctl job release`

use arch_wire::control::{Answer, Call};

use crate::answer::Outcome;
use crate::control::unexpected;
use crate::decision::Decision;

/// Let a quarantined result out, after you looked at it
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    decision: Decision,
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        let call = |digest| Call::JobRelease { digest };
        self.decision.run("arch.job-release/v1", call, |answer| match answer {
            Answer::JobRelease { state } => Ok(state),
            other => Err(unexpected(&other)),
        })
    }
}
