//! What a child says to the executor. A child may have been taken over: this is hostile input.

use arch_wire::executor::Claim;
use serde::{Deserialize, Serialize};

use crate::channel::Message;

/// A child's word on its job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Report {
    /// It is done. Descriptors: `claim.outputs` in their order, then `claim.reads`.
    Finished {
        /// The run's number.
        run: u64,
        /// How it ended, and what came of it.
        claim: Claim,
    },
    /// It could not do its work, for a reason that lies with this node.
    Broken {
        /// The run's number.
        run: u64,
        /// The reason, in words.
        why: String,
    },
}

impl Message for Report {
    fn descriptors(&self) -> usize {
        match self {
            Self::Finished { claim, .. } => {
                claim.outputs.len().saturating_add(usize::from(claim.reads.is_some()))
            }
            Self::Broken { .. } => 0,
        }
    }
}
