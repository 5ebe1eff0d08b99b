//! Who judges: drawn among those who offered to and computed nothing of the task.
//!
//! The draw follows from the leaf hash of the entry that anchors the commitments, and from the two
//! parties. Neither party can change it afterwards: not by the leaf that is challenged, nor by
//! challenging twice. Whoever keeps the ledger could have tried entries until he liked the draw; and the
//! parties know their judge before the challenge. Both are bearable because a judge decides next to
//! nothing: whoever replays the record sees a wrong verdict.

use std::collections::BTreeSet;

use arch_identity::{Digest, PublicKey};

use crate::{court::Facts, pair::Pair};

/// As many are asked, one after the other, before a finding stands without a judge.
pub const MOST_JUDGES: usize = 3;

/// The judges in the order in which they are asked. The order of the pool, and whoever is in it twice,
/// change nothing.
#[must_use]
pub fn draw(facts: &Facts, parties: &Pair<PublicKey>) -> Vec<PublicKey> {
    let busy: BTreeSet<&PublicKey> =
        facts.computed().chain([&parties.challenger, &parties.respondent]).collect();
    let mut materials = [parties.challenger.material(), parties.respondent.material()];
    materials.sort_unstable();
    let [one, other] = materials;
    let lot = |candidate: &PublicKey| {
        let seed = [facts.task.leaf, one, other, candidate.material()];
        let seed: Vec<u8> = seed.iter().flat_map(|digest| *digest.as_bytes()).collect();
        Digest::of(&[b"arch-network.v1 judge\n".as_slice(), &seed].concat())
    };
    let free = facts.pool.iter().filter(|candidate| !busy.contains(candidate));
    let lots: BTreeSet<(Digest, &PublicKey)> = free.map(|judge| (lot(judge), judge)).collect();
    lots.into_iter().take(MOST_JUDGES).map(|(_, judge)| judge.clone()).collect()
}
