//! Amounts that run out.

use crate::wasm::stop::Stop;

/// How much is left of one allowance, and how the run ends when it is asked for more.
#[derive(Debug)]
pub(crate) struct Quota {
    left: u64,
    end: Stop,
}

impl Quota {
    /// An allowance of `cap` whose excess ends the run with `end`.
    pub(crate) fn new(cap: u64, end: Stop) -> Self {
        Self { left: cap, end }
    }

    /// Takes `amount`, or ends the run.
    pub(crate) fn spend(&mut self, amount: u64) -> Result<(), Stop> {
        self.left = self.left.checked_sub(amount).ok_or_else(|| self.end.clone())?;
        Ok(())
    }

    /// Returns what was freed.
    pub(crate) fn give_back(&mut self, amount: u64) {
        self.left = self.left.saturating_add(amount);
    }

    /// What may still be taken.
    pub(crate) fn left(&self) -> u64 {
        self.left
    }

    /// Uses up the rest and says how the run ends.
    pub(crate) fn exhaust(&mut self) -> Stop {
        self.left = 0;
        self.end.clone()
    }
}
