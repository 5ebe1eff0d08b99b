//! Why an attempt was cut off: the words that the ledger keeps, and how they are read again.

use std::fmt::Display;

/// The beginning of the reason when the executor died under a job.
const EXECUTOR_LOST: &str = "the executor was lost";

/// SIGTERM came and the grace was over.
pub(crate) const AGENT_STOPPED: &str = "the agent was stopped";

/// The agent was started and found the attempt without an end.
pub(crate) const AGENT_DIED: &str = "the agent died under it";

/// The executor died under it, or gave no answer that can be one.
pub(crate) fn executor_lost(why: impl Display) -> String {
    format!("{EXECUTOR_LOST}: {why}")
}

/// The machine could not keep what came out.
pub(crate) fn machine_failed(why: impl Display) -> String {
    format!("the machine could not keep the result: {why}")
}

/// What an interruption is counted as; so many, and the job is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counted {
    /// The executor died under it.
    Loss,
    /// The agent did.
    Death,
    /// Neither the job nor the executor can be to blame.
    Not,
}

impl Counted {
    /// By the words of the ledger.
    pub(crate) fn by(why: &str) -> Self {
        if why.starts_with(EXECUTOR_LOST) {
            Self::Loss
        } else if why == AGENT_DIED {
            Self::Death
        } else {
            Self::Not
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_counted_as_they_were_meant() {
        assert_eq!(Counted::by(&executor_lost("it was killed")), Counted::Loss);
        assert_eq!(Counted::by(AGENT_DIED), Counted::Death);
        for other in [AGENT_STOPPED, &machine_failed("no room"), &machine_failed(AGENT_DIED)] {
            assert_eq!(Counted::by(other), Counted::Not, "{other}");
        }
    }
}
