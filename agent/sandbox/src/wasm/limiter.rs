//! Counts memory and table elements over all of a run's instances and refuses what is too much.

use wasmtime::ResourceLimiter;

use super::meter::Meter;

/// Pool slots for core instances; no limit above it can be met.
pub(crate) const INSTANCE_SLOTS: u32 = 64;
/// Pool slots for linear memories.
pub(crate) const MEMORY_SLOTS: u32 = 8;
/// Pool slots for tables.
pub(crate) const TABLE_SLOTS: u32 = 64;
/// Largest linear memory a slot can hold, in bytes; runs have lower caps.
pub(crate) const MEMORY_MAX: usize = 4 << 30;
/// Most elements in one table; runs have lower caps.
pub(crate) const TABLE_MAX: usize = 1 << 20;

/// The caps of one run and what it used of them. A refused growth is -1 to the guest and is noted.
#[derive(Debug)]
pub(crate) struct Gauge {
    meter: Meter,
    table_cap: u64,
    instance_cap: u32,
    memory: u64,
    table: u64,
    memory_refused: bool,
    table_refused: bool,
}

impl Gauge {
    /// Caps: bytes of all memories and what the host holds, elements of all tables, core instances.
    pub(crate) fn new(meter: Meter, table_cap: u64, instance_cap: u32) -> Self {
        Self {
            meter,
            table_cap,
            instance_cap: instance_cap.min(INSTANCE_SLOTS),
            memory: 0,
            table: 0,
            memory_refused: false,
            table_refused: false,
        }
    }

    /// Bytes of linear memory the guest has; memories never shrink, so this is the peak as well.
    pub(crate) fn memory(&self) -> u64 {
        self.memory
    }

    /// Whether a growth of memory was refused.
    pub(crate) fn memory_refused(&self) -> bool {
        self.memory_refused
    }

    /// Whether a growth of a table was refused.
    pub(crate) fn table_refused(&self) -> bool {
        self.table_refused
    }
}

/// The new total, or `None` when `cap` forbids it.
fn grown(total: u64, current: usize, desired: usize, cap: u64) -> Option<u64> {
    let more = u64::try_from(desired.saturating_sub(current)).ok()?;
    total.checked_add(more).filter(|sum| *sum <= cap)
}

// Whether the module's own limit forbids it, which is no cap of ours. The engine passes the size of
// the pool's slot as the module's limit where that is lower.
fn beyond_own(desired: usize, maximum: Option<usize>, slot: usize) -> bool {
    maximum.is_some_and(|own| desired > own && own < slot)
}

impl ResourceLimiter for Gauge {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if beyond_own(desired, maximum, MEMORY_MAX) {
            return Ok(false);
        }
        let more = u64::try_from(desired.saturating_sub(current)).unwrap_or(u64::MAX);
        let taken = self.meter.take(more).is_some();
        self.memory_refused |= !taken;
        if taken {
            self.memory = self.memory.saturating_add(more);
        }
        Ok(taken)
    }

    // Called when the kernel had no memory although the cap did: as good as a cap to the guest.
    fn memory_grow_failed(&mut self, _error: wasmtime::Error) -> wasmtime::Result<()> {
        self.memory_refused = true;
        Ok(())
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if beyond_own(desired, maximum, TABLE_MAX) {
            return Ok(false);
        }
        let sum = grown(self.table, current, desired, self.table_cap);
        self.table_refused |= sum.is_none();
        self.table = sum.unwrap_or(self.table);
        Ok(sum.is_some())
    }

    fn table_grow_failed(&mut self, _error: wasmtime::Error) -> wasmtime::Result<()> {
        self.table_refused = true;
        Ok(())
    }

    fn instances(&self) -> usize {
        usize::try_from(self.instance_cap).unwrap_or(usize::MAX)
    }

    fn memories(&self) -> usize {
        usize::try_from(MEMORY_SLOTS).unwrap_or(usize::MAX)
    }

    fn tables(&self) -> usize {
        usize::try_from(TABLE_SLOTS).unwrap_or(usize::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cap_is_over_all_memories_together() {
        let mut gauge = Gauge::new(Meter::new(100), 0, 1);
        assert!(gauge.memory_growing(0, 60, None).unwrap());
        assert!(!gauge.memory_growing(0, 60, None).unwrap());
        assert!(gauge.memory_refused());
        assert_eq!(gauge.memory(), 60);
    }

    #[test]
    fn memory_cannot_grow_into_what_the_host_holds() {
        let meter = Meter::new(100);
        let mut gauge = Gauge::new(meter.clone(), 0, 1);
        let held = meter.hold(50).unwrap();
        assert!(!gauge.memory_growing(0, 60, None).unwrap());
        drop(held);
        assert!(gauge.memory_growing(0, 60, None).unwrap());
    }

    #[test]
    fn growth_beyond_the_modules_own_maximum_is_no_cap_of_ours() {
        let mut gauge = Gauge::new(Meter::new(100), 0, 1);
        assert!(!gauge.memory_growing(0, 60, Some(50)).unwrap());
        assert!(!gauge.memory_refused());
    }
}
