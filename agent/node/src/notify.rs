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

/// It is stopping, and may take `grace` for it.
pub(crate) fn stopping(grace: Duration) {
    let more = u32::try_from(grace.as_micros().saturating_add(5_000_000)).unwrap_or(u32::MAX);
    tell(&[NotifyState::Stopping, NotifyState::ExtendTimeoutUsec(more)]);
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
