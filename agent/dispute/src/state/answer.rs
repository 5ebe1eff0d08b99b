//! The respondent's turn.

use arch_identity::Digest;

use super::{AwaitsLeaves, AwaitsSteps, Decided, Dispute, Frame, Rejected, Turn};
use crate::{
    fault::{Finding, Rule},
    locate::first_difference,
    message::Answer,
    pair::{Pair, Side},
};

/// The respondent has not answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwaitsAnswer {
    pub(crate) frame: Frame,
}

impl AwaitsAnswer {
    /// The first tile whose digests differ is the disputed one. The challenger's were fixed before; the
    /// respondent gains nothing by having seen them: each digest that is not that of his leaf is one
    /// more that he has to stand for.
    pub(super) fn answer(&self, turn: &Turn<'_>, answer: &Answer) -> Result<Dispute, Rejected> {
        let said = respondent(turn)?;
        let case = &self.frame.case;
        if answer.marks.len() != case.ground.tiles() {
            return Ok(self.fault(turn, Rule::WrongCount));
        }
        if !case.bound.respondent.allows(&answer.marks, &answer.marks_path) {
            return Ok(self.fault(turn, Rule::NotCommitted));
        }
        let roots = Pair { challenger: case.inputs, respondent: answer.inputs };
        if !roots.agree() {
            let frame = self.frame.next(&[said], turn.heard, case.terms.verdict);
            return Ok(Dispute::Decided(Decided::by_inputs(frame, roots, turn.heard)));
        }
        let marks = Pair { challenger: case.marks.clone(), respondent: answer.marks.clone() };
        let frame = self.frame.next(&[said], turn.heard, case.terms.exchange);
        Ok(match first_difference(&marks.challenger, &marks.respondent) {
            Some(tile) => Dispute::AwaitsSteps(AwaitsSteps::new(frame, tile, &marks)),
            None => Dispute::AwaitsLeaves(AwaitsLeaves::new(frame)),
        })
    }

    pub(super) fn concede(&self, turn: &Turn<'_>) -> Result<Dispute, Rejected> {
        respondent(turn)?;
        Ok(self.fault(turn, Rule::Conceded))
    }

    fn fault(&self, turn: &Turn<'_>, rule: Rule) -> Dispute {
        let finding = Finding::of([Side::Respondent].into_iter(), rule, turn.heard);
        self.frame.decide(&[turn.heard.0], turn.heard, finding)
    }

    pub(super) fn expired(&self) -> Dispute {
        self.frame.silent(&[], [Side::Respondent].into_iter(), Rule::Silent)
    }
}

fn respondent(turn: &Turn<'_>) -> Result<Digest, Rejected> {
    match turn.side {
        Side::Respondent => Ok(turn.heard.0),
        Side::Challenger => Err(Rejected::OutOfTurn),
    }
}
