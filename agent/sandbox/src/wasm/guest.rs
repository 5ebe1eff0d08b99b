//! What belongs to one run: the store's data, reached by every host function.

use std::collections::BTreeMap;

use wasmtime::component::ResourceTable;

use super::chance::{Chance, Purpose};
use super::clock::VirtualClock;
use super::limiter::Gauge;
use super::preview1::descriptors::Descriptors;
use super::stop::Stop;
use super::vfs::Vfs;
use super::vfs::quota::Quota;

/// Most resources (streams, descriptors, pollables) a component may hold.
pub(crate) const RESOURCES_MAX: usize = 4096;

/// One run's state. Nothing in here knows the node's time, name or randomness.
pub(crate) struct Guest {
    pub(crate) vfs: Vfs,
    pub(crate) descriptors: Descriptors,
    pub(crate) resources: ResourceTable,
    pub(crate) args: Vec<String>,
    pub(crate) env: Vec<(String, String)>,
    pub(crate) clock: VirtualClock,
    pub(crate) chance: Chance,
    pub(crate) insecure: Chance,
    pub(crate) insecure_seed: Chance,
    pub(crate) calls: Quota,
    pub(crate) gauge: Gauge,
}

impl Guest {
    /// A fresh state.
    pub(crate) fn new(
        vfs: Vfs,
        args: Vec<String>,
        env: &BTreeMap<String, String>,
        seed: &[u8; 32],
        host_calls: u64,
        gauge: Gauge,
    ) -> Self {
        let mut resources = ResourceTable::new();
        resources.set_max_capacity(RESOURCES_MAX);
        Self {
            vfs,
            descriptors: Descriptors::new(),
            resources,
            args,
            env: env.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
            clock: VirtualClock::default(),
            chance: Chance::new(seed, Purpose::Secure),
            insecure: Chance::new(seed, Purpose::Insecure),
            insecure_seed: Chance::new(seed, Purpose::InsecureSeed),
            calls: Quota::new(host_calls, Stop::HostCallCap),
            gauge,
        }
    }
}
