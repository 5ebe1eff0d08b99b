//! stdout is data, stderr is talk. Both obey `NO_COLOR` and pipes.

use std::io::{IsTerminal, Write};

use serde::Serialize;

use crate::answer::Stop;

/// Writes data and a line end. Names and messages in it may be a stranger's.
pub(crate) fn data(text: &str) -> Result<(), Stop> {
    let mut out = anstream::stdout().lock();
    let end = if text.ends_with('\n') { "" } else { "\n" };
    write!(out, "{}{end}", harmless(text)).and_then(|()| out.flush()).map_err(|_closed| Stop::Gone)
}

/// Writes what the renderer drew: it has made its texts harmless, and its colours are ours.
pub(crate) fn drawn(text: &str) -> Result<(), Stop> {
    let mut out = anstream::stdout().lock();
    writeln!(out, "{text}").and_then(|()| out.flush()).map_err(|_closed| Stop::Gone)
}

/// Writes data as it is, without a line end: for bytes that somebody will hash.
pub(crate) fn raw(bytes: &[u8]) -> Result<(), Stop> {
    let mut out = std::io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush()).map_err(|_closed| Stop::Gone)
}

/// Writes one JSON object; it carries a `schema` field by the rule of the house.
pub(crate) fn json<T: Serialize>(value: &T) -> Result<(), Stop> {
    let text = serde_json::to_string_pretty(value).map_err(|error| {
        Stop::could_not(format!("the answer cannot be written as JSON: {error}"), "tell us")
    })?;
    data(&text)
}

/// Writes one JSON object on one line.
pub(crate) fn json_line<T: Serialize>(value: &T) -> Result<(), Stop> {
    let text = serde_json::to_string(value).map_err(|error| {
        Stop::could_not(format!("the answer cannot be written as JSON: {error}"), "tell us")
    })?;
    data(&text)
}

/// Writes what a guest wrote. A terminal gets no control sequences of strangers; a pipe gets the
/// bytes as they are.
pub(crate) fn untrusted(bytes: &[u8]) -> Result<(), Stop> {
    if std::io::stdout().is_terminal() {
        return data(&harmless(&String::from_utf8_lossy(bytes)));
    }
    raw(bytes)
}

/// The same, beside the data.
pub(crate) fn talk_untrusted(bytes: &[u8]) {
    if !bytes.is_empty() {
        talk(&harmless(&String::from_utf8_lossy(bytes)));
    }
}

/// Everything that steers a terminal becomes visible; line ends and tabs stay.
pub(crate) fn harmless(text: &str) -> String {
    let show = |c: char| match c {
        '\n' | '\t' => c,
        c if c.is_control() => char::REPLACEMENT_CHARACTER,
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            char::REPLACEMENT_CHARACTER
        }
        c => c,
    };
    text.chars().map(show).collect()
}

/// Talks to the person, on stderr. Nobody listening is no reason to stop working.
pub(crate) fn talk(text: &str) {
    let _nobody_listens = writeln!(anstream::stderr().lock(), "{}", text.trim_end_matches('\n'));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guest_cannot_steer_the_terminal() {
        let text = harmless("a\u{1b}[2Jb\u{202e}c\n\td");
        assert_eq!(text, "a\u{fffd}[2Jb\u{fffd}c\n\td");
    }
}
