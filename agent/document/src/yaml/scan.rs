//! What can be said of the bytes before any YAML is read, in one pass.

use arch_problem::{Span, codes};

use crate::{
    MAX_BYTES,
    flaw::Flaw,
    letters::{is_forbidden, named},
};

/// The bytes as text, if it is short enough, UTF-8, and free of characters that are traps.
pub(super) fn check(bytes: &[u8]) -> Result<&str, Box<Flaw>> {
    let start = Span { start: 0, end: 0, line: 1, column: 1 };
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > MAX_BYTES {
        let text = format!("the document has {} bytes, at most {MAX_BYTES} are read", bytes.len());
        return Err(Flaw::new(start, codes::TOO_LARGE, text));
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let good = std::str::from_utf8(good).unwrap_or_default();
            let span = good.chars().fold(start, after);
            return Err(Flaw::new(span, codes::NOT_UTF8, "the file is not UTF-8 from here on"));
        }
    };
    if text.starts_with('\u{feff}') {
        let text = "the file starts with U+FEFF (byte order mark)";
        return Err(Flaw::new(Span { end: 3, ..start }, codes::BYTE_ORDER_MARK, text));
    }
    document_end(text)?;
    // Nearly every document; places are counted only where there is something to look for.
    if is_plain(text) {
        return Ok(text);
    }
    let ends_line = |at: usize| text.as_bytes().get(at.saturating_add(1)) == Some(&b'\n');
    for (at, c) in text.char_indices() {
        let fine = match c {
            ' '..='~' | '\n' => true,
            // CRLF is one line break; a lone CR is one for YAML and for hardly any editor.
            '\r' => ends_line(at),
            _ => c != '\t' && !is_forbidden(c),
        };
        if !fine {
            let before = text.get(..at).unwrap_or_default();
            return Err(trap(before.chars().fold(start, after), c));
        }
    }
    Ok(text)
}

/// A character that may not be there; it stands at `at`.
fn trap(at: Span, c: char) -> Box<Flaw> {
    let here = Span { end: after(at, c).start, ..at };
    if c == '\t' {
        return Flaw::new(here, codes::TAB, "there is a tab here");
    }
    let text = format!("there is {} here", named(c));
    Flaw::new(here, codes::FORBIDDEN_CHARACTER, text)
}

/// Whether all of it is visible ASCII, blanks and line feeds. Block by block without a way out
/// within, which machines do many bytes at a time.
pub(super) fn is_plain(text: &str) -> bool {
    let plain = |byte: &u8| *byte == b'\n' || matches!(byte, b' '..=b'~');
    text.as_bytes().chunks(256).all(|block| block.iter().fold(true, |so_far, b| so_far & plain(b)))
}

/// The bytes before the first line feed, or all of them. Lines are short, or very long.
pub(super) fn line_length(text: &str) -> usize {
    let near = text.bytes().take(32).position(|byte| byte == b'\n');
    near.or_else(|| text.find('\n')).unwrap_or(text.len())
}

/// A line `...` ends a document, also before its beginning; readers disagree about what follows.
fn document_end(text: &str) -> Result<(), Box<Flaw>> {
    if !text.contains("...") {
        return Ok(());
    }
    let mut start = 0_usize;
    for (number, line) in (1_u32..).zip(text.split_inclusive('\n')) {
        if line
            .strip_prefix("...")
            .is_some_and(|rest| rest.trim_start().len() < rest.len() || rest.is_empty())
        {
            let span = Span { start, end: start.saturating_add(3), line: number, column: 1 };
            return Err(Flaw::new(span, codes::SECOND_DOCUMENT, "`...` ends the document here"));
        }
        start = start.saturating_add(line.len());
    }
    Ok(())
}

/// The empty span after a character that starts at `at`.
fn after(at: Span, c: char) -> Span {
    let byte = at.start.saturating_add(c.len_utf8());
    let (line, column) = if c == '\n' {
        (at.line.saturating_add(1), 1)
    } else {
        (at.line, at.column.saturating_add(1))
    };
    Span { start: byte, end: byte, line, column }
}
