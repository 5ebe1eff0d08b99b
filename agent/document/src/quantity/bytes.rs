//! Amounts of memory and storage.

use std::{fmt, str::FromStr};

use super::{NotAQuantity, whole};
use crate::form::text_form;

/// A number of bytes: `"8Gi"` (powers of 1024), `"500M"` (powers of 1000) or `"1048576"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ByteSize(u64);

const WHAT: NotAQuantity = NotAQuantity(
    "an amount of bytes is written like `\"8Gi\"`, `\"512Mi\"`, `\"500M\"` or `\"1048576\"`",
);

/// 2^53-1: the most that a number in canonical JSON can say.
const MOST: u64 = 9_007_199_254_740_991;

/// Suffixes, longest unit first; `k` is lower case as in Kubernetes.
const UNITS: [(&str, u64); 10] = [
    ("Pi", 1 << 50),
    ("Ti", 1 << 40),
    ("Gi", 1 << 30),
    ("Mi", 1 << 20),
    ("Ki", 1 << 10),
    ("P", 1_000_000_000_000_000),
    ("T", 1_000_000_000_000),
    ("G", 1_000_000_000),
    ("M", 1_000_000),
    ("k", 1_000),
];

impl ByteSize {
    /// So many bytes.
    #[must_use]
    pub const fn new(bytes: u64) -> Self {
        Self(bytes)
    }

    /// The number of bytes.
    #[must_use]
    pub const fn bytes(self) -> u64 {
        self.0
    }
}

impl FromStr for ByteSize {
    type Err = NotAQuantity;

    fn from_str(text: &str) -> Result<Self, NotAQuantity> {
        let (number, unit) = UNITS
            .iter()
            .find_map(|(suffix, unit)| text.strip_suffix(suffix).map(|number| (number, *unit)))
            .unwrap_or((text, 1));
        let bytes = whole(number).and_then(|n| n.checked_mul(unit)).filter(|n| *n <= MOST);
        bytes.map(Self).ok_or(WHAT)
    }
}

impl fmt::Display for ByteSize {
    /// With the largest power of 1024 that leaves a whole number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fits = |unit: u64| self.0 > 0 && self.0.is_multiple_of(unit);
        match UNITS.iter().take(5).find(|(_, unit)| fits(*unit)) {
            Some((suffix, unit)) => write!(f, "{}{suffix}", self.0.checked_div(*unit).unwrap_or(0)),
            None => write!(f, "{}", self.0),
        }
    }
}

text_form!(
    ByteSize,
    "ByteSize",
    "^(0|[1-9][0-9]*)(Ki|Mi|Gi|Ti|Pi|k|M|G|T|P)?$",
    "Bytes: \"8Gi\" (powers of 1024), \"500M\" (powers of 1000) or \"1048576\"."
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_families_of_units_are_understood() {
        for (text, bytes, canonical) in [
            ("8Gi", 8_589_934_592, "8Gi"),
            ("1024Mi", 1_073_741_824, "1Gi"),
            ("500M", 500_000_000, "500000000"),
            ("1k", 1_000, "1000"),
            ("0", 0, "0"),
        ] {
            let size: ByteSize = text.parse().unwrap();
            assert_eq!((size.bytes(), size.to_string().as_str()), (bytes, canonical));
        }
    }

    #[test]
    fn other_spellings_are_refused() {
        for text in ["", "Gi", "8gi", "8GB", "1.5Gi", "-1", "8 Gi", "9Pi", "01", "1K", "1m"] {
            assert!(text.parse::<ByteSize>().is_err(), "{text}");
        }
    }
}
