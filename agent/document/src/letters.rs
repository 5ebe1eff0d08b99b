//! Which characters a signed text may have: those that people see, in the order they see them.

use arch_identity::canonical;
use arch_problem::{Code, codes};
use unicode_normalization::is_nfc;

/// Whether a character is refused wherever it stands, escaped or not.
///
/// Controls but for line feed and tab, line and paragraph separators (which some readers take for
/// line breaks), bidirectional controls, invisible characters, and what is no character at all.
pub(crate) fn is_forbidden(c: char) -> bool {
    if matches!(c, ' '..='~') {
        return false;
    }
    matches!(c,
        '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
        || u32::from(c) & 0xfffe == 0xfffe
        || matches!(c, '\u{fdd0}'..='\u{fdef}')
}

/// What is wrong with a decoded text, if anything.
pub(crate) fn flaw(text: &str) -> Option<(Code, String)> {
    if text.is_ascii() && !text.bytes().any(|b| b < b' ' || b == 0x7f) {
        return None;
    }
    if let Some(c) = text.chars().find(|c| is_forbidden(*c)) {
        return Some((codes::FORBIDDEN_CHARACTER, format!("the text holds {}", named(c))));
    }
    if !is_nfc(text) {
        return Some((codes::NOT_NFC, "the text is not in Unicode normal form C".to_owned()));
    }
    None
}

/// The character's number, and its name if people know it.
pub(crate) fn named(c: char) -> String {
    let name = match c {
        '\0' => " (NUL)",
        '\r' => " (carriage return)",
        '\u{7f}' => " (delete)",
        '\u{85}' => " (next line)",
        '\u{2028}' | '\u{2029}' => " (line separator)",
        '\u{feff}' => " (byte order mark)",
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => " (reorders text)",
        _ => "",
    };
    format!("U+{:04X}{name}", u32::from(c))
}

/// Whether a key may be used: 1 to 128 characters of `[A-Za-z0-9._/-]`.
pub(crate) fn is_key(key: &str) -> bool {
    crate::form::is_word(key, 128, b"._/-")
}

/// Whether an integer survives every JSON reader.
pub(crate) fn is_safe(n: i64) -> bool {
    n.unsigned_abs() <= canonical::MAX_INTEGER.unsigned_abs()
}
