//! Telling the service manager how it goes, when it asked to be told (NOTIFY_SOCKET).

use std::time::Duration;

use sd_notify::NotifyState;

/// The agent works; sent only once root, policy and ledger are good.
pub(crate) fn ready(status: &str) {
    tell(&[NotifyState::Ready, NotifyState::Status(status)]);
}

/// One line about what it does.
pub(crate) fn status(text: &str) {
    tell(&[NotifyState::Status(text)]);
}

/// SIGHUP is being obeyed; `ready` ends it.
pub(crate) fn reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(now) => tell(&[NotifyState::Reloading, now]),
        Err(_) => tell(&[NotifyState::Reloading]),
    }
}

/// How much longer a stop may take, each time that it is said.
const MORE: Duration = Duration::from_secs(30);

/// How often that is said: a stop that hangs is not waited for long.
const AGAIN: Duration = Duration::from_secs(5);

/// It is stopping. As long as this is awaited, which is for `most` at the longest, the service manager
/// gives it more time than its unit says.
pub(crate) async fn stopping(most: Duration) {
    tell(&[NotifyState::Stopping]);
    let extend = async {
        let mut again = tokio::time::interval(AGAIN);
        loop {
            again.tick().await;
            let more = u32::try_from(MORE.as_micros()).unwrap_or(u32::MAX);
            tell(&[NotifyState::ExtendTimeoutUsec(more)]);
        }
    };
    // Over or not, it has been said as often as it may be.
    let _elapsed = tokio::time::timeout(most, extend).await;
}

/// It is alive.
pub(crate) fn alive() {
    tell(&[NotifyState::Watchdog]);
}

/// How long the service manager waits for the next [`alive`] before it kills us.
#[must_use]
pub(crate) fn watchdog() -> Option<Duration> {
    sd_notify::watchdog_enabled()
}

/// The ledger is being read; so many entries are, and each time there may be a minute more.
pub(crate) fn recovering(entries: u64) {
    let text = format!("reading the ledger: {entries} entries");
    tell(&[NotifyState::Status(&text), NotifyState::ExtendTimeoutUsec(60_000_000)]);
}

/// Nobody listening is normal; nothing depends on being heard.
fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::debug!(%error, "the service manager was not told");
    }
}
