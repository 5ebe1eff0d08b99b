//! How long to wait before the executor is started again.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(30);

/// An executor that lived for so long did not die of its start.
const SETTLED: Duration = Duration::from_secs(60);

/// Waits twice as long after every death, and begins anew after a long life.
#[derive(Debug)]
pub(super) struct Backoff(Duration);

impl Default for Backoff {
    fn default() -> Self {
        Self(FIRST)
    }
}

impl Backoff {
    pub(super) fn after_a_life_of(&mut self, life: Duration) -> Duration {
        if life >= SETTLED {
            self.0 = FIRST;
        }
        let pause = self.0;
        self.0 = pause.saturating_mul(2).min(LONGEST);
        pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_half_a_minute_and_a_long_life_forgives() {
        let mut backoff = Backoff::default();
        let pauses: Vec<_> = (0..12).map(|_| backoff.after_a_life_of(Duration::ZERO)).collect();
        assert_eq!(pauses[0], FIRST);
        assert_eq!(pauses[1], FIRST * 2);
        assert_eq!(pauses[11], LONGEST);
        assert_eq!(backoff.after_a_life_of(SETTLED), FIRST);
    }
}
