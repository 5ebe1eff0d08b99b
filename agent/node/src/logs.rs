//! Logs go to standard error, as text or as one JSON object a line; where that is the journal, as its
//! own entries, with fields.

mod journal;

use std::io::{IsTerminal as _, stderr};

use arch_problem::Problem;
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

/// Tells the journal why the agent ends, whether logging was started or not. It stands on standard
/// error as well: of one who is gone that soon, the journal may not find out to which unit he belonged.
pub(crate) fn last_word(problem: &Problem) {
    if let Some(journal) = Journal::behind_standard_error() {
        journal.last_word(problem);
    }
}

fn colour() -> bool {
    stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}
