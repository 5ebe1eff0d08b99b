//! What a node is for, by name. Nothing else of ours is used here: the man page is made from it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a node is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Runs the jobs of its own machine, and opens nothing but Unix sockets.
    Sovereign,
    /// Runs jobs of peers too, once there is a mesh; until then it does what a sovereign node does.
    Provider,
    /// Runs nothing: it keeps trust and ledger, and has no executor.
    Consumer,
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sovereign => "sovereign",
            Self::Provider => "provider",
            Self::Consumer => "consumer",
        })
    }
}
