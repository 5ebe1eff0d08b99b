//! Lengths of time.

use std::{fmt, str::FromStr};

use super::{NotAQuantity, whole};
use crate::form::text_form;

/// A length of time in whole seconds: `"45s"`, `"10m"`, `"1h30m"`, `"2d"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Duration(u64);

const WHAT: NotAQuantity = NotAQuantity(
    "a length of time is written like `\"45s\"`, `\"10m\"`, `\"1h30m\"` or `\"2d\"`, at most 366 days",
);

const MOST: u64 = 31_622_400;
const UNITS: [(char, u64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

impl Duration {
    /// So many seconds.
    #[must_use]
    pub const fn from_seconds(seconds: u64) -> Self {
        Self(seconds)
    }

    /// Whole seconds.
    #[must_use]
    pub const fn seconds(self) -> u64 {
        self.0
    }
}

impl FromStr for Duration {
    type Err = NotAQuantity;

    fn from_str(text: &str) -> Result<Self, NotAQuantity> {
        let mut rest = text;
        let mut total = 0_u64;
        // Each unit at most once and the larger first, so the loop is over the units.
        for (unit, seconds) in UNITS {
            if let Some((number, after)) = rest.split_once(unit).filter(|(n, _)| is_number(n)) {
                let part = whole(number).and_then(|n| n.checked_mul(seconds)).ok_or(WHAT)?;
                total = total.checked_add(part).ok_or(WHAT)?;
                rest = after;
            }
        }
        if rest.is_empty() && !text.is_empty() && total <= MOST {
            Ok(Self(total))
        } else {
            Err(WHAT)
        }
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0s");
        }
        let mut rest = self.0;
        for (unit, seconds) in UNITS {
            let count = rest.checked_div(seconds).unwrap_or(0);
            rest = rest.checked_rem(seconds).unwrap_or(0);
            if count > 0 {
                write!(f, "{count}{unit}")?;
            }
        }
        Ok(())
    }
}

text_form!(
    Duration,
    "Duration",
    "^((0|[1-9][0-9]*)d((0|[1-9][0-9]*)h)?((0|[1-9][0-9]*)m)?((0|[1-9][0-9]*)s)?\
     |(0|[1-9][0-9]*)h((0|[1-9][0-9]*)m)?((0|[1-9][0-9]*)s)?\
     |(0|[1-9][0-9]*)m((0|[1-9][0-9]*)s)?|(0|[1-9][0-9]*)s)$",
    "A length of time: \"45s\", \"10m\", \"1h30m\" or \"2d\"."
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_add_up() {
        for (text, seconds, canonical) in [
            ("10m", 600, "10m"),
            ("1h30m", 5_400, "1h30m"),
            ("90m", 5_400, "1h30m"),
            ("2d", 172_800, "2d"),
        ] {
            let time: Duration = text.parse().unwrap();
            assert_eq!((time.seconds(), time.to_string().as_str()), (seconds, canonical));
        }
    }

    #[test]
    fn other_spellings_are_refused() {
        for text in
            ["", "10", "m", "10M", "30m1h", "1h1h", "-1s", "1.5h", "10 m", "367d", "5ms", "s1"]
        {
            assert!(text.parse::<Duration>().is_err(), "{text}");
        }
    }
}
