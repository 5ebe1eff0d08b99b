//! `archctl job reject`

use arch_wire::control::{Answer, Call};

use crate::answer::Outcome;
use crate::control::unexpected;
use crate::decision::Decision;

/// Throw a result away that cannot be relied upon, quarantined, disputed or dead, after you looked at it
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    decision: Decision,
}

impl Args {
    pub(crate) fn run(self) -> Outcome {
        let call = |digest| Call::JobReject { digest };
        self.decision.run("arch.job-reject/v1", call, |answer| match answer {
            Answer::JobReject { state } => Ok(state),
            other => Err(unexpected(&other)),
        })
    }
}
