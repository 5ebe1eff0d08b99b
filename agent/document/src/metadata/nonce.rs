//! The random text that makes two equal jobs two documents.

use std::{fmt, str::FromStr};

use crate::form::{is_word, text_form};

/// At least 16 bytes, written as base64url or hexadecimal digits: 22 to 128 characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nonce(String);

/// The text is no nonce.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "a nonce is 16 to 64 random bytes in hexadecimal digits or base64url, 22 to 128 characters"
)]
pub struct NotANonce;

impl Nonce {
    /// The nonce as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Nonce {
    type Err = NotANonce;

    fn from_str(text: &str) -> Result<Self, NotANonce> {
        // 16 bytes are 22 characters of base64url; 22 to 31 hexadecimal digits would be fewer.
        let hex = text.bytes().all(|b| b.is_ascii_hexdigit());
        let long_enough = text.len() >= if hex { 32 } else { 22 };
        if is_word(text, 128, b"_-") && long_enough {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotANonce)
        }
    }
}

impl fmt::Display for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_form!(
    Nonce,
    "Nonce",
    // Hexadecimal digits alone say less each, so that there are 32 of them; `schema_of` adds that
    // other texts have 22 characters.
    "^([0-9A-Fa-f]{32,128}|[0-9A-Fa-f]*[G-Zg-z_-][A-Za-z0-9_-]*)$",
    "At least 16 random bytes in hexadecimal digits or base64url."
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_bytes_are_needed_in_either_spelling() {
        assert!("00112233445566778899aabbccddeeff".parse::<Nonce>().is_ok());
        assert!("qL8R4QIcQ_ZsRqOAbeRfcZ".parse::<Nonce>().is_ok());
        for text in [
            "",
            "short",
            "00112233445566778899aabb",
            "00112233445566778899aabbccddeef=",
            "ééééééééééééééééé",
        ] {
            assert!(text.parse::<Nonce>().is_err(), "{text}");
        }
    }
}
