//! The calls.

use arch_identity::Digest;
use serde::{Deserialize, Serialize};

use super::Bytes;

/// What is asked of the agent. Jobs are named by the digest of their document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Call {
    /// How the node is.
    Status {},
    /// The jobs it knows, newest first.
    JobList {
        /// Only jobs in this state, one of the words of `arch_schedule::JobState`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        state: Option<String>,
    },
    /// All that is known of one job.
    JobShow {
        /// Which.
        digest: Digest,
    },
    /// Takes a job in, as the drop folder would.
    JobSubmit {
        /// The file's name as its owner knows it, for the words of a refusal.
        file: String,
        /// The file's bytes.
        bytes: Bytes,
    },
    /// Stops a job that waits or runs.
    JobCancel {
        /// Which.
        digest: Digest,
    },
    /// Lets a quarantined result out.
    JobRelease {
        /// Which.
        digest: Digest,
    },
    /// Has a dead letter tried again.
    JobRetry {
        /// Which.
        digest: Digest,
    },
    /// Throws a result away that cannot be relied upon.
    JobReject {
        /// Which.
        digest: Digest,
    },
    /// What a job wrote to standard output and standard error.
    JobLogs {
        /// Which.
        digest: Digest,
    },
    /// Runs an ended job again from the archive and compares; changes nothing.
    JobReplay {
        /// Which.
        digest: Digest,
    },
    /// Takes a message of a dispute in: what somebody else says of a job of this node.
    DisputeHear {
        /// The file's name as its sender knows it, for the words of a refusal.
        file: String,
        /// The file's bytes.
        bytes: Bytes,
    },
    /// Reads root, revocations and policy again, as SIGHUP does.
    Reload {},
}
