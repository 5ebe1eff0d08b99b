//! One reading of the clock for one evaluation, checked against what the ledger has seen.

use arch_identity::Timestamp;
use arch_problem::{Code, codes};

/// How far the wall clock may lie behind the ledger, in seconds: 10 minutes.
pub const TOLERATED_STEP: u64 = 600;

/// No clock that is right shows an earlier instant: what is judged here did not exist before, in
/// seconds since 1970. 2026-01-01T00:00:00Z.
const BEGINNING: i64 = 1_767_225_600;

/// The present, as one evaluation sees it from beginning to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    now: Timestamp,
}

/// A clock that was never set: under it, documents that expired long ago would be believed.
///
/// # Errors
/// [`ClockUnset`] when it shows an instant at which there was nothing to judge yet. A machine without
/// a clock of its own begins in 1970, or on the day its system was built.
pub fn check_clock(wall: Timestamp) -> Result<(), ClockUnset> {
    if wall.unix() < BEGINNING { Err(ClockUnset { wall }) } else { Ok(()) }
}

/// The wall clock shows an instant before there was anything to judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the clock says {wall}, which was before documents of this format existed")]
pub struct ClockUnset {
    /// What the clock says.
    pub wall: Timestamp,
}

impl ClockUnset {
    /// The catalogue's code.
    #[must_use]
    pub fn code(&self) -> Code {
        codes::CLOCK_STEPPED_BACK
    }
}

/// The wall clock is far behind the ledger; nothing new is accepted until it is set right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the clock says {wall}, but the ledger has an entry of {ledger}")]
pub struct ClockStep {
    /// What the clock says.
    pub wall: Timestamp,
    /// Time of the newest entry of the ledger.
    pub ledger: Timestamp,
}

impl ClockStep {
    /// The catalogue's code.
    #[must_use]
    pub fn code(&self) -> Code {
        codes::CLOCK_STEPPED_BACK
    }
}

impl Moment {
    /// Takes one clock reading. Time never runs backwards: `now` is the later of the two, and a
    /// clock within [`TOLERATED_STEP`] of the ledger is good enough to go on.
    ///
    /// # Errors
    /// [`ClockStep`] when the clock is further behind.
    pub fn read(wall: Timestamp, newest_ledger_time: Option<Timestamp>) -> Result<Self, ClockStep> {
        let ledger = newest_ledger_time.unwrap_or(wall);
        if ledger.seconds_since(wall) > TOLERATED_STEP {
            return Err(ClockStep { wall, ledger });
        }
        Ok(Self { now: wall.max(ledger) })
    }

    /// The present.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Timestamp {
        "2026-11-23T00:00:00Z".parse::<Timestamp>().unwrap().plus(seconds)
    }

    #[test]
    fn a_clock_ten_minutes_behind_is_tolerated_and_time_stands_still() {
        assert_eq!(Moment::read(at(0), Some(at(600))).unwrap().now(), at(600));
        assert_eq!(Moment::read(at(600), Some(at(0))).unwrap().now(), at(600));
        assert_eq!(Moment::read(at(0), None).unwrap().now(), at(0));
    }

    #[test]
    fn a_clock_that_was_never_set_is_told_from_one_that_may_be_right() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        for unset in ["1970-01-01T00:00:00Z", "2025-12-31T23:59:59Z"] {
            let told = check_clock(at(unset)).unwrap_err();
            assert_eq!((told.code(), told.wall), (codes::CLOCK_STEPPED_BACK, at(unset)));
        }
        assert_eq!(check_clock(at("2026-01-01T00:00:00Z")), Ok(()));
    }

    #[test]
    fn a_second_more_is_refused() {
        let step = Moment::read(at(0), Some(at(601))).unwrap_err();
        assert_eq!(step, ClockStep { wall: at(0), ledger: at(601) });
        assert_eq!(step.code(), codes::CLOCK_STEPPED_BACK);
    }
}
