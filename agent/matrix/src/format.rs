//! Number formats: what A, B and C hold, and how a format is written.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The type that A and B are held in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CarrierKind {
    /// 8 bits, sums of 32.
    I8,
    /// 16 bits, sums of 64.
    I16,
    /// 32-bit floats, sums of the same.
    F32,
}

impl CarrierKind {
    /// Bytes of a number of A or B.
    #[must_use]
    pub fn bytes(self) -> u64 {
        match self {
            Self::I8 => 1,
            Self::I16 => 2,
            Self::F32 => 4,
        }
    }

    /// Bytes of a number of C.
    #[must_use]
    pub fn sum_bytes(self) -> u64 {
        match self {
            Self::I8 | Self::F32 => 4,
            Self::I16 => 8,
        }
    }
}

/// The power of two by which floats are multiplied before they are rounded to integers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Scale(i8);

impl Scale {
    /// Far enough for every float that is worth it, and near enough that no step on the way leaves
    /// the range of a 64-bit float.
    pub const MOST: i8 = 64;

    /// `2^power`.
    #[must_use]
    pub fn new(power: i64) -> Option<Self> {
        i8::try_from(power).ok().filter(|power| power.unsigned_abs() <= 64).map(Self)
    }

    /// The exponent.
    #[must_use]
    pub fn power(self) -> i8 {
        self.0
    }
}

/// The scales of both factors. C is then in units of `2^-(a + b)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Scales {
    /// A's.
    pub a: Scale,
    /// B's.
    pub b: Scale,
}

/// How numbers are held and added up. Written as `i8`, `i16`, `q7` (8 bits), `q9*q5` (2^9 for A, 2^5
/// for B), `q7/i16`, `q9*q5/i16` or `f32s`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Format {
    /// Integers of 8 bits.
    I8,
    /// Integers of 16 bits.
    I16,
    /// Fixed point: floats times a power of two, rounded half to even, clamped, held as 8 bits.
    Fixed8(Scales),
    /// The same, held as 16 bits.
    Fixed16(Scales),
    /// Strict floats: each product and each sum rounded on its own, in ascending order, one part of
    /// the depth after the other. Only machines with golden vectors may be given such work.
    F32Strict,
}

/// Text that names no format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FormatError {
    /// No such format.
    #[error(
        "`{0}` is no number format; there are i8, i16, q<s>, q<a>*q<b>, either of these with /i16 \
         behind, and f32s"
    )]
    Unknown(String),
    /// Fixed point without its scale.
    #[error("fixed point needs its scale: write the power of two behind the q, as in q7")]
    NoScale,
    /// One scale, written twice.
    #[error("A and B have the same scale; write q{0} once")]
    Twice(i8),
    /// A scale beyond reason.
    #[error("the scale 2^{0} is out of range; the power is from -64 to 64")]
    Scale(i64),
}

impl Format {
    /// The type that A and B are held in.
    #[must_use]
    pub fn carrier(self) -> CarrierKind {
        match self {
            Self::I8 | Self::Fixed8(_) => CarrierKind::I8,
            Self::I16 | Self::Fixed16(_) => CarrierKind::I16,
            Self::F32Strict => CarrierKind::F32,
        }
    }

    /// The scales of A and B, if they come as floats.
    #[must_use]
    pub fn scales(self) -> Option<Scales> {
        match self {
            Self::Fixed8(scales) | Self::Fixed16(scales) => Some(scales),
            _ => None,
        }
    }
}

impl fmt::Display for Scales {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { a: Scale(a), b: Scale(b) } = self;
        if a == b { write!(f, "q{a}") } else { write!(f, "q{a}*q{b}") }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::I8 => f.write_str("i8"),
            Self::I16 => f.write_str("i16"),
            Self::Fixed8(scales) => scales.fmt(f),
            Self::Fixed16(scales) => write!(f, "{scales}/i16"),
            Self::F32Strict => f.write_str("f32s"),
        }
    }
}

impl FromStr for Format {
    type Err = FormatError;

    fn from_str(text: &str) -> Result<Self, FormatError> {
        let unknown = || FormatError::Unknown(text.chars().take(32).collect());
        let (fixed, wide) = match text {
            "i8" => return Ok(Self::I8),
            "i16" => return Ok(Self::I16),
            "f32s" => return Ok(Self::F32Strict),
            _ => text.strip_suffix("/i16").map_or((text, false), |fixed| (fixed, true)),
        };
        let scale = |text| scale(text).map_err(|error| error.unwrap_or_else(unknown));
        let scales = match fixed.split_once('*') {
            None => scale(fixed).map(|both| Scales { a: both, b: both })?,
            Some((a, b)) => Scales { a: scale(a)?, b: scale(b)? },
        };
        // One spelling.
        if fixed.contains('*') && scales.a == scales.b {
            return Err(FormatError::Twice(scales.a.power()));
        }
        Ok(if wide { Self::Fixed16(scales) } else { Self::Fixed8(scales) })
    }
}

/// A `q` and its power; no reason is given for text that is something else.
fn scale(text: &str) -> Result<Scale, Option<FormatError>> {
    let power = text.strip_prefix('q').ok_or(None)?;
    if power.is_empty() {
        return Err(Some(FormatError::NoScale));
    }
    let number: i64 = power.parse().map_err(|_| None)?;
    // One spelling: no plus, no leading zero.
    if number.to_string() != power {
        return Err(None);
    }
    Scale::new(number).ok_or(Some(FormatError::Scale(number)))
}

impl From<Format> for String {
    fn from(format: Format) -> Self {
        format.to_string()
    }
}

impl TryFrom<String> for Format {
    type Error = FormatError;

    fn try_from(text: String) -> Result<Self, FormatError> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_format_is_read_as_it_is_written() {
        for text in ["i8", "i16", "f32s", "q7", "q0", "q-3", "q64", "q-64/i16", "q12/i16"] {
            assert_eq!(text.parse::<Format>().unwrap().to_string(), text);
        }
        for (text, a, b) in [("q9*q5", 9, 5), ("q-64*q64", -64, 64), ("q0*q-1/i16", 0, -1)] {
            let format = text.parse::<Format>().unwrap();
            let scales = format.scales().unwrap();
            assert_eq!((scales.a.power(), scales.b.power()), (a, b));
            assert_eq!(format.to_string(), text);
        }
    }

    #[test]
    fn no_text_of_a_format_is_longer_than_its_place_in_a_hash() {
        let longest = "q-63*q-64/i16".parse::<Format>().unwrap();
        assert!(longest.to_string().len() <= 16);
    }

    #[test]
    fn every_other_spelling_is_refused_with_its_reason() {
        let one = ["", "I8", "i32", "q+7", "q07", "q-0", "q7/i8", "q7/", "f32", "q 7", "qx"];
        let two = ["q9*5", "q9*", "*q5", "q9*q5*q1", "q9/i16*q5/i16", "q9 * q5", "q9,q5", "q9*i8"];
        for text in one.into_iter().chain(two) {
            assert!(matches!(text.parse::<Format>(), Err(FormatError::Unknown(_))), "{text}");
        }
        assert_eq!("q".parse::<Format>(), Err(FormatError::NoScale));
        assert_eq!("q/i16".parse::<Format>(), Err(FormatError::NoScale));
        assert_eq!("q65".parse::<Format>(), Err(FormatError::Scale(65)));
        assert_eq!("q-65".parse::<Format>(), Err(FormatError::Scale(-65)));
        assert_eq!("q9*q".parse::<Format>(), Err(FormatError::NoScale));
        assert_eq!("q9*q65/i16".parse::<Format>(), Err(FormatError::Scale(65)));
        assert_eq!("q-5*q-5".parse::<Format>(), Err(FormatError::Twice(-5)));
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_as_it_was(text in "(q-?[0-9]{1,2}[*]?){1,3}(/i16)?") {
            if let Ok(format) = text.parse::<Format>() {
                prop_assert_eq!(format.to_string(), text);
            }
        }
    }
}
