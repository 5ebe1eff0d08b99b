//! A process of our own that starts executors, because the agent takes that right from itself.
//!
//! ```text
//! arch-node-agent ──Start + socket──> launcher ──exec──> arch-executor --wasm --socket-fd N
//!    (confined)   <──Started, Ended──┘  (one thread, knows nothing but the program's path)
//! ```
//!
//! It is this program again, started before the agent is confined, with nothing in its environment and
//! one descriptor besides the streams: the socket that is its standard input. It ends with the agent.

mod child;
mod parent;

use std::{ffi::OsString, path::PathBuf};

use serde::{Deserialize, Serialize};

pub(crate) use child::run;
pub(crate) use parent::Launcher;

/// What the launcher is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Order {
    /// Start an executor with the socket that comes along.
    Start,
    /// End it.
    End,
}

/// What it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Word {
    Started,
    /// It could not be started.
    Not(String),
    /// It has ended; how.
    Ended(String),
}

/// What an executor is started with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Launch {
    pub(crate) program: PathBuf,
    pub(crate) cache: PathBuf,
    /// The most runs at once.
    pub(crate) workers: u16,
}

impl Launch {
    /// From the values of `--launch-executors`.
    pub(crate) fn from_arguments(values: &[OsString]) -> Option<Self> {
        let [program, cache, workers] = values else { return None };
        let workers = workers.to_str()?.parse().ok()?;
        Some(Self { program: program.into(), cache: cache.into(), workers })
    }

    fn arguments(&self) -> [OsString; 4] {
        let workers = self.workers.to_string();
        let Self { program, cache, .. } = self.clone();
        ["--launch-executors".into(), program.into(), cache.into(), workers.into()]
    }
}
