//! Everything that somebody may try.

use arch_campaign::Case;

use super::{scene::Scene, world::World};
use crate::{
    Bytes, Challenge, Concede, Dispute, Own, Pair, Proof, Roots, Says, Shown, Side, TileDigest,
};

/// How somebody departs from what an honest one with his values would say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quirk {
    /// Not at all.
    Plays,
    /// From one of his messages on he is silent; or late, which is the same.
    Silent(u64),
    /// Concedes as soon as he is asked.
    Concedes,
    /// A digest too few or too many.
    Miscounts,
    /// Signs the digests of the right values, whatever he committed to.
    RightMarks,
    /// Signs some other digest for one tile.
    OtherMark,
    /// Some other digests after a step, with the right end.
    OtherSteps,
    /// The steps that the other one said, if he has, or the right ones.
    OthersSteps,
    /// Another end than he signed.
    OtherEnd,
    /// Another digest of the tile of A.
    OtherA,
    /// Another one of that of B.
    OtherB,
    /// Both.
    OtherInputs,
    /// Other roots of the inputs.
    OtherRoots,
    /// Opens other values.
    OtherValues,
    /// Opens with another path, of a leaf or of his marks.
    OtherPath,
    /// Proves nothing.
    ForgesProofs,
    /// Challenges what nobody committed to.
    NamesOthers,
}

const ALL: [Quirk; 17] = [
    Quirk::Plays,
    Quirk::Silent(0),
    Quirk::Concedes,
    Quirk::Miscounts,
    Quirk::RightMarks,
    Quirk::OtherMark,
    Quirk::OtherSteps,
    Quirk::OthersSteps,
    Quirk::OtherEnd,
    Quirk::OtherA,
    Quirk::OtherB,
    Quirk::OtherInputs,
    Quirk::OtherRoots,
    Quirk::OtherValues,
    Quirk::OtherPath,
    Quirk::ForgesProofs,
    Quirk::NamesOthers,
];

impl Quirk {
    pub(crate) fn draw(case: &mut Case) -> Self {
        match *case.pick(&ALL) {
            Self::Silent(_) => Self::Silent(case.below(4)),
            other => other,
        }
    }

    /// What he says in place of what he would have to say as his `number`-th message.
    pub(crate) fn twist(
        self,
        case: &mut Case,
        scene: &Scene<'_>,
        side: Side,
        (says, number): (Says, u64),
    ) -> Option<Says> {
        let mut says = says;
        let honest = scene.honest();
        let ground = &scene.dispute.case().ground;
        let other = TileDigest::from_bytes([case.below(256) as u8; 32]);
        match (self, &mut says) {
            (Self::Silent(from), _) if number >= from => return None,
            (Self::Concedes, Says::Answer(answer)) => {
                return Some(Says::Concede(Concede { dispute: answer.dispute }));
            }
            (Self::Miscounts, Says::Answer(answer)) if case.below(2) == 0 => {
                answer.marks.push(other);
            }
            (Self::Miscounts, Says::Steps(steps)) => {
                steps.digests.pop();
            }
            (Self::OtherPath, Says::Answer(answer)) if case.below(2) == 0 => {
                answer.marks_path.push(scene.dispute.case().inputs.a);
            }
            (Self::RightMarks, Says::Answer(answer)) => answer.marks = honest.marks(ground),
            (Self::OtherMark, Says::Answer(answer)) => {
                let tile = case.below(answer.marks.len() as u64) as usize;
                answer.marks[tile] = other;
            }
            (Self::OtherSteps, Says::Steps(steps)) => {
                let last = steps.digests.len() - 1;
                let from = case.below(1 + last as u64) as usize;
                steps.digests[from..last].fill(other);
            }
            (Self::OthersSteps, Says::Steps(steps)) => {
                let said = scene.record.last().map(|last| last.heard.says());
                let Dispute::AwaitsSteps(state) = &scene.dispute else { return Some(says) };
                steps.digests = match said {
                    Some(Says::Steps(theirs)) => theirs.digests.clone(),
                    _ => honest.steps(ground, state.tile),
                };
            }
            (Self::OtherEnd, Says::Steps(steps)) => *steps.digests.last_mut()? = other,
            (Self::OtherA, Says::Tiles(tiles)) => tiles.a = other,
            (Self::OtherB, Says::Tiles(tiles)) => tiles.b = other,
            (Self::OtherInputs, Says::Tiles(tiles)) => (tiles.a, tiles.b) = (other, other),
            (Self::OtherRoots, Says::Answer(answer)) => {
                let Roots { a, b } = answer.inputs;
                answer.inputs = Roots { a: b, b: a };
            }
            (Self::OtherValues | Self::OtherPath, Says::Opening(opening)) => {
                self.twist_opening(case, &mut opening.shows);
            }
            (Self::ForgesProofs, Says::Proof(proof)) => forge(scene, side, proof),
            _ => {}
        }
        Some(says)
    }

    /// How he challenges.
    pub(crate) fn twist_challenge(self, case: &mut Case, world: &World, says: &mut Challenge) {
        let other = TileDigest::from_bytes([case.below(256) as u8; 32]);
        match self {
            Self::Miscounts if case.below(2) == 0 => says.marks.push(other),
            Self::RightMarks => says.marks = world.right_marks(),
            Self::OtherMark => {
                let tile = case.below(says.marks.len() as u64) as usize;
                says.marks[tile] = other;
            }
            Self::OtherRoots => {
                let Roots { a, b } = says.inputs;
                says.inputs = Roots { a: b, b: a };
            }
            Self::NamesOthers => match case.below(4) {
                0 => says.respondent.hash = says.inputs.a,
                1 => says.challenger.hash = says.respondent.hash,
                2 => says.marks_path.push(says.inputs.a),
                _ => says.respondent.path.push(says.inputs.a),
            },
            _ => {}
        }
    }

    fn twist_opening(self, case: &mut Case, shows: &mut Shown) {
        let flip = |case: &mut Case, bytes: &mut Bytes| {
            let at = case.below(bytes.0.len() as u64) as usize;
            bytes.0[at] ^= 1 << case.below(8);
        };
        match shows {
            Shown::Leaf(bytes) => flip(case, bytes),
            Shown::Step { a, b, before } => {
                if let (Some(before), 0) = (before, case.below(3)) {
                    return flip(case, before);
                }
                let leaves =
                    if a.is_empty() || (!b.is_empty() && case.below(2) == 0) { b } else { a };
                let at = case.below(leaves.len() as u64) as usize;
                match self {
                    Self::OtherPath => leaves[at].path.truncate(1),
                    _ => flip(case, &mut leaves[at].values),
                }
            }
        }
    }
}

/// A proof that was made, of what the prover would like.
fn forge(scene: &Scene<'_>, side: Side, proof: &mut Proof) {
    if let Dispute::AwaitsProof(state) = &scene.dispute {
        let Pair { challenger, respondent } = state.located.after;
        proof.after = if side == Side::Challenger { challenger } else { respondent };
        proof.proof.0[0] ^= 1;
    }
}
