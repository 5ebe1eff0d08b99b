//! How many refusals are anchored: whoever may write to the drop folder, signed or not, could fill the
//! ledger with them otherwise.

use std::time::{Duration, Instant};

/// Refusals that may come at once.
const BURST: u32 = 1_000;

/// How often another one may come after that.
const EVERY: Duration = Duration::from_secs(5);

/// Tokens, one a refusal.
#[derive(Debug)]
pub(crate) struct Bucket {
    tokens: u32,
    filled: Option<Instant>,
    left_off: u64,
}

impl Default for Bucket {
    fn default() -> Self {
        Self { tokens: BURST, filled: None, left_off: 0 }
    }
}

impl Bucket {
    /// Whether a refusal may be anchored now, and how many were left off before it.
    pub(crate) fn take(&mut self, now: Instant) -> Option<u64> {
        self.fill(now);
        match self.tokens.checked_sub(1) {
            Some(rest) => {
                self.tokens = rest;
                Some(std::mem::take(&mut self.left_off))
            }
            None => {
                self.left_off = self.left_off.saturating_add(1);
                None
            }
        }
    }

    fn fill(&mut self, now: Instant) {
        let filled = *self.filled.get_or_insert(now);
        let seconds = now.saturating_duration_since(filled).as_secs();
        let due = seconds.checked_div(EVERY.as_secs()).unwrap_or(0);
        let new = u32::try_from(due).unwrap_or(BURST).min(BURST);
        if new > 0 {
            self.tokens = self.tokens.saturating_add(new).min(BURST);
            // The rest of a step counts for the next one.
            let used = EVERY.checked_mul(u32::try_from(due).unwrap_or(u32::MAX));
            self.filled = used.and_then(|used| filled.checked_add(used)).or(Some(now));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_cut_to_one_in_five_seconds_and_the_rest_is_counted() {
        let start = Instant::now();
        let mut bucket = Bucket::default();
        let taken = |bucket: &mut Bucket, now| (0..3_000).filter_map(|_| bucket.take(now)).count();
        assert_eq!(taken(&mut bucket, start), 1_000);
        assert_eq!(bucket.take(start + Duration::from_secs(4)), None);
        assert_eq!(bucket.take(start + Duration::from_secs(6)), Some(2_001));
        assert_eq!(bucket.take(start + Duration::from_secs(9)), None);
        assert_eq!(bucket.take(start + Duration::from_secs(10)), Some(1));
        assert_eq!(taken(&mut bucket, start + Duration::from_secs(1_000_000)), 1_000);
    }
}
