//! What somebody who is honest says next.

use arch_matrix::commit::Hash;

use crate::{
    bytes::Bytes,
    court::Court,
    ground::{Ground, Spot},
    message::{Answer, Opening, Proof, Says, Shown, Steps, Tiles, Verdict},
    pair::Side,
    state::Dispute,
    statement::Statement,
    task::Roots,
    tile_digest::TileDigest,
};

/// What a party has: its own values and the inputs.
pub trait Own {
    /// The roots of A and B.
    fn inputs(&self) -> Roots;

    /// Digests of the tiles of its leaf, row by row.
    fn marks(&self, ground: &Ground) -> Vec<TileDigest>;

    /// The way of these to the root that was committed to; empty where none was.
    fn marks_path(&self) -> Vec<Hash>;

    /// Digests of a tile after every step of the depth, computed from A and B once more.
    fn steps(&self, ground: &Ground, tile: usize) -> Vec<TileDigest>;

    /// Digests of the tiles of A and B of a step.
    fn tiles(&self, ground: &Ground, spot: Spot) -> [TileDigest; 2];

    /// The values of its leaf, row by row, lowest byte first.
    fn leaf(&self, ground: &Ground) -> Vec<u8>;

    /// The leaves that hold the step's tile of A, and of B, as far as they are asked for; and the sums
    /// before it, if they are.
    fn show(&self, ground: &Ground, spot: Spot, asked: [bool; 2], before: bool) -> Shown;

    /// A proof of the step, or nothing while there is none: circuit, key, sums after and proof count.
    fn prove(&self, statement: &Statement, ground: &Ground, spot: Spot) -> Option<Proof>;
}

/// What a party says next, if it is its turn. A respondent may leave showing and proving to whoever
/// challenged him, and does so here.
#[must_use]
pub fn reply(dispute: &Dispute, side: Side, own: &dyn Own) -> Option<Says> {
    let case = dispute.case();
    let (ground, dispute_id, stage) = (&case.ground, case.id, dispute.stage()?);
    let opening = |shows| Some(Says::Opening(Opening { dispute: dispute_id, stage, shows }));
    match dispute {
        Dispute::AwaitsAnswer(_) if side == Side::Respondent => Some(Says::Answer(Answer {
            dispute: dispute_id,
            marks: own.marks(ground),
            marks_path: own.marks_path(),
            inputs: own.inputs(),
        })),
        Dispute::AwaitsSteps(state) if !state.has_said(side) => Some(Says::Steps(Steps {
            dispute: dispute_id,
            stage,
            digests: own.steps(ground, state.tile),
        })),
        Dispute::AwaitsLeaves(state) if !state.has_said(side) => {
            opening(Shown::Leaf(Bytes(own.leaf(ground))))
        }
        Dispute::AwaitsTiles(state) if !state.has_said(side) => {
            let [a, b] = own.tiles(ground, state.located.spot);
            Some(Says::Tiles(Tiles { dispute: dispute_id, stage, a, b }))
        }
        Dispute::AwaitsInputs(state) => {
            opening(own.show(ground, state.located.spot, state.asked(), false))
        }
        Dispute::AwaitsReveal(state) if side == Side::Challenger => {
            let spot = state.located.spot;
            opening(own.show(ground, spot, [true, true], spot.step > 0))
        }
        Dispute::AwaitsProof(state) if side == Side::Challenger => {
            let proof = own.prove(&state.statement, ground, state.located.spot)?;
            Some(Says::Proof(Proof { dispute: dispute_id, stage, ..proof }))
        }
        _ => None,
    }
}

/// What a challenger says instead of a proof that he cannot have: he shows the step, where the task allows
/// that as well.
#[must_use]
pub fn reply_by_showing(dispute: &Dispute, side: Side, own: &dyn Own) -> Option<Says> {
    let (Dispute::AwaitsProof(state), Side::Challenger) = (dispute, side) else { return None };
    let (case, spot) = (dispute.case(), state.located.spot);
    let shows = own.show(&case.ground, spot, [true, true], spot.step > 0);
    Some(Says::Opening(Opening { dispute: case.id, stage: dispute.stage()?, shows }))
}

/// The verdict that an honest judge signs. None where the inputs decide and he does not have them.
#[must_use]
pub fn rule(court: &Court<'_>, dispute: &Dispute) -> Option<Says> {
    let Dispute::Decided(decided) = dispute else { return None };
    let inputs = court.facts.inputs.filter(|_| decided.needs_inputs());
    let finding = decided.finding(inputs)?;
    Some(Says::Verdict(Verdict {
        dispute: dispute.case().id,
        stage: dispute.stage()?,
        upheld: finding.upheld(),
        at_fault: finding.at_fault,
        inputs,
    }))
}
