//! Why an attempt was cut off, in the words that the ledger keeps.

/// The beginning of the reason when the executor died under a job; such attempts are counted.
pub(crate) const WORKER_LOST: &str = "the executor was lost";

/// The beginning of the reason when the machine could not keep what came out; not counted.
pub(crate) const MACHINE_FAILED: &str = "the machine could not keep the result";

/// SIGTERM came and the grace was over.
pub(crate) const AGENT_STOPPED: &str = "the agent was stopped";

/// The agent was started and found the attempt without an end.
pub(crate) const AGENT_DIED: &str = "the agent died under it";
