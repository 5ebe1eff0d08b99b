//! One end for the whole demo: it fails with a clear word rather than hang.

use std::time::{Duration, Instant};

use crate::answer::Stop;

/// How often something is looked at again.
const STEP: Duration = Duration::from_millis(20);

/// When the patience ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline {
    started: Instant,
    patience: Duration,
}

impl Deadline {
    pub(super) fn starting_now(patience: Duration) -> Self {
        Self { started: Instant::now(), patience }
    }

    pub(super) fn passed(self) -> Duration {
        self.started.elapsed()
    }

    /// Looks again and again until `look` finds something.
    pub(super) fn wait_for<T>(
        self,
        what: &str,
        mut look: impl FnMut() -> Result<Option<T>, Stop>,
    ) -> Result<T, Stop> {
        loop {
            if let Some(found) = look()? {
                return Ok(found);
            }
            if self.passed() > self.patience {
                return Err(self.too_long(what));
            }
            std::thread::sleep(STEP);
        }
    }

    fn too_long(self, what: &str) -> Stop {
        let patience = self.patience.as_secs();
        Stop::could_not(
            format!("waited {patience} seconds in all and still no {what}"),
            "look into agent.log with `--keep DIR`, or give more `--patience`",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_without_end_ends_with_a_word_about_what_was_waited_for() {
        let deadline = Deadline::starting_now(Duration::ZERO);
        let stop = deadline.wait_for::<()>("result of `x`", || Ok(None)).unwrap_err();
        let Stop::CouldNot { what, .. } = stop else { panic!("{stop:?}") };
        assert!(what.contains("result of `x`"));
    }
}
