//! Amounts as Kubernetes writes them: `"500m"` CPU, `"8Gi"` memory, `"10m"` of time.
//!
//! Text in, exact integers inside, one canonical text out. Nothing is rounded.

mod bytes;
mod cpu;
mod time;

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use bytes::ByteSize;
pub use cpu::Cpu;
pub use time::Duration;

use crate::form::text_form;

/// The text is no amount of the kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotAQuantity(pub(crate) &'static str);

/// Electric power, in whole watts; a number in documents.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(transparent)]
pub struct Watts(u32);

impl Watts {
    /// So many watts.
    #[must_use]
    pub const fn new(watts: u32) -> Self {
        Self(watts)
    }

    /// The number of watts.
    #[must_use]
    pub const fn watts(self) -> u32 {
        self.0
    }
}

impl fmt::Display for Watts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} W", self.0)
    }
}

/// A number of whole GPUs; text such as `"0"` in documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct GpuCount(u32);

impl GpuCount {
    /// So many GPUs.
    #[must_use]
    pub const fn new(count: u32) -> Self {
        Self(count)
    }

    /// The number of GPUs.
    #[must_use]
    pub const fn count(self) -> u32 {
        self.0
    }
}

impl fmt::Display for GpuCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl FromStr for GpuCount {
    type Err = NotAQuantity;

    fn from_str(text: &str) -> Result<Self, NotAQuantity> {
        const WHAT: NotAQuantity =
            NotAQuantity("a number of GPUs is written like `\"0\"` or `\"2\"`");
        let count = whole(text).and_then(|n| u32::try_from(n).ok()).filter(|n| *n <= 1_024);
        count.map(Self).ok_or(WHAT)
    }
}

text_form!(GpuCount, "GpuCount", "^(0|[1-9][0-9]{0,3})$", "A number of whole GPUs, such as \"0\".");

/// A whole number without sign or leading zeros, at most 2^53-1.
pub(crate) fn whole(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.len() <= 16 && text.bytes().all(|b| b.is_ascii_digit());
    let plain = digits && (text.len() == 1 || !text.starts_with('0'));
    text.parse().ok().filter(|n| plain && *n <= 9_007_199_254_740_991)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_gpu_count_is_a_small_whole_number_in_quotes() {
        assert_eq!("2".parse::<GpuCount>().unwrap().count(), 2);
        for text in ["", "-1", "+1", "01", "1.0", "1025", "two", "1 "] {
            assert!(text.parse::<GpuCount>().is_err(), "{text}");
        }
        assert!(serde_json::from_str::<GpuCount>("2").is_err());
    }

    proptest! {
        #[test]
        fn every_amount_reads_back_from_its_text(n in 0..=9_007_199_254_740_991_u64) {
            let cpu = Cpu::from_millicores(n % 1_000_000_000);
            prop_assert_eq!(cpu.to_string().parse::<Cpu>().unwrap(), cpu);
            let size = ByteSize::new(n);
            prop_assert_eq!(size.to_string().parse::<ByteSize>().unwrap(), size);
            let time = Duration::from_seconds(n % 31_622_400);
            prop_assert_eq!(time.to_string().parse::<Duration>().unwrap(), time);
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,24}") {
            let _ = text.parse::<Cpu>();
            let _ = text.parse::<ByteSize>();
            let _ = text.parse::<Duration>();
            let _ = text.parse::<GpuCount>();
        }
    }
}
