//! The two parties.

use serde::{Deserialize, Serialize};

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Side {
    /// Who says that the other's leaf is wrong.
    Challenger,
    /// Whose leaf it is.
    Respondent,
}

impl Side {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::Challenger, Self::Respondent];

    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Challenger => Self::Respondent,
            Self::Respondent => Self::Challenger,
        }
    }
}

/// One of each side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pair<T> {
    /// The challenger's.
    pub challenger: T,
    /// The respondent's.
    pub respondent: T,
}

impl<T> Pair<T> {
    /// That of a side.
    pub fn of(&self, side: Side) -> &T {
        match side {
            Side::Challenger => &self.challenger,
            Side::Respondent => &self.respondent,
        }
    }

    /// The same, to be changed.
    pub fn of_mut(&mut self, side: Side) -> &mut T {
        match side {
            Side::Challenger => &mut self.challenger,
            Side::Respondent => &mut self.respondent,
        }
    }

    /// The sides for which something holds.
    pub fn sides(&self, holds: impl Fn(&T) -> bool) -> impl Iterator<Item = Side> {
        Side::BOTH.into_iter().filter(move |side| holds(self.of(*side)))
    }
}

impl<T: PartialEq> Pair<T> {
    /// Whether both say the same.
    pub fn agree(&self) -> bool {
        self.challenger == self.respondent
    }

    /// Whose it is.
    pub fn side_of(&self, it: &T) -> Option<Side> {
        Side::BOTH.into_iter().find(|side| self.of(*side) == it)
    }
}

impl<T> Pair<Option<T>> {
    /// Both, if both are there.
    pub fn both(self) -> Option<Pair<T>> {
        Some(Pair { challenger: self.challenger?, respondent: self.respondent? })
    }
}
