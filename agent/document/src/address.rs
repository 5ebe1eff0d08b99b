//! Where bytes come from or go to, with the digest that they must have.

use std::{fmt, str::FromStr};

use arch_identity::Digest;

use crate::form::text_form;

/// A name or URI, with `@sha256:…` behind it when its bytes are pinned.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    text: String,
    digest: Option<Digest>,
}

/// The text is no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an address is 1 to 512 visible ASCII characters, such as `name@sha256:<64 digits>`")]
pub struct NotAnAddress;

impl Address {
    /// The whole text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The text before `@sha256:`.
    #[must_use]
    pub fn name(&self) -> &str {
        match self.digest {
            Some(_) => self.text.rsplit_once('@').map_or(&*self.text, |(name, _)| name),
            None => &self.text,
        }
    }

    /// The digest of the bytes, when it is pinned.
    #[must_use]
    pub fn digest(&self) -> Option<Digest> {
        self.digest
    }
}

impl FromStr for Address {
    type Err = NotAnAddress;

    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        let visible = (1..=512).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        // Whatever looks like a digest has to be one: `@sha256:abc` is not a name.
        let digest = match text.rsplit_once('@') {
            Some((name, digest)) if digest.starts_with("sha256:") && !name.is_empty() => {
                Some(digest.parse().map_err(|_| NotAnAddress)?)
            }
            Some(("", _)) => return Err(NotAnAddress),
            _ => None,
        };
        if visible { Ok(Self { text: text.to_owned(), digest }) } else { Err(NotAnAddress) }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

text_form!(
    Address,
    "Address",
    "^[!-~]{1,512}$",
    "A name or URI; with \"@sha256:\" and 64 hexadecimal digits behind it when its bytes are pinned."
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pinned_address_gives_its_name_and_digest() {
        let digest = Digest::of(b"module");
        let address: Address = format!("ghcr.io/arch/os@{digest}").parse().unwrap();
        assert_eq!((address.name(), address.digest()), ("ghcr.io/arch/os", Some(digest)));
        let tag: Address = "ghcr.io/arch/os:latest".parse().unwrap();
        assert_eq!((tag.name(), tag.digest()), ("ghcr.io/arch/os:latest", None));
    }

    #[test]
    fn half_a_digest_is_not_taken_for_a_name() {
        for text in ["", "a@sha256:abc", "@sha256:abc", "a b", "a\u{e9}", "@x"] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }
}
