//! The caps of one run.

use serde::{Deserialize, Serialize};

/// Every cap of one run. Reaching one is a typed [`super::Outcome`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Limits {
    /// Instructions, in the engine's units.
    pub fuel: u64,
    /// Wall time of the run without compiling, in milliseconds.
    pub wall_millis: u64,
    /// Linear memory of all the run's instances together, in bytes.
    pub memory_bytes: u64,
    /// Table elements of all the run's instances together.
    pub table_elements: u32,
    /// Core instances.
    pub instances: u32,
    /// `stdout`, `stderr` and the files of `/out` together, in bytes.
    pub output_bytes: u64,
    /// Calls out of the guest.
    pub host_calls: u64,
    /// Bytes written through write grants.
    pub write_bytes: u64,
    /// Files and folders made through write grants.
    pub write_entries: u32,
    /// Bytes read through read grants.
    pub read_bytes: u64,
    /// Time to compile the module, in milliseconds.
    pub compile_millis: u64,
    /// Length of the module, in bytes.
    pub module_bytes: u64,
}

/// One of the caps, named in a claim when the guest ran into it without dying of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LimitKind {
    /// `fuel`.
    Fuel,
    /// `wall_millis`.
    Wall,
    /// `memory_bytes`: a growth was refused.
    Memory,
    /// `table_elements`: a growth was refused.
    Table,
    /// `instances`.
    Instances,
    /// `output_bytes`.
    Output,
    /// `host_calls`.
    HostCalls,
    /// `write_bytes` or `write_entries`.
    Write,
    /// `read_bytes`.
    Read,
    /// `compile_millis`, or the compiler's memory.
    Compile,
    /// `module_bytes`.
    Module,
}
