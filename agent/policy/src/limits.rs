//! Limits of one run, derived from what the job asks for and what the policy says.

use arch_document::{Resources, quantity};
use serde::{Deserialize, Serialize};

use crate::spec::ResourceRules;

/// Fuel that a job gets for each second of its timeout and each processor it asks for, when it
/// asks for none. Slightly more than a processor uses up, so that time normally ends a loop; a job
/// whose end must be the same everywhere asks for its fuel.
pub const FUEL_PER_CPU_SECOND: u64 = 8_000_000_000;

/// The most fuel of a policy that names none: four hours on one processor.
pub const DEFAULT_MAX_FUEL: u64 = FUEL_PER_CPU_SECOND * 3_600 * 4;

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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn limits(asked: serde_json::Value, rules: serde_json::Value) -> Limits {
        let asked: Resources = serde_json::from_value(asked).unwrap();
        Limits::of(&asked, &serde_json::from_value(rules).unwrap())
    }

    fn rules() -> serde_json::Value {
        json!({ "max": { "cpu": "8", "memory": "8Gi", "timeout": "1h" } })
    }

    #[test]
    fn what_a_job_asks_for_is_its_limit() {
        let asked = json!({ "cpu": "1", "memory": "64Mi", "timeout": "90s", "fuel": 1_000_000 });
        let limits = limits(asked, rules());
        assert_eq!((limits.fuel, limits.wall_millis), (1_000_000, 90_000));
        assert_eq!(limits.memory_bytes, 64 << 20);
    }

    #[test]
    fn fuel_that_was_not_asked_for_follows_from_time_and_processors_within_the_cap() {
        let asked = json!({ "cpu": "1500m", "memory": "1Gi", "timeout": "10s" });
        assert_eq!(limits(asked.clone(), rules()).fuel, 20 * FUEL_PER_CPU_SECOND);
        let mut capped = rules();
        capped["max"]["fuel"] = json!(77);
        assert_eq!(limits(asked, capped).fuel, 77);
        let forever = json!({ "cpu": "1000000", "memory": "1Gi", "timeout": "366d" });
        assert_eq!(limits(forever, rules()).fuel, DEFAULT_MAX_FUEL);
    }

    #[test]
    fn what_a_job_cannot_ask_for_is_the_policys_or_the_documented_default() {
        let asked = json!({ "cpu": "1", "memory": "1Gi", "timeout": "10s" });
        let mut written = rules();
        written["limits"] = json!({ "outputs": "1Mi", "hostCalls": 5, "compile": "2s" });
        let some = limits(asked.clone(), written);
        assert_eq!((some.output_bytes, some.host_calls, some.compile_millis), (1 << 20, 5, 2_000));
        let none = limits(asked, rules());
        assert_eq!(
            (none.output_bytes, none.host_calls, none.compile_millis, none.table_elements),
            (64 << 20, 50_000_000, 60_000, 100_000)
        );
        assert_eq!(
            (none.write_bytes, none.write_entries, none.read_bytes, none.module_bytes),
            (256 << 20, 10_000, 4 << 30, 64 << 20)
        );
    }
}
