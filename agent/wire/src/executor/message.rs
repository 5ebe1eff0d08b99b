//! The messages of both directions.

use arch_identity::Digest;
use serde::{Deserialize, Serialize};

use super::{Claim, MULTIPLY_FDS, MultiplyRequest, RunRequest};

/// From the agent to the executor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum ToExecutor {
    /// Runs something. Files: the module, then the inputs in order.
    Run(RunRequest),
    /// Computes a piece of a product. Files: A, B, and the one for the values.
    Multiply(MultiplyRequest),
    /// Stops a run; its end is reported as always.
    Cancel {
        /// Which.
        run: u64,
    },
    /// Asks for a sign of life.
    Ping,
    /// Asks it to take no more runs and to end when those it has are done.
    Shutdown,
}

/// From the executor to the agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum FromExecutor {
    /// It can take runs; comes first, once.
    Ready {
        /// Its engine, in words.
        engine: String,
        /// Digest over engine and configuration; equal digests give equal results and fuel.
        environment: Digest,
    },
    /// The sign of life.
    Pong,
    /// A worker has been given the run.
    Started {
        /// Which.
        run: u64,
    },
    /// A piece of a product has come so far.
    Progress {
        /// Which.
        run: u64,
        /// Tiles of the request that stand in the file.
        tiles: u64,
    },
    /// A run ended. Files: those of the outputs in order, then that of the reads, as far as their
    /// bytes do not stand in the claim.
    Finished {
        /// Which.
        run: u64,
        /// What is claimed of it.
        claim: Claim,
    },
    /// A run was not taken; nothing of it happened.
    Busy {
        /// Which.
        run: u64,
        /// Why.
        why: Busy,
    },
}

/// Why a run was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Busy {
    /// All workers are taken.
    NoWorker,
    /// The executor is ending.
    Ending,
    /// A run of this number is under way.
    Doubled,
    /// The request makes no sense, or the attached files do not fit it.
    Request,
}

impl ToExecutor {
    /// How many files are attached.
    #[must_use]
    pub fn fds(&self) -> usize {
        match self {
            Self::Run(request) => request.inputs.len().saturating_add(1),
            Self::Multiply(_) => MULTIPLY_FDS,
            Self::Cancel { .. } | Self::Ping | Self::Shutdown => 0,
        }
    }
}

impl FromExecutor {
    /// How many files are attached.
    #[must_use]
    pub fn fds(&self) -> usize {
        match self {
            Self::Finished { claim, .. } => claim.fds(),
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        executor::tests_support::{all_outcomes, claim, multiply, request},
        frame::{FrameReader, encode},
    };

    #[test]
    fn every_outcome_but_success_has_a_code_and_all_have_a_word() {
        for outcome in all_outcomes() {
            assert_eq!(outcome.code().is_none(), outcome.word() == "completed", "{outcome:?}");
        }
    }

    proptest! {
        #[test]
        fn runs_and_claims_read_back(
            run in request(), multiply in multiply(), claim in claim(), tiles in any::<u64>(),
        ) {
            let mut reader = FrameReader::default();
            let asked = ToExecutor::Run(run);
            reader.push(&encode(&asked).unwrap());
            prop_assert_eq!(reader.take().unwrap(), Some(asked));
            let asked = ToExecutor::Multiply(multiply);
            reader.push(&encode(&asked).unwrap());
            prop_assert_eq!(reader.take().unwrap(), Some(asked));
            for told in [
                FromExecutor::Progress { run: 3, tiles },
                FromExecutor::Finished { run: 3, claim },
            ] {
                reader.push(&encode(&told).unwrap());
                prop_assert_eq!(reader.take().unwrap(), Some(told));
            }
        }
    }
}
