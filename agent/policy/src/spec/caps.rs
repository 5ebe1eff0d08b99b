//! The most that one job may have.

use arch_document::quantity::{ByteSize, Cpu, Duration, GpuCount, Watts};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a policy says about resources.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResourceRules {
    /// The most that a job may ask for.
    pub max: MaxResources,
    /// Limits that a job cannot ask for itself.
    #[serde(default)]
    pub limits: RunLimits,
}

/// The most that a job may ask for. A job that asks for more is refused, never cut down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MaxResources {
    /// Processor time per time, such as `"4"` or `"500m"`.
    pub cpu: Cpu,
    /// Memory, such as `"8Gi"`.
    pub memory: ByteSize,
    /// Wall time, such as `"10m"`.
    pub timeout: Duration,
    /// GPUs, such as `"1"`. Default none.
    #[serde(default)]
    pub gpu: GpuCount,
    /// Power in watts. Default 0: no job may reserve power.
    #[serde(default, rename = "powerBudgetW")]
    pub power_budget: Watts,
    /// Instructions, in the engine's units. Default [`DEFAULT_MAX_FUEL`](crate::DEFAULT_MAX_FUEL).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fuel: Option<u64>,
}

/// Limits of one run. Each one that is left out has the default of [`Limits`](crate::Limits).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RunLimits {
    /// Bytes of standard output, standard error and `/out` together. Default 64 MiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outputs: Option<ByteSize>,
    /// Bytes read through read grants. Default 4 GiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reads: Option<ByteSize>,
    /// Bytes in all that one run may add to write grants. Default 256 MiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub writes: Option<ByteSize>,
    /// Files and folders that one run may make in write grants. Default 10,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub write_entries: Option<u32>,
    /// Calls from the guest to the host. Default 50,000,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host_calls: Option<u64>,
    /// Elements of all tables of a wasm module. Default 100,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table_elements: Option<u32>,
    /// Core instances that a wasm component may make. Default 32.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instances: Option<u32>,
    /// Bytes of a module. Default 64 MiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module: Option<ByteSize>,
    /// Wall time for compiling a module. Default one minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compile: Option<Duration>,
}
