//! Instants: whole seconds of UTC, written one way only.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// A second of UTC between the years 1970 and 9999, written `2026-11-23T00:00:00Z`.
///
/// Source: RFC 3339 §5.6, with `T` and `Z` in upper case, no fraction and no leap second.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// The text is not a whole second of UTC in the one accepted form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a time is written like `2026-11-23T00:00:00Z`")]
pub struct NotATimestamp;

/// `9999-12-31T23:59:59Z`.
const LAST: i64 = 253_402_300_799;

impl Timestamp {
    /// From seconds since 1970-01-01T00:00:00Z; `None` outside 1970 to 9999.
    #[must_use]
    pub fn from_unix(seconds: i64) -> Option<Self> {
        (0..=LAST).contains(&seconds).then_some(Self(seconds))
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn unix(self) -> i64 {
        self.0
    }

    /// `seconds` later, at most the end of the year 9999.
    #[must_use]
    pub fn plus(self, seconds: u64) -> Self {
        Self(self.0.saturating_add(i64::try_from(seconds).unwrap_or(LAST)).min(LAST))
    }

    /// `seconds` earlier, at least the start of 1970.
    #[must_use]
    pub fn minus(self, seconds: u64) -> Self {
        Self(self.0.saturating_sub(i64::try_from(seconds).unwrap_or(LAST)).max(0))
    }

    /// How many seconds `self` lies after `earlier`; 0 when it does not.
    #[must_use]
    pub fn seconds_since(self, earlier: Self) -> u64 {
        u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0)
    }
}

/// Days since 1970-01-01 to (year, month, day), and back, in the proleptic Gregorian calendar.
///
/// Both count from 0000-03-01, so that the leap day is the last of its year.
mod calendar {
    /// Days from 0000-03-01 to 1970-01-01.
    const SHIFT: i64 = 719_468;

    pub(super) fn date(days: i64) -> (i64, i64, i64) {
        let days = days.saturating_add(SHIFT);
        let era = days.div_euclid(146_097);
        let of_era = days.rem_euclid(146_097);
        let year_of_era = of_era
            .saturating_sub(of_era.div_euclid(1_460))
            .saturating_add(of_era.div_euclid(36_524))
            .saturating_sub(of_era.div_euclid(146_096))
            .div_euclid(365);
        let leap_days = year_of_era.div_euclid(4).saturating_sub(year_of_era.div_euclid(100));
        let of_year =
            of_era.saturating_sub(year_of_era.saturating_mul(365)).saturating_sub(leap_days);
        let shifted_month = of_year.saturating_mul(5).saturating_add(2).div_euclid(153);
        let before = shifted_month.saturating_mul(153).saturating_add(2).div_euclid(5);
        let day = of_year.saturating_sub(before).saturating_add(1);
        let month = if shifted_month < 10 {
            shifted_month.saturating_add(3)
        } else {
            shifted_month.saturating_sub(9)
        };
        let year = era.saturating_mul(400).saturating_add(year_of_era);
        (year.saturating_add(i64::from(month <= 2)), month, day)
    }

    /// Days of a month; none of a month that is none.
    pub(super) fn days_of(year: i64, month: i64) -> i64 {
        let leaps =
            year.rem_euclid(4) == 0 && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0);
        match month {
            2 if leaps => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => 0,
        }
    }

    pub(super) fn days(year: i64, month: i64, day: i64) -> i64 {
        let year = year.saturating_sub(i64::from(month <= 2));
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let shifted_month = month.saturating_add(9).rem_euclid(12);
        let before = shifted_month.saturating_mul(153).saturating_add(2).div_euclid(5);
        let of_year = before.saturating_add(day).saturating_sub(1);
        let leap_days = year_of_era.div_euclid(4).saturating_sub(year_of_era.div_euclid(100));
        let of_era =
            year_of_era.saturating_mul(365).saturating_add(leap_days).saturating_add(of_year);
        era.saturating_mul(146_097).saturating_add(of_era).saturating_sub(SHIFT)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = calendar::date(self.0.div_euclid(86_400));
        let second = self.0.rem_euclid(86_400);
        let (hour, minute) = (second.div_euclid(3_600), second.div_euclid(60).rem_euclid(60));
        let second = second.rem_euclid(60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Timestamp {
    /// Reads text that has the right length.
    ///
    /// # Errors
    /// [`NotATimestamp`].
    pub fn from_text(text: &[u8; 20]) -> Result<Self, NotATimestamp> {
        let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', rest @ ..] = text else {
            return Err(NotATimestamp);
        };
        let [h1, h2, b':', n1, n2, b':', s1, s2, b'Z'] = rest else { return Err(NotATimestamp) };
        let date = (two(y1, y2), two(y3, y4), two(m1, m2), two(d1, d2));
        let clock = (two(h1, h2), two(n1, n2), two(s1, s2));
        let (Some(century), Some(year), Some(month), Some(day)) = date else {
            return Err(NotATimestamp);
        };
        let (Some(hour), Some(minute), Some(second)) = clock else { return Err(NotATimestamp) };
        let year = century.saturating_mul(100).saturating_add(year);
        let possible = (1..=calendar::days_of(year, month)).contains(&day)
            && hour < 24
            && minute < 60
            && second < 60;
        if !possible {
            return Err(NotATimestamp);
        }
        let minutes = hour.saturating_mul(60).saturating_add(minute);
        let seconds = minutes.saturating_mul(60).saturating_add(second);
        let days = calendar::days(year, month, day);
        let seconds = days.saturating_mul(86_400).saturating_add(seconds);
        Self::from_unix(seconds).ok_or(NotATimestamp)
    }
}

/// What two digits say.
fn two(tens: &u8, ones: &u8) -> Option<i64> {
    let digit = |digit: &u8| digit.is_ascii_digit().then(|| i64::from(digit.wrapping_sub(b'0')));
    Some(digit(tens)?.saturating_mul(10).saturating_add(digit(ones)?))
}

impl FromStr for Timestamp {
    type Err = NotATimestamp;

    fn from_str(text: &str) -> Result<Self, NotATimestamp> {
        Self::from_text(text.as_bytes().try_into().map_err(|_| NotATimestamp)?)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_instants_read_and_write() {
        for (text, unix) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29T12:00:00Z", 951_825_600),
            ("2026-11-23T00:00:00Z", 1_795_392_000),
            ("9999-12-31T23:59:59Z", LAST),
        ] {
            assert_eq!(text.parse::<Timestamp>().unwrap().unix(), unix, "{text}");
            assert_eq!(Timestamp::from_unix(unix).unwrap().to_string(), text);
        }
    }

    #[test]
    fn other_spellings_and_impossible_dates_are_refused() {
        for text in [
            "2026-11-23",
            "2026-11-23T00:00:00",
            "2026-11-23t00:00:00z",
            "2026-11-23T00:00:00+00:00",
            "2026-11-23T00:00:00.0Z",
            "2026-02-29T00:00:00Z",
            "2100-02-29T00:00:00Z",
            "2026-04-31T00:00:00Z",
            "2026-01-32T00:00:00Z",
            "2026-01-00T00:00:00Z",
            "2026-00-01T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-11-23T24:00:00Z",
            "2026-11-23T00:00:60Z",
            "1969-12-31T23:59:59Z",
            "+026-11-23T00:00:00Z",
            "",
            "2026-11-23T00:00:00Zé",
            "２０26-11-23T00:00:00Z",
        ] {
            assert_eq!(text.parse::<Timestamp>(), Err(NotATimestamp), "{text}");
        }
    }

    #[test]
    fn every_day_there_is_and_no_other_is_read() {
        let mut days = 0..;
        for (year, month, day) in (1970..2405)
            .flat_map(|year| (0..=13).map(move |month| (year, month)))
            .flat_map(|(year, month)| (0..=32).map(move |day| (year, month, day)))
        {
            let text = format!("{year:04}-{month:02}-{day:02}T00:00:00Z");
            if let Ok(found) = text.parse::<Timestamp>() {
                assert_eq!(
                    Some(found.unix()),
                    days.next().map(|days: i64| days * 86_400),
                    "{text}"
                );
            }
        }
        assert_eq!(days.next(), Some(158_881), "days from 1970 to 2404");
    }

    proptest! {
        #[test]
        fn every_second_reads_back(unix in 0..=LAST) {
            let instant = Timestamp::from_unix(unix).unwrap();
            prop_assert_eq!(instant.to_string().parse::<Timestamp>(), Ok(instant));
        }

        #[test]
        fn no_text_panics(text in ".*") {
            let _ = text.parse::<Timestamp>();
        }
    }
}
