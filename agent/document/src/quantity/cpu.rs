//! CPU time per time: cores and thousandths of a core.

use std::{fmt, str::FromStr};

use super::{NotAQuantity, whole};
use crate::form::text_form;

/// CPUs in thousandths of a core: `"4"`, `"0.5"` and `"500m"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Cpu(u64);

const WHAT: NotAQuantity =
    NotAQuantity("CPUs are written like `\"4\"`, `\"0.5\"` or `\"500m\"` (thousandths of a core)");

/// A million cores; more is a slip of the pen.
const MOST: u64 = 1_000_000_000;

impl Cpu {
    /// So many thousandths of a core.
    #[must_use]
    pub const fn from_millicores(millicores: u64) -> Self {
        Self(millicores)
    }

    /// Thousandths of a core.
    #[must_use]
    pub const fn millicores(self) -> u64 {
        self.0
    }
}

impl FromStr for Cpu {
    type Err = NotAQuantity;

    fn from_str(text: &str) -> Result<Self, NotAQuantity> {
        let milli = if let Some(milli) = text.strip_suffix('m') {
            whole(milli)
        } else if let Some((cores, fraction)) = text.split_once('.') {
            let fits = (1..=3).contains(&fraction.len());
            let digits = fits && fraction.bytes().all(|b| b.is_ascii_digit());
            let parts = whole(cores).zip(format!("{fraction:0<3}").parse::<u64>().ok());
            parts.filter(|_| digits).and_then(|(c, f)| c.checked_mul(1_000)?.checked_add(f))
        } else {
            whole(text).and_then(|cores| cores.checked_mul(1_000))
        };
        milli.filter(|m| *m <= MOST).map(Self).ok_or(WHAT)
    }
}

impl fmt::Display for Cpu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_multiple_of(1_000) {
            write!(f, "{}", self.0 / 1_000)
        } else {
            write!(f, "{}m", self.0)
        }
    }
}

text_form!(
    Cpu,
    "Cpu",
    "^((0|[1-9][0-9]*)(\\.[0-9]{1,3})?|(0|[1-9][0-9]*)m)$",
    "CPUs: \"4\", \"0.5\" or \"500m\" (thousandths of a core)."
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cores_fractions_and_thousandths_mean_the_same() {
        for (text, milli, canonical) in [
            ("4", 4_000, "4"),
            ("0.5", 500, "500m"),
            ("500m", 500, "500m"),
            ("1.25", 1_250, "1250m"),
        ] {
            let cpu: Cpu = text.parse().unwrap();
            assert_eq!((cpu.millicores(), cpu.to_string().as_str()), (milli, canonical));
        }
    }

    #[test]
    fn what_would_have_to_be_rounded_is_refused() {
        for text in ["", "m", "0.0001", "1.", ".5", "-1", "1e3", "4 ", "1000001", "0.5m", "٤"] {
            assert!(text.parse::<Cpu>().is_err(), "{text}");
        }
    }
}
