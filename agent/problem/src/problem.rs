//! A refusal as a value.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Code, Place, Span};

/// What is wrong, where, by which rule, and what to do.
///
/// The message is lower case without a full stop and puts what the user wrote in backticks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Problem {
    /// Its code in the catalogue.
    pub code: Code,
    /// What is wrong, with this file's own words in it.
    pub message: String,
    /// The place that is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Place>,
    /// The rule that decided, when it stands in another place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<Place>,
    /// What to do.
    pub help: String,
}

impl Problem {
    /// A problem with the catalogue's remedy and no place yet.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        let help = code.explanation().remedy.to_owned();
        Self { code, message: message.into(), at: None, rule: None, help }
    }

    /// Says where.
    #[must_use]
    pub fn at(mut self, file: impl Into<String>, span: Span, label: impl Into<String>) -> Self {
        self.at = Some(Place { file: file.into(), span, label: label.into() });
        self
    }

    /// Says which rule decided.
    #[must_use]
    pub fn because(mut self, rule: Place) -> Self {
        self.rule = Some(rule);
        self
    }

    /// Gives a remedy that fits this case better than the catalogue's.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }
}

impl fmt::Display for Problem {
    /// One line, for logs; `archctl` draws the snippet.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)?;
        if let Some(place) = &self.at {
            write!(f, " at {place}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problem {}
