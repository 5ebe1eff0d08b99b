//! What an operator may set: node.yaml and the fragments in node.d/, all optional but the pin of
//! the trust root. Unsigned, because it is the machine's own configuration.

mod detect;
mod load;
mod merge;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use arch_document::quantity::{ByteSize, Cpu, Duration, GpuCount, Watts};
use arch_identity::Digest;
use arch_policy::Fact;
use serde::{Deserialize, Serialize};

use crate::mode::Mode;

pub use detect::machine;
pub(crate) use load::files;
pub use load::load;

/// The settings in force.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Settings {
    /// Digest of the first root document: the only trust that is configured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trust_root: Option<Digest>,
    /// Where the node's key comes from. Default `auto`.
    pub node_key: NodeKey,
    /// What the node is for. Default `provider` with an address for peers, `sovereign` without.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// Groups that this node is in, as an audience may name them. Default none.
    pub groups: Vec<String>,
    /// What the node lends to jobs.
    pub lend: Lend,
    /// Facts that placement constraints may ask about, such as `energy.price_eur_kwh`. Default
    /// `node.arch` and `node.os`.
    pub facts: BTreeMap<String, Fact>,
    /// The drop folder and the queue.
    pub jobs: Jobs,
    /// Bytes that jobs are fed with.
    pub inputs: Inputs,
    /// Where the executor comes from.
    pub executor: Executor,
    /// Where the prover is.
    pub prover: Prover,
    /// The control socket.
    pub control: Control,
    /// The metrics socket.
    pub metrics: Metrics,
    /// What is logged, to standard error.
    pub log: Log,
    /// How the agent stops.
    pub shutdown: Shutdown,
}

/// Where the node's key comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NodeKey {
    /// `node.key` in `$CREDENTIALS_DIRECTORY` if it is there, else in the state folder; made there at
    /// the first start, unless other credentials are handed in.
    #[default]
    Auto,
    /// `node.key` in `$CREDENTIALS_DIRECTORY`, and nowhere else.
    Credential,
    /// `node.key` in the state folder, made at the first start, whatever is handed in.
    State,
}

/// What the node lends to jobs; what is left out is measured at the start.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Lend {
    /// Processors, such as `"2"` or `"500m"`. Default all that the agent may use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu: Option<Cpu>,
    /// Memory, such as `"8Gi"`. Default three quarters of what the machine has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<ByteSize>,
    /// GPUs. Default none: there is no GPU executor yet.
    pub gpu: GpuCount,
    /// Watts that jobs may reserve. Default none.
    pub watts: Watts,
}

/// The drop folder and the queue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Jobs {
    /// The drop folder, below the configuration folder unless absolute. Default `jobs`.
    pub folder: PathBuf,
    /// Where modules are looked for by digest, likewise. Default `modules`.
    pub modules: PathBuf,
    /// How often the drop folder is read anew even if nothing moves there. Default 30 s.
    pub rescan: Duration,
    /// How often a job is started again after the executor died under it. Default 3 attempts.
    pub attempts: u32,
    /// Jobs that may wait, of all owners together. Default 4,096.
    pub waiting: u32,
    /// Jobs of one owner that may wait. Default 1,024.
    pub waiting_per_owner: u32,
}

impl Default for Jobs {
    fn default() -> Self {
        Self {
            folder: "jobs".into(),
            modules: "modules".into(),
            rescan: Duration::from_seconds(30),
            attempts: 3,
            waiting: 4_096,
            waiting_per_owner: 1_024,
        }
    }
}

impl Jobs {
    /// How many jobs may wait.
    #[must_use]
    pub fn caps(&self) -> arch_schedule::QueueCaps {
        let wide = |count: u32| usize::try_from(count).unwrap_or(usize::MAX);
        arch_schedule::QueueCaps {
            total: wide(self.waiting),
            per_owner: wide(self.waiting_per_owner),
        }
    }
}

/// Bytes that jobs are fed with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Inputs {
    /// All inputs of one job together. They lie in memory while it runs. Default 1 GiB.
    pub max: ByteSize,
}

impl Default for Inputs {
    fn default() -> Self {
        Self { max: ByteSize::new(1 << 30) }
    }
}

/// Where the executor comes from.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Executor {
    /// The Unix socket of an executor that a service manager starts. Default none: the agent starts one
    /// itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub socket: Option<PathBuf>,
}

/// Where the prover is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Prover {
    /// The Unix socket of a prover that somebody else starts. Default none: nothing is proved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub socket: Option<PathBuf>,
}

/// The control socket.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Control {
    /// Its path. Default `run/control.sock` below the state folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub socket: Option<PathBuf>,
    /// User numbers that may use it beside root and the agent's own; never 65534, which stands for
    /// everybody where numbers are mapped. Default none.
    pub users: BTreeSet<u32>,
}

/// The metrics socket: Prometheus text over HTTP, for the same users.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Metrics {
    /// Whether there is one. Default yes.
    pub enabled: bool,
    /// Its path. Default `run/metrics.sock` below the state folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub socket: Option<PathBuf>,
}

impl Default for Metrics {
    fn default() -> Self {
        Self { enabled: true, socket: None }
    }
}

/// What is logged.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Log {
    /// How a line looks. Default `text`.
    pub format: LogFormat,
    /// What is told. Default `info`.
    pub level: LogLevel,
}

/// How a line of the log looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// What is told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// What stops the agent or loses work.
    Error,
    /// Also what somebody should look at.
    Warn,
    /// Also every step of a job.
    #[default]
    Info,
    /// Also what helps to find a fault.
    Debug,
}

/// How the agent stops.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Shutdown {
    /// How long running jobs may go on after SIGTERM; the rest is interrupted and run again
    /// after the next start. Default 10 s.
    pub grace: Duration,
}

impl Default for Shutdown {
    fn default() -> Self {
        Self { grace: Duration::from_seconds(10) }
    }
}
