//! The executor: without it nothing runs.

use std::path::PathBuf;

use super::Finding;
use crate::programs;

/// Where the executor is, and what to say of it.
pub(super) struct Executor {
    pub(super) path: Option<PathBuf>,
    pub(super) finding: Finding,
}

pub(super) fn find() -> Executor {
    let path = programs::find("arch-executor");
    let finding = match &path {
        Some(path) => Finding::ok("executor", path.display().to_string()),
        None => Finding::fail(
            "executor",
            "no `arch-executor` beside this program or on PATH",
            "install it, or give `arch-node-agent --executor PATH`",
        ),
    };
    Executor { path, finding }
}
