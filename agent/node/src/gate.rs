//! Whether jobs are taken in, and if not, why.

use arch_problem::codes;
use tokio::sync::watch;

use crate::told::{Told, problem};

/// Why the gate is shut, the gravest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Shut {
    /// The node is a consumer.
    RunsNothing,
    /// The wall clock is far behind the ledger.
    ClockWentBack,
    /// The disk with the state folder is full.
    OutOfSpace,
    /// The policy in force is not believed any more.
    PolicyDoubted,
    /// SIGTERM came.
    Stopping,
    /// The ledger cannot be trusted to keep anything any more.
    LedgerPoisoned,
}

impl Shut {
    /// Whether it is over with this process.
    fn is_final(self) -> bool {
        matches!(self, Self::Stopping | Self::LedgerPoisoned)
    }

    /// In words.
    pub(crate) fn why(self) -> &'static str {
        match self {
            Self::RunsNothing => "the node is in mode consumer, which runs nothing",
            Self::ClockWentBack => "the clock is more than ten minutes behind the ledger",
            Self::PolicyDoubted => "the policy in force is not believed any more",
            Self::OutOfSpace => "the disk with the state folder is full",
            Self::Stopping => "the agent is stopping",
            Self::LedgerPoisoned => "the ledger has stopped after an I/O error",
        }
    }
}

/// The gate that every new job passes.
#[derive(Debug, Default)]
pub(crate) struct Gate(watch::Sender<Vec<Shut>>);

impl Gate {
    /// Shuts it for this reason, beside others.
    pub(crate) fn shut(&self, reason: Shut) {
        let new = self.0.send_if_modified(|reasons| {
            let new = !reasons.contains(&reason);
            if new {
                reasons.push(reason);
            }
            new
        });
        if new {
            tracing::warn!(why = reason.why(), "no jobs are taken in");
        }
    }

    /// This reason is over; others may be left.
    pub(crate) fn open(&self, reason: Shut) {
        let over = self.0.send_if_modified(|reasons| {
            let before = reasons.len();
            reasons.retain(|other| *other != reason);
            reasons.len() != before
        });
        if over {
            tracing::info!(was = reason.why(), "the reason is over");
        }
    }

    /// Why it is shut; nothing if it is open.
    pub(crate) fn why(&self) -> Option<Shut> {
        self.0.borrow().iter().max().copied()
    }

    /// Passes, or says why not.
    pub(crate) fn pass(&self) -> Told<()> {
        match self.why() {
            None => Ok(()),
            Some(shut) => Err(problem(codes::NOT_ACCEPTING, shut.why())),
        }
    }

    /// Whether nothing is started any more.
    pub(crate) fn is_stopping(&self) -> bool {
        self.why().is_some_and(Shut::is_final)
    }

    /// Waits until this reason is over.
    pub(crate) async fn is_over(&self, reason: Shut) {
        let open = |reasons: &Vec<Shut>| !reasons.contains(&reason);
        // The sender lives in `self`, so waiting cannot fail.
        let _ = self.0.subscribe().wait_for(open).await;
    }

    /// Waits until nothing is started any more.
    pub(crate) async fn stopping(&self) {
        let shut = |reasons: &Vec<Shut>| reasons.iter().any(|reason| reason.is_final());
        // The sender lives in `self`, so waiting cannot fail.
        let _ = self.0.subscribe().wait_for(shut).await;
    }

    /// Waits until the ledger is poisoned.
    pub(crate) async fn poisoned(&self) {
        let shut = |reasons: &Vec<Shut>| reasons.contains(&Shut::LedgerPoisoned);
        // The sender lives in `self`, so waiting cannot fail.
        let _ = self.0.subscribe().wait_for(shut).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gravest_reason_is_told_and_all_must_be_over() {
        let gate = Gate::default();
        gate.shut(Shut::OutOfSpace);
        gate.shut(Shut::ClockWentBack);
        assert_eq!(gate.why(), Some(Shut::OutOfSpace));
        gate.open(Shut::OutOfSpace);
        assert!(gate.pass().is_err());
        gate.open(Shut::ClockWentBack);
        assert!(gate.pass().is_ok());
    }
}
