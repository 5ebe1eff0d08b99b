//! The guest's clock: a counter. It shows no time of the node, so that two nodes show the same.

/// One reading moves the clock this far, so that a guest that waits in a loop gets on. Nanoseconds.
pub(crate) const TICK: u64 = 1_000_000;

/// A monotonic clock that moves only when the guest reads it or sleeps. The wall clock stays at
/// 1970-01-01T00:00:00Z.
#[derive(Debug, Default)]
pub(crate) struct VirtualClock {
    now: u64,
}

impl VirtualClock {
    /// Reads the clock, which moves it by [`TICK`]. Nanoseconds since the guest's start.
    pub(crate) fn read(&mut self) -> u64 {
        self.now = self.now.saturating_add(TICK);
        self.now
    }

    /// What the clock shows, without moving it.
    pub(crate) fn now(&self) -> u64 {
        self.now
    }

    /// Sleeps until `moment`: nobody waits, the clock jumps. Never backwards.
    pub(crate) fn sleep_until(&mut self, moment: u64) {
        self.now = self.now.max(moment);
    }
}
