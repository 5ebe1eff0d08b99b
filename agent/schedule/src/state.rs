//! The states of a job, for storage and for people, and the one function that steps between them.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Where a job is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum JobState {
    /// Its bytes are here and nothing is believed yet.
    Received,
    /// A quorum signed it, its time is now, and it is no replay.
    Verified,
    /// The policy allows it.
    Admitted,
    /// It waits for room, or for another attempt.
    Waiting,
    /// A start record is durable; a worker may be running it.
    Running,
    /// It ended as it should.
    Completed,
    /// It ended otherwise: a trap, a limit, a worker lost too often.
    Failed,
    /// It ended, and what came out is not what was expected; a person must look.
    Quarantined,
    /// Its parts contradict each other: somebody computed wrongly, and it is not known who. The
    /// evidence is kept; jobs that come after it wait.
    Disputed,
    /// Runs of the same job gave different results: a dead letter, until a person has it tried again.
    Dead,
    /// A person looked at the quarantined result and let it out.
    Released,
    /// A person looked at a result that cannot be relied upon and threw it away.
    Rejected,
    /// A person stopped it.
    Cancelled,
    /// It was not believed, not allowed, or has no place here.
    Refused,
}

impl JobState {
    /// Every state, in the order of a life.
    pub const ALL: [Self; 14] = [
        Self::Received,
        Self::Verified,
        Self::Admitted,
        Self::Waiting,
        Self::Running,
        Self::Completed,
        Self::Failed,
        Self::Quarantined,
        Self::Disputed,
        Self::Dead,
        Self::Released,
        Self::Rejected,
        Self::Cancelled,
        Self::Refused,
    ];

    /// The word people type and read.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Verified => "verified",
            Self::Admitted => "admitted",
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Quarantined => "quarantined",
            Self::Disputed => "disputed",
            Self::Dead => "dead",
            Self::Released => "released",
            Self::Rejected => "rejected",
            Self::Cancelled => "cancelled",
            Self::Refused => "refused",
        }
    }

    /// Whether nothing can follow.
    #[must_use]
    pub fn is_final(self) -> bool {
        Event::ALL.iter().all(|event| self.after(*event).is_err())
    }

    /// The state after `event`.
    ///
    /// A job that waits is verified and admitted again whenever it is loaded from disk, so it can
    /// still be refused: its key was revoked, its time is over, the policy or the node changed.
    ///
    /// # Errors
    /// The pair, when it makes no sense.
    pub fn after(self, event: Event) -> Result<Self, IllegalStep> {
        use Event as E;
        use JobState as S;
        Ok(match (self, event) {
            (S::Received, E::QuorumMet) => S::Verified,
            (S::Verified, E::PolicyAllowed) => S::Admitted,
            (S::Admitted, E::Queued) => S::Waiting,
            (S::Admitted | S::Waiting, E::Started) => S::Running,
            (S::Running, E::Interrupted) => S::Waiting,

            (S::Running, E::Succeeded) => S::Completed,
            (S::Running, E::Broke) | (S::Waiting, E::AttemptsSpent) => S::Failed,
            (S::Running, E::Suspected) => S::Quarantined,
            (S::Running, E::Contradicted) => S::Disputed,
            (S::Running, E::Unrepeatable) => S::Dead,
            (S::Quarantined, E::ReleasedByHand) => S::Released,
            (S::Quarantined | S::Disputed | S::Dead, E::RejectedByHand) => S::Rejected,
            (S::Dead, E::RetriedByHand) => S::Waiting,
            (S::Admitted | S::Waiting | S::Running, E::CancelledByHand) => S::Cancelled,

            (S::Received | S::Waiting, E::QuorumMissed)
            | (S::Verified | S::Waiting, E::PolicyDenied)
            | (S::Admitted | S::Waiting, E::NeverFits | E::TimeOver) => S::Refused,

            (from, event) => return Err(IllegalStep { from, event }),
        })
    }
}

/// What can happen to a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Event {
    /// The document was believed.
    QuorumMet,
    /// The document was not believed, or is believed no longer.
    QuorumMissed,
    /// The policy allows the job.
    PolicyAllowed,
    /// The policy does not allow it, or does so no longer.
    PolicyDenied,
    /// There is no room right now.
    Queued,
    /// There will never be room.
    NeverFits,
    /// Its `notAfter` passed before it could start.
    TimeOver,
    /// The start record is durable.
    Started,
    /// The agent or the worker died under it; it did not end.
    Interrupted,
    /// It was interrupted once too often.
    AttemptsSpent,
    /// It ended with success and its outputs are as expected.
    Succeeded,
    /// It ended with a trap, a limit or an exit code.
    Broke,
    /// It ended, but an output differs from the expected one.
    Suspected,
    /// It ended, but parts of its result contradict each other.
    Contradicted,
    /// It ended, but another run of it gave another result.
    Unrepeatable,
    /// An operator let the quarantined result out.
    ReleasedByHand,
    /// An operator threw the result away.
    RejectedByHand,
    /// An operator has a dead letter tried again.
    RetriedByHand,
    /// An operator stopped the job.
    CancelledByHand,
}

impl Event {
    /// Every event.
    pub const ALL: [Self; 19] = [
        Self::QuorumMet,
        Self::QuorumMissed,
        Self::PolicyAllowed,
        Self::PolicyDenied,
        Self::Queued,
        Self::NeverFits,
        Self::TimeOver,
        Self::Started,
        Self::Interrupted,
        Self::AttemptsSpent,
        Self::Succeeded,
        Self::Broke,
        Self::Suspected,
        Self::Contradicted,
        Self::Unrepeatable,
        Self::ReleasedByHand,
        Self::RejectedByHand,
        Self::RetriedByHand,
        Self::CancelledByHand,
    ];
}

/// An event that cannot happen in this state: the ledger or the caller is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a job that is {from} cannot take the step `{event:?}`")]
pub struct IllegalStep {
    /// The state it is in.
    pub from: JobState,
    /// What was said to happen.
    pub event: Event,
}

impl fmt::Display for JobState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no state of a job")]
pub struct NoSuchState(pub String);

impl FromStr for JobState {
    type Err = NoSuchState;

    fn from_str(text: &str) -> Result<Self, NoSuchState> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| NoSuchState(text.to_owned()))
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, clippy::as_conversions, reason = "tests may be blunt")]
mod tests {
    use super::*;

    /// All that is legal, written out a second time by hand.
    const LEGAL: &[(JobState, Event, JobState)] = {
        use Event as E;
        use JobState as S;
        &[
            (S::Received, E::QuorumMet, S::Verified),
            (S::Received, E::QuorumMissed, S::Refused),
            (S::Verified, E::PolicyAllowed, S::Admitted),
            (S::Verified, E::PolicyDenied, S::Refused),
            (S::Admitted, E::Queued, S::Waiting),
            (S::Admitted, E::Started, S::Running),
            (S::Admitted, E::NeverFits, S::Refused),
            (S::Admitted, E::TimeOver, S::Refused),
            (S::Admitted, E::CancelledByHand, S::Cancelled),
            (S::Waiting, E::Started, S::Running),
            (S::Waiting, E::QuorumMissed, S::Refused),
            (S::Waiting, E::PolicyDenied, S::Refused),
            (S::Waiting, E::NeverFits, S::Refused),
            (S::Waiting, E::TimeOver, S::Refused),
            (S::Waiting, E::AttemptsSpent, S::Failed),
            (S::Waiting, E::CancelledByHand, S::Cancelled),
            (S::Running, E::Interrupted, S::Waiting),
            (S::Running, E::Succeeded, S::Completed),
            (S::Running, E::Broke, S::Failed),
            (S::Running, E::Suspected, S::Quarantined),
            (S::Running, E::Contradicted, S::Disputed),
            (S::Running, E::Unrepeatable, S::Dead),
            (S::Running, E::CancelledByHand, S::Cancelled),
            (S::Quarantined, E::ReleasedByHand, S::Released),
            (S::Quarantined, E::RejectedByHand, S::Rejected),
            (S::Disputed, E::RejectedByHand, S::Rejected),
            (S::Dead, E::RejectedByHand, S::Rejected),
            (S::Dead, E::RetriedByHand, S::Waiting),
        ]
    };

    #[test]
    fn every_pair_of_state_and_event_is_as_the_table_says() {
        for from in JobState::ALL {
            for event in Event::ALL {
                let legal = LEGAL.iter().find(|row| row.0 == from && row.1 == event);
                let expected = legal.map(|row| row.2).ok_or(IllegalStep { from, event });
                assert_eq!(from.after(event), expected, "{from} {event:?}");
            }
        }
    }

    #[test]
    fn a_life_ends_in_one_of_six_states_and_can_end_from_everywhere() {
        let ends: Vec<_> = JobState::ALL.into_iter().filter(|state| state.is_final()).collect();
        use JobState as S;
        assert_eq!(
            ends,
            [S::Completed, S::Failed, S::Released, S::Rejected, S::Cancelled, S::Refused]
        );
        for from in JobState::ALL {
            assert!(reaches_an_end(from, 4), "{from} is a trap");
        }
    }

    fn reaches_an_end(from: JobState, steps: u8) -> bool {
        from.is_final()
            || (steps > 0
                && Event::ALL
                    .iter()
                    .filter_map(|event| from.after(*event).ok())
                    .any(|next| reaches_an_end(next, steps - 1)))
    }

    #[test]
    fn the_words_of_the_states_read_back() {
        for state in JobState::ALL {
            assert_eq!(state.to_string().parse(), Ok(state));
        }
        assert!("Running".parse::<JobState>().is_err());
    }
}
