//! The agent below something that starts it as an init system does: sockets handed in, readiness and
//! watchdog told, exit codes that say whether to start it again.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests may be blunt"
)]

#[cfg(test)]
mod executor;
#[cfg(test)]
mod handed_in;
#[cfg(test)]
mod installation;
#[cfg(test)]
mod stopping;
