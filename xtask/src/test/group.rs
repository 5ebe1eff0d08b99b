//! What a group of tests is.

use super::tally::Tally;
use crate::guests::Install;

/// What all groups are told.
#[derive(Debug)]
pub(crate) struct Context {
    /// Whether missing tools may be installed.
    pub(crate) install: Install,
}

/// Tests that run together and have one line in the report.
#[derive(Debug)]
pub(crate) struct Group {
    /// As `--only` takes it.
    pub(crate) name: &'static str,
    /// What passes when it passes.
    pub(crate) about: &'static str,
    /// Slow groups only: files and folders that it looks at. Unchanged, it runs once a week. Others: empty, and it always runs.
    pub(crate) looks_at: &'static [&'static str],
    /// Runs it; an error counts as one failure.
    pub(crate) run: fn(&Context) -> Result<Tally, String>,
}
