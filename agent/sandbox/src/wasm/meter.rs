//! The memory of one run: what the guest has, and what the host keeps open for it.
//!
//! One cap for both. A guest that opens many large files or listings takes memory of the node as
//! surely as one that grows its own, and the node gave it one number.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::stop::Stop;

/// Bytes taken of a run's memory cap. Copies count together.
#[derive(Debug, Clone)]
pub(crate) struct Meter {
    cap: u64,
    // Atomic for the types' sake: a run has one thread.
    used: Arc<AtomicU64>,
}

/// Bytes that the host holds for the guest; dropping it gives them back.
#[derive(Debug)]
pub(crate) struct Held {
    meter: Meter,
    bytes: u64,
}

impl Meter {
    /// Nothing taken of `cap` bytes.
    pub(crate) fn new(cap: u64) -> Self {
        Self { cap, used: Arc::default() }
    }

    /// Bytes that can still be taken.
    pub(crate) fn left(&self) -> u64 {
        self.cap.saturating_sub(self.used.load(Ordering::Relaxed))
    }

    /// Takes bytes for good. `None` when that would be more than the cap.
    pub(crate) fn take(&self, bytes: u64) -> Option<()> {
        let used = self.used.load(Ordering::Relaxed);
        let sum = used.checked_add(bytes).filter(|sum| *sum <= self.cap)?;
        self.used.store(sum, Ordering::Relaxed);
        Some(())
    }

    /// Takes bytes until the answer is dropped, or ends the run.
    pub(crate) fn hold(&self, bytes: u64) -> Result<Held, Stop> {
        self.take(bytes).ok_or(Stop::MemoryCap)?;
        Ok(Held { meter: self.clone(), bytes })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let used = self.meter.used.load(Ordering::Relaxed);
        self.meter.used.store(used.saturating_sub(self.bytes), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_counts_with_what_is_taken_and_comes_back() {
        let meter = Meter::new(100);
        meter.take(60).unwrap();
        let held = meter.hold(40).unwrap();
        assert_eq!((meter.left(), meter.take(1)), (0, None));
        assert_eq!(meter.hold(1).unwrap_err(), Stop::MemoryCap);
        drop(held);
        assert_eq!(meter.left(), 40);
    }
}
