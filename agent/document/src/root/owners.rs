//! Owners that the signers of a role answer for.

use std::{fmt, str::FromStr};

use crate::form::{is_word, text_form};

/// One owner, such as `user:ada`, or with stars at the end all that start so: `user:lab-*` stops at
/// `/`, `org:lab/**` does not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OwnerPattern(String);

/// The text is no such pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "an owner here is 1 to 256 characters of `A-Z a-z 0-9 . _ : @ / + -`, perhaps with `*` or `**` \
     at the end"
)]
pub struct NotAnOwnerPattern;

impl OwnerPattern {
    /// Whether the pattern means `owner`.
    #[must_use]
    pub fn fits(&self, owner: &str) -> bool {
        if let Some(start) = self.0.strip_suffix("**") {
            owner.starts_with(start)
        } else if let Some(start) = self.0.strip_suffix('*') {
            owner.strip_prefix(start).is_some_and(|rest| !rest.contains('/'))
        } else {
            owner == self.0
        }
    }
}

impl FromStr for OwnerPattern {
    type Err = NotAnOwnerPattern;

    fn from_str(text: &str) -> Result<Self, NotAnOwnerPattern> {
        let one = text.strip_suffix('*').unwrap_or(text);
        let start = one.strip_suffix('*').unwrap_or(one);
        let plain = start.is_empty() || is_word(start, 256, b"._:@/+-");
        if plain && !text.is_empty() { Ok(Self(text.to_owned())) } else { Err(NotAnOwnerPattern) }
    }
}

impl fmt::Display for OwnerPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_form!(
    OwnerPattern,
    "OwnerPattern",
    "^([A-Za-z0-9._:@/+-]{1,256}[*]{0,2}|[*]{1,2})$",
    "An owner such as \"user:ada\"; with * at its end all that start so, up to a /; with ** all."
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_at_the_end_alone_and_one_star_stops_at_a_slash() {
        for (pattern, owner, fits) in [
            ("user:ada", "user:ada", true),
            ("user:ada", "user:ada2", false),
            ("user:lab-*", "user:lab-7", true),
            ("user:lab-*", "user:lab-", true),
            ("user:lab-*", "user:lab-7/x", false),
            ("org:lab/**", "org:lab/a/b", true),
            ("org:lab/**", "org:labs", false),
            ("**", "anybody/at/all", true),
            ("*", "", true),
        ] {
            let read: OwnerPattern = pattern.parse().unwrap();
            assert_eq!(read.fits(owner), fits, "`{pattern}` on `{owner}`");
        }
        for text in ["", "a*b", "***", "user: ada", "a\n", "*a"] {
            assert!(text.parse::<OwnerPattern>().is_err(), "{text}");
        }
    }
}
