//! Patterns over names: `*` stands for any run without `/`, `**` for any run at all.
//!
//! Where a pattern refuses, `*` stands for any run at all as well: an owner, a label or an image
//! may contain `/`, and a name with one more `/` in it must not slip past a refusal.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The longest pattern, in bytes.
pub const MAX_PATTERN: usize = 256;

/// A pattern such as `user:*` or `ghcr.io/arch/**`. Upper and lower case differ. `*` stands for any
/// run without `/`, and under `refuse` for any run at all; `**` for any run at all.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Pattern(#[schemars(length(min = 1, max = 256), regex(pattern = r"^[!-~]+$"))] String);

impl Pattern {
    /// A pattern of this text, usable or not; [`is_usable`](Self::is_usable) tells.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Whether it is 1 to 256 visible ASCII characters.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        (1..=MAX_PATTERN).contains(&self.0.len()) && self.0.bytes().all(|b| b.is_ascii_graphic())
    }

    /// Whether the whole of `text` fits, for what allows: `*` stays between slashes.
    #[must_use]
    pub fn fits(&self, text: &str) -> bool {
        self.reads(text, |c| c != '/')
    }

    /// Whether the whole of `text` fits, for what refuses: `*` goes over slashes too.
    #[must_use]
    pub fn fits_widely(&self, text: &str) -> bool {
        self.reads(text, |_| true)
    }

    /// Time is at most length of pattern times length of text.
    fn reads(&self, text: &str, one_star: impl Fn(char) -> bool) -> bool {
        let mut reached = Reached::start(text);
        let mut rest = self.0.as_str();
        while let Some(first) = rest.chars().next() {
            if let Some(after) = rest.strip_prefix("**") {
                reached.run(|_| true);
                rest = after;
            } else if first == '*' {
                reached.run(&one_star);
                rest = rest.strip_prefix('*').unwrap_or_default();
            } else {
                reached.step(first);
                rest = rest.strip_prefix(first).unwrap_or_default();
            }
        }
        reached.at_end()
    }

    /// As written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The places of a text that a pattern read so far can have reached; no backtracking.
struct Reached {
    text: Vec<char>,
    /// One flag before each character, and one for the end.
    flags: Vec<bool>,
}

impl Reached {
    fn start(text: &str) -> Self {
        let text: Vec<char> = text.chars().collect();
        let mut flags = vec![true];
        flags.resize(text.len().saturating_add(1), false);
        Self { text, flags }
    }

    /// Goes on over exactly `wanted`.
    fn step(&mut self, wanted: char) {
        let mut before = false;
        for (flag, c) in self.flags.iter_mut().zip(self.text.iter().map(Some).chain([None])) {
            let here = std::mem::replace(flag, before);
            before = here && c == Some(&wanted);
        }
    }

    /// Goes on over any run of characters that `may` allows.
    fn run(&mut self, may: impl Fn(char) -> bool) {
        let mut before = false;
        for (flag, c) in self.flags.iter_mut().zip(self.text.iter().map(Some).chain([None])) {
            *flag |= before;
            before = *flag && c.is_some_and(|c| may(*c));
        }
    }

    fn at_end(&self) -> bool {
        self.flags.last().is_some_and(|flag| *flag)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_star_stays_between_slashes_and_two_do_not() {
        for (pattern, text, fits) in [
            ("user:*", "user:ann", true),
            ("user:*", "user:", true),
            ("user:*", "group:ann", false),
            ("user:*", "user:ann/x", false),
            ("ghcr.io/arch/*", "ghcr.io/arch/embed", true),
            ("ghcr.io/arch/*", "ghcr.io/arch/evil/embed", false),
            ("ghcr.io/arch/**", "ghcr.io/arch/os/embed", true),
            ("ghcr.io/arch/**", "ghcr.io/archer/x", false),
            ("**", "", true),
            ("*", "", true),
            ("a*b*c", "a1b2c", true),
            ("a*b*c", "a1b2", false),
            ("a**c", "a/b/c", true),
            ("***", "a/b", true),
            ("", "", true),
            ("", "a", false),
            ("User:ann", "user:ann", false),
        ] {
            assert_eq!(Pattern::new(pattern).fits(text), fits, "`{pattern}` on `{text}`");
        }
    }

    #[test]
    fn one_star_of_a_refusal_goes_over_slashes() {
        for (pattern, text, fits) in [
            ("guest:*", "guest:a/b", true),
            ("guest:*", "user:guest:a", false),
            ("mining*", "mining/x", true),
            ("evil/*", "evil/a/b", true),
            ("evil/*", "good/evil/a", false),
            ("a*c", "a/b/c", true),
            ("a*c", "a/b/d", false),
        ] {
            assert_eq!(Pattern::new(pattern).fits_widely(text), fits, "`{pattern}` on `{text}`");
        }
    }

    #[test]
    fn a_pattern_made_to_backtrack_ends_at_once() {
        let pattern = Pattern::new("*a".repeat(100) + "b");
        assert!(!pattern.fits(&"a".repeat(10_000)));
    }

    /// The same rule as plain recursion.
    fn slow(pattern: &str, text: &str) -> bool {
        let tails = || text.char_indices().map(|(at, c)| (at.saturating_add(c.len_utf8()), c));
        if let Some(rest) = pattern.strip_prefix("**") {
            slow(rest, text) || tails().any(|(at, _)| slow(rest, &text[at..]))
        } else if let Some(rest) = pattern.strip_prefix('*') {
            slow(rest, text)
                || tails().take_while(|(_, c)| *c != '/').any(|(at, _)| slow(rest, &text[at..]))
        } else if let Some(first) = pattern.chars().next() {
            text.strip_prefix(first).is_some_and(|rest| slow(&pattern[first.len_utf8()..], rest))
        } else {
            text.is_empty()
        }
    }

    proptest! {
        #[test]
        fn the_quick_matcher_agrees_with_plain_recursion(
            pattern in "[ab/*]{0,8}", text in "[ab/]{0,10}",
        ) {
            prop_assert_eq!(Pattern::new(pattern.clone()).fits(&text), slow(&pattern, &text));
            let wide = pattern.replace('*', "**");
            prop_assert_eq!(Pattern::new(pattern.clone()).fits_widely(&text), slow(&wide, &text));
        }

        #[test]
        fn what_fits_narrowly_fits_widely(pattern in "[ab/*]{0,8}", text in "[ab/]{0,10}") {
            let pattern = Pattern::new(pattern);
            prop_assert!(!pattern.fits(&text) || pattern.fits_widely(&text));
        }
    }
}
