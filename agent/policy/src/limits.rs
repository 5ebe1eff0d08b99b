//! Limits of one run, derived from what the job asks for and what the policy says.

use arch_document::{Resources, quantity};
use serde::{Deserialize, Serialize};

use crate::spec::ResourceRules;

/// The most fuel of a policy that names none: about four hours on one processor.
pub const DEFAULT_MAX_FUEL: u64 = 4_000_000_000 * 3_600 * 4;

/// Fuel that a job gets for each second of its timeout and each processor it asks for, when it
/// asks for none. Slightly more than a processor uses up, so that time normally ends a loop; a job
/// whose end must be the same everywhere asks for its fuel.
pub const FUEL_PER_CPU_SECOND: u64 = 8_000_000_000;

/// What one run may use. The same numbers in the executor's message; no unit is converted later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Limits {
    /// Instructions in the engine's units.
    pub fuel: u64,
    /// Wall time in milliseconds.
    pub wall_millis: u64,
    /// Bytes of the guest's memories together.
    pub memory_bytes: u64,
    /// Elements of the guest's tables together. Default 100,000.
    pub table_elements: u32,
    /// Core instances. Default 32.
    pub instances: u32,
    /// Bytes of standard output, standard error and `/out` together. Default 64 MiB.
    pub output_bytes: u64,
    /// Calls from the guest to the host. Default 50,000,000.
    pub host_calls: u64,
    /// Bytes added to write grants. Default 256 MiB.
    pub write_bytes: u64,
    /// Files and folders made in write grants. Default 10,000.
    pub write_entries: u32,
    /// Bytes read through read grants. Default 4 GiB.
    pub read_bytes: u64,
    /// Wall time for compiling in milliseconds. Default 60,000.
    pub compile_millis: u64,
    /// Bytes of the module. Default 64 MiB.
    pub module_bytes: u64,
}

const MIB: u64 = 1 << 20;

impl Limits {
    /// The limits of a job that the policy allows.
    pub(crate) fn of(asked: &Resources, rules: &ResourceRules) -> Self {
        let limits = &rules.limits;
        let bytes = |size: Option<quantity::ByteSize>, otherwise| {
            size.map_or(otherwise, |size| size.bytes())
        };
        Self {
            fuel: asked.fuel.unwrap_or_else(|| unasked_fuel(asked)).min(max_fuel(rules)),
            wall_millis: asked.timeout.seconds().saturating_mul(1_000),
            memory_bytes: asked.memory.bytes(),
            table_elements: limits.table_elements.unwrap_or(100_000),
            instances: limits.instances.unwrap_or(32),
            output_bytes: bytes(limits.outputs, 64 * MIB),
            host_calls: limits.host_calls.unwrap_or(50_000_000),
            write_bytes: bytes(limits.writes, 256 * MIB),
            write_entries: limits.write_entries.unwrap_or(10_000),
            read_bytes: bytes(limits.reads, 4 * 1_024 * MIB),
            compile_millis: limits
                .compile
                .map_or(60_000, |time| time.seconds().saturating_mul(1_000)),
            module_bytes: bytes(limits.module, 64 * MIB),
        }
    }
}

/// The most fuel that a job may ask for.
pub(crate) fn max_fuel(rules: &ResourceRules) -> u64 {
    rules.max.fuel.unwrap_or(DEFAULT_MAX_FUEL)
}

fn unasked_fuel(asked: &Resources) -> u64 {
    let cpu_seconds =
        asked.timeout.seconds().saturating_mul(asked.cpu.millicores().div_ceil(1_000).max(1));
    cpu_seconds.saturating_mul(FUEL_PER_CPU_SECOND)
}
