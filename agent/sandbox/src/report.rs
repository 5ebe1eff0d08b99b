//! What a child says to the executor. A child may have been taken over: this is hostile input.

use arch_wire::executor::Claim;
use serde::{Deserialize, Serialize};

use crate::channel::Message;

/// A child's word on its job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::large_enum_variant, reason = "one lives at a time, on its way to the agent")]
pub enum Report {
    /// It is done. Descriptors: those of `claim.outputs` in their order, then that of `claim.reads`,
    /// as far as their bytes do not stand in the claim.
    Finished {
        /// The run's number.
        run: u64,
        /// How it ended, and what came of it.
        claim: Claim,
    },
    /// A piece of a product has come so far; may come often.
    Progress {
        /// The run's number.
        run: u64,
        /// Tiles that are computed.
        tiles: u64,
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
            Self::Finished { claim, .. } => claim.fds(),
            Self::Progress { .. } | Self::Broken { .. } => 0,
        }
    }
}
