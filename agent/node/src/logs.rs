//! Logs go to standard error, as text or as one JSON object a line; where that is the journal, as its
//! own entries, with fields.

mod journal;

use std::io::{IsTerminal as _, stderr};

use journal::Journal;
use tracing_subscriber::{
    Layer as _, filter::LevelFilter, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

use crate::settings::{Log, LogFormat, LogLevel};

/// Starts logging; a second call changes nothing.
pub(crate) fn start(log: &Log) {
    let level = match log.level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
    };
    if let (LogFormat::Text, Some(journal)) = (log.format, Journal::behind_standard_error()) {
        // As below.
        let _ = tracing_subscriber::registry().with(journal.with_filter(level)).try_init();
        return;
    }
    let builder = tracing_subscriber::fmt().with_max_level(level).with_target(false);
    let builder = builder.with_writer(stderr);
    // Only a second start fails, and then logging goes on as it is.
    let _ = match log.format {
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
        LogFormat::Text => builder.with_ansi(colour()).try_init(),
    };
}

fn colour() -> bool {
    stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}
