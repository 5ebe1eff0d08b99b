//! Exact decimals in millionths; never a float in a comparison.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::NotCanonical;

/// A decimal fraction in whole millionths, at most 15 significant digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal(i64);

/// The text is not `-?(0|[1-9][0-9]*)\.[0-9]+` within the limits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a decimal has at most 15 digits, at most 6 of them after the point, and no exponent")]
pub struct NotADecimal;

/// 15 digits: every f64 reader writes such a number back unchanged.
const LIMIT: i64 = 999_999_999_999_999;
const UNIT: i64 = 1_000_000;

impl Decimal {
    /// The value in millionths.
    #[must_use]
    pub fn micros(self) -> i64 {
        self.0
    }

    /// The value if it has no fraction.
    #[must_use]
    pub fn whole(self) -> Option<i64> {
        (self.0 % UNIT == 0).then(|| self.0.div_euclid(UNIT))
    }

    /// From millionths; `None` beyond 15 digits.
    #[must_use]
    pub fn from_micros(micros: i64) -> Option<Self> {
        (micros.unsigned_abs() <= LIMIT.unsigned_abs()).then_some(Self(micros))
    }

    /// Reads the shortest text of a JSON number back as an exact decimal.
    pub(super) fn from_json(number: &serde_json::Number) -> Result<Self, NotCanonical> {
        let text = number.to_string();
        // serde_json writes small floats with an exponent; those are below our unit anyway,
        // except for 0.00001 and its kind, which `{}` of f64 writes plainly.
        let plain = match number.as_f64() {
            Some(float) if text.contains(['e', 'E']) => format!("{float}"),
            _ => text.clone(),
        };
        plain.parse().map_err(|NotADecimal| NotCanonical::Number(text))
    }
}

impl FromStr for Decimal {
    type Err = NotADecimal;

    fn from_str(text: &str) -> Result<Self, NotADecimal> {
        let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let (whole, fraction) = digits.split_once('.').ok_or(NotADecimal)?;
        let all_digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        let leading_zero = whole.len() > 1 && whole.starts_with('0');
        let fits = whole.len().saturating_add(fraction.len()) <= 16 && fraction.len() <= 6;
        if !all_digits(whole) || !all_digits(fraction) || leading_zero || !fits {
            return Err(NotADecimal);
        }
        let parts = (whole.parse::<i64>(), format!("{fraction:0<6}").parse::<i64>());
        let (Ok(whole), Ok(fraction)) = parts else { return Err(NotADecimal) };
        let micros = whole.checked_mul(UNIT).and_then(|w| w.checked_add(fraction));
        micros.and_then(|m| m.checked_mul(sign)).and_then(Self::from_micros).ok_or(NotADecimal)
    }
}

impl fmt::Display for Decimal {
    /// The form of ECMAScript's `Number::toString`, which RFC 8785 §3.2.2.3 asks for.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let magnitude = self.0.unsigned_abs();
        let sign = if self.0 < 0 { "-" } else { "" };
        let whole = magnitude.div_euclid(UNIT.unsigned_abs());
        let fraction = format!("{:06}", magnitude.rem_euclid(UNIT.unsigned_abs()));
        match fraction.trim_end_matches('0') {
            "" => write!(f, "{sign}{whole}"),
            fraction => write!(f, "{sign}{whole}.{fraction}"),
        }
    }
}

impl Serialize for Decimal {
    /// As a JSON number. Exact: 15 digits survive f64 there and back.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Some(whole) = self.whole() {
            return serializer.serialize_i64(whole);
        }
        let float = self.to_string().parse().map_err(serde::ser::Error::custom)?;
        serializer.serialize_f64(float)
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = serde_json::Number::deserialize(deserializer)?;
        match number.as_i64() {
            Some(whole) => whole.checked_mul(UNIT).and_then(Self::from_micros).ok_or(NotADecimal),
            None => Self::from_json(&number).map_err(|_| NotADecimal),
        }
        .map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_canonical_form_is_that_of_ecmascript() {
        for (text, canonical) in [
            ("0.15", "0.15"),
            ("1.10", "1.1"),
            ("1.0", "1"),
            ("-0.0", "0"),
            ("0.000001", "0.000001"),
            ("-12.500", "-12.5"),
            ("999999999.999999", "999999999.999999"),
        ] {
            assert_eq!(text.parse::<Decimal>().unwrap().to_string(), canonical);
        }
    }

    #[test]
    fn whatever_could_be_rounded_is_refused() {
        for text in [
            "1",
            ".5",
            "1.",
            "01.5",
            "1e3",
            "1.0e3",
            "0.0000001",
            "1000000000.000000",
            "+1.5",
            "--1.5",
            "1_0.5",
            "1.5 ",
            "NaN",
            "١.5",
        ] {
            assert_eq!(text.parse::<Decimal>(), Err(NotADecimal), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_decimal_survives_text_and_json(micros in -LIMIT..=LIMIT) {
            let decimal = Decimal(micros);
            let json = serde_json::to_string(&decimal).unwrap();
            prop_assert_eq!(serde_json::from_str::<Decimal>(&json).unwrap(), decimal);
            if micros % UNIT != 0 {
                prop_assert_eq!(decimal.to_string().parse::<Decimal>().unwrap(), decimal);
            }
        }
    }
}
