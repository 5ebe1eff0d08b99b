//! Who is at fault, by which rule, and on what evidence.

use arch_identity::{Digest, Timestamp};
use serde::{Deserialize, Serialize};

use crate::pair::{Pair, Side};

/// The rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Rule {
    /// Leaves that the commitments do not have; or other digests of tiles than were committed to, where
    /// they were.
    NotCommitted,
    /// The challenge is about two leaves that are the same.
    NoDifference,
    /// The respondent says so himself.
    Conceded,
    /// Other roots than those of the job's A and B.
    WrongInputs,
    /// Not one digest for each tile of the leaf, or for each step of the depth.
    WrongCount,
    /// The last of the steps is not the tile that was signed before.
    ContradictsItself,
    /// What was opened is not what was committed to.
    WrongOpening,
    /// The tiles that were signed are not those of the leaf that was committed to.
    WrongMarks,
    /// The digest of a tile of A or B is not that of the inputs.
    WrongTile,
    /// The step gives other sums, as whoever judges computed.
    Computed,
    /// The step gives other sums, as a proof says.
    Proved,
    /// Nothing was said in time, where it was his turn.
    Silent,
    /// Who challenges has to show it, and did not in time.
    NotShown,
}

/// One party's fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Whose.
    pub who: Side,
    /// By which rule.
    pub rule: Rule,
    /// The message that shows it; where something was not said, the last that was heard.
    pub evidence: Digest,
    /// When that message was heard.
    pub at: Timestamp,
}

/// How a dispute ends: what a verdict has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// Each party that is at fault, the challenger first.
    pub at_fault: Vec<Fault>,
    /// The key that a proof was believed under, where one decided.
    pub believed: Option<Believed>,
}

/// A key of a circuit, under which a proof was believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Believed {
    /// The circuit's name.
    pub circuit: String,
    /// Digest of its verifying key.
    pub key: Digest,
}

impl Finding {
    /// The same fault for each of these sides.
    pub(crate) fn of(
        sides: impl Iterator<Item = Side>,
        rule: Rule,
        (evidence, at): (Digest, Timestamp),
    ) -> Self {
        let at_fault = sides.map(|who| Fault { who, rule, evidence, at }).collect();
        Self { at_fault, believed: None }
    }

    /// The same, by a proof under this key.
    pub(crate) fn under(self, circuit: &str, key: Digest) -> Self {
        let circuit = circuit.to_owned();
        Self { believed: Some(Believed { circuit, key }), ..self }
    }

    /// Whether it rests on a key that was revoked since. What was found stands as it was found then; the
    /// two may dispute the same leaf once more.
    pub fn is_reopenable(&self, revoked: impl FnOnce(&Believed) -> bool) -> bool {
        self.believed.as_ref().is_some_and(revoked)
    }

    /// Each side for which something holds is at fault.
    pub(crate) fn where_it_holds<T>(
        pair: &Pair<T>,
        holds: impl Fn(&T) -> bool,
        rule: Rule,
        heard: (Digest, Timestamp),
    ) -> Self {
        Self::of(pair.sides(holds), rule, heard)
    }

    /// Whether the challenge is right: the respondent is at fault.
    #[must_use]
    pub fn upheld(&self) -> bool {
        self.blames(Side::Respondent)
    }

    /// Whether a side is at fault.
    #[must_use]
    pub fn blames(&self, side: Side) -> bool {
        self.at_fault.iter().any(|fault| fault.who == side)
    }
}
