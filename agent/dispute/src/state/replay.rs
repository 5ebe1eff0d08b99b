//! From the record of a dispute to its state: the same for everybody.

use arch_identity::Timestamp;

use super::{Dispute, Refused, Rejected};
use crate::{court::Court, heard::Heard};

/// A message, and when the ledger had it. What a message says of time counts for nothing.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The time of its entry.
    pub at: Timestamp,
    /// The message.
    pub heard: Heard,
}

/// Plays a record, in the ledger's order, up to `now`. With the state come the messages that changed
/// nothing, by their number, and why. Times that go backwards count as the latest one before.
///
/// # Errors
/// [`Refused`] if the first message opens no dispute.
pub fn replay(
    court: &Court<'_>,
    record: &[Recorded],
    now: Timestamp,
) -> Result<(Dispute, Vec<(usize, Rejected)>), Refused> {
    let (first, rest) = record.split_first().ok_or(Refused::NoChallenge)?;
    let (mut state, mut time) = (Dispute::open(court, &first.heard, first.at)?, first.at);
    let mut rejected = Vec::new();
    for (number, Recorded { at, heard }) in (1..).zip(rest) {
        time = time.max(*at);
        state = state.pass(court, time);
        match state.hear(court, heard, time) {
            Ok(next) => state = next,
            Err(why) => rejected.push((number, why)),
        }
    }
    Ok((state.pass(court, now.max(time)), rejected))
}
