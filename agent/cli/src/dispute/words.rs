//! Rules, sides and names in words.

use arch_dispute::{Rule, Side};
use arch_identity::{Digest, PublicKey};
use serde::Serialize;
use serde_json::Value;

/// A word of a closed list, as JSON has it.
pub(crate) fn word<T: Serialize>(of: &T) -> String {
    match serde_json::to_value(of) {
        Ok(Value::String(word)) => word,
        _ => String::new(),
    }
}

/// The first digits of a digest: enough for people, and to name a dispute by.
pub(crate) fn short(digest: &Digest) -> String {
    digest.hex().chars().take(12).collect()
}

/// The end of a key's name: all of them begin the same.
pub(crate) fn short_key(key: &PublicKey) -> String {
    let did = key.did();
    let start = did.len().saturating_sub(8);
    format!("…{}", did.get(start..).unwrap_or_default())
}

/// What somebody did by whom a rule was broken.
pub(crate) fn rule(rule: Rule) -> &'static str {
    match rule {
        Rule::NotCommitted => "a leaf's hash does not lead to the committed root",
        Rule::NoDifference => "the two leaves are the same",
        Rule::Conceded => "he says so himself",
        Rule::WrongInputs => "he named other roots than those of the job's A and B",
        Rule::WrongCount => "not one digest for each tile or step",
        Rule::ContradictsItself => "his last step is not the tile that he signed before",
        Rule::WrongOpening => "he opened something else than was committed to",
        Rule::WrongMarks => "his leaf, opened, has other tiles than he signed",
        Rule::WrongTile => "the tile of A or B, opened, has another digest than he signed",
        Rule::Computed => "the step, computed, has another digest than he signed",
        Rule::Proved => "the proof says another digest of the sums than he signed",
        Rule::Silent => "he was asked and said nothing in time",
        Rule::NotShown => "who challenges has to show it, and did not in time",
    }
}

pub(crate) fn side(side: Side) -> &'static str {
    match side {
        Side::Challenger => "challenger",
        Side::Respondent => "respondent",
    }
}
