//! The wall clock, read here at the rim.

use std::time::{SystemTime, UNIX_EPOCH};

use arch_identity::Timestamp;

use crate::answer::Stop;

/// The instant, in whole seconds.
pub(crate) fn now() -> Result<Timestamp, Stop> {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|passed| i64::try_from(passed.as_secs()).ok())
        .and_then(Timestamp::from_unix)
        .ok_or_else(|| {
            Stop::could_not("the clock shows a year before 1970 or after 9999", "set the clock")
        })
}
