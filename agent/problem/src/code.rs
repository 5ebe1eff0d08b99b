//! A code names one way that things go wrong, for ever.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::catalogue::AREAS;

/// What `archctl explain CODE` prints.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// `ARCH-D004`: a letter for the area, three digits, never used again for anything else.
    pub code: &'static str,
    /// What is wrong, in a few words.
    pub title: &'static str,
    /// How one gets here.
    pub cause: &'static str,
    /// What to do.
    pub remedy: &'static str,
}

/// A code of the catalogue. There is no way to make one that is not in it.
#[derive(Clone, Copy)]
pub struct Code(pub(crate) &'static Explanation);

impl Code {
    /// The code as text, `ARCH-D004`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.0.code
    }

    /// The catalogue's row.
    #[must_use]
    pub fn explanation(self) -> &'static Explanation {
        self.0
    }
}

/// Every row, in the order of the areas and of the codes.
pub fn catalogue() -> impl Iterator<Item = &'static Explanation> {
    AREAS.iter().flat_map(|area| area.iter().copied())
}

/// Finds a row by its code, in any case: `arch-d004` works too.
#[must_use]
pub fn explain(code: &str) -> Option<&'static Explanation> {
    catalogue().find(|row| row.code.eq_ignore_ascii_case(code))
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Code {}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        explain(&text).map(Code).ok_or_else(|| D::Error::custom("no such code in the catalogue"))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_code_is_given_twice() {
        let mut seen = HashSet::new();
        for row in catalogue() {
            assert!(seen.insert(row.code), "{} stands twice", row.code);
        }
    }

    #[test]
    fn every_row_says_what_why_and_what_to_do() {
        for row in catalogue() {
            let (letter, digits) = row.code.strip_prefix("ARCH-").unwrap().split_at(1);
            assert!(letter.chars().all(|c| c.is_ascii_uppercase()), "{}", row.code);
            assert!(
                digits.len() == 3 && digits.chars().all(|c| c.is_ascii_digit()),
                "{}",
                row.code
            );
            for text in [row.title, row.cause, row.remedy] {
                assert!(!text.is_empty() && !text.ends_with('.'), "{}: `{text}`", row.code);
            }
        }
    }

    #[test]
    fn an_unknown_code_cannot_be_read_back() {
        assert!(serde_json::from_str::<Code>("\"ARCH-X999\"").is_err());
        assert!(serde_json::from_str::<Code>("\"ARCH-D108\"").is_ok());
    }
}
