//! How long a campaign runs, and from which seed: what the environment says.

use std::path::PathBuf;
use std::time::{Duration, Instant};

/// The seed of every test run. A soak takes another one each time, and says which.
const SEED: u64 = 1;

/// Seed, range of cases and time.
#[derive(Debug)]
pub(crate) struct Orders {
    pub(crate) seed: u64,
    /// Number of the first case.
    pub(crate) first: u64,
    pub(crate) cases: u64,
    /// When to stop, whatever is left.
    pub(crate) until: Option<Instant>,
    /// Whether to say from time to time how far it is.
    pub(crate) progress: bool,
    /// Where counts are appended.
    pub(crate) log: Option<PathBuf>,
}

impl Orders {
    /// `ARCH_SEED`, `ARCH_FIRST`, `ARCH_CASES`, `ARCH_SECONDS`, `ARCH_PROGRESS`, `ARCH_COUNTS_LOG`.
    pub(crate) fn from_environment(slice: u64) -> Self {
        let seconds = number("ARCH_SECONDS");
        let until = seconds.and_then(|s| Instant::now().checked_add(Duration::from_secs(s)));
        let all = if seconds.is_some() { u64::MAX } else { slice };
        Self {
            seed: number("ARCH_SEED").unwrap_or(SEED),
            first: number("ARCH_FIRST").unwrap_or(0),
            cases: number("ARCH_CASES").unwrap_or(all),
            until,
            progress: std::env::var_os("ARCH_PROGRESS").is_some(),
            log: std::env::var_os("ARCH_COUNTS_LOG").map(PathBuf::from),
        }
    }

    /// The numbers of the cases, as long as there is time. There is time for one.
    pub(crate) fn cases(&self) -> impl Iterator<Item = u64> + '_ {
        let in_time = move |number: &u64| {
            *number == self.first || self.until.is_none_or(|until| Instant::now() < until)
        };
        (self.first..self.first.saturating_add(self.cases)).take_while(in_time)
    }
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} is `{text}`, and must be a number")))
}
