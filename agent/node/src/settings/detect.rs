//! What this machine has, for settings that were left out.

use std::collections::BTreeMap;

use arch_document::quantity::{ByteSize, Cpu};
use arch_policy::Fact;
use arch_schedule::Inventory;

use super::Settings;

/// What the node lends: as set, else processors that the scheduler gives us and three quarters of
/// the machine's memory.
#[must_use]
pub fn machine(settings: &Settings) -> Inventory {
    let lend = &settings.lend;
    Inventory {
        cpu: lend.cpu.unwrap_or_else(processors),
        memory: lend.memory.unwrap_or_else(memory),
        gpu: lend.gpu,
        watts: lend.watts,
    }
}

fn processors() -> Cpu {
    let count = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    Cpu::from_millicores(u64::try_from(count).unwrap_or(1).saturating_mul(1_000))
}

fn memory() -> ByteSize {
    let system = rustix::system::sysinfo();
    let bytes = system.totalram.saturating_mul(u64::from(system.mem_unit));
    ByteSize::new(bytes.div_euclid(4).saturating_mul(3))
}

/// Facts that need no setting.
pub(super) fn facts() -> BTreeMap<String, Fact> {
    [("node.arch", std::env::consts::ARCH), ("node.os", std::env::consts::OS)]
        .into_iter()
        .map(|(key, word)| (key.to_owned(), Fact::Text(word.to_owned())))
        .collect()
}
