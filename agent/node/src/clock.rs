//! The one place where the agent reads the time.

use std::time::{SystemTime, UNIX_EPOCH};

use arch_identity::Timestamp;

/// The wall clock. A clock outside 1970 to 9999 reads as 1970, which every validity refuses.
#[must_use]
pub(crate) fn wall() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = i64::try_from(since.as_secs()).unwrap_or(0);
    #[expect(clippy::expect_used, reason = "second 0 is the first of the range")]
    Timestamp::from_unix(seconds)
        .unwrap_or_else(|| Timestamp::from_unix(0).expect("1970 is a year"))
}
