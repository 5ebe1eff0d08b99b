//! Both say the same kind of thing, in any order: digests after every step, then those of two tiles.
//!
//! Who speaks second has seen what the first said. It is of no use to him. A liar who repeats what the
//! honest one said contradicts what he signed before, and where he departs from it decides only in
//! which step he loses.

use arch_identity::{Digest, Timestamp};

use super::{AwaitsInputs, AwaitsProof, AwaitsReveal, Dispute, Frame, Located, Rejected, Turn};
use crate::{
    court::Tile,
    fault::{Finding, Rule},
    ground::{SIDE, Spot},
    locate::first_difference,
    message::Resolver,
    pair::Pair,
    statement::Statement,
    tile_digest::TileDigest,
};

/// What each has said so far, and in which message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said<T>(Pair<Option<(T, Digest)>>);

impl<T: Clone> Said<T> {
    pub(super) fn nothing() -> Self {
        Self(Pair { challenger: None, respondent: None })
    }

    /// With one more; a second one of the same side is none.
    pub(super) fn with(&self, turn: &Turn<'_>, what: T) -> Result<Self, Rejected> {
        let mut said = self.clone();
        let own = said.0.of_mut(turn.side);
        match own.replace((what, turn.heard.0)) {
            None => Ok(said),
            Some(_) => Err(Rejected::AlreadySaid),
        }
    }

    /// What both said, once they did.
    pub(super) fn both(&self) -> Option<Pair<T>> {
        let Pair { challenger, respondent } = self.0.clone().both()?;
        Some(Pair { challenger: challenger.0, respondent: respondent.0 })
    }

    /// The messages, the challenger's first.
    pub(super) fn messages(&self) -> Vec<Digest> {
        let Pair { challenger, respondent } = &self.0;
        [challenger, respondent].into_iter().flatten().map(|(_, digest)| *digest).collect()
    }

    pub(super) fn expired(&self, frame: &Frame) -> Dispute {
        frame.silent(&self.messages(), self.0.sides(Option::is_none), Rule::Silent)
    }

    pub(super) fn has(&self, side: crate::Side) -> bool {
        self.0.of(side).is_some()
    }
}

/// A tile is located; its steps are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwaitsSteps {
    pub(crate) frame: Frame,
    pub(crate) tile: usize,
    marks: Pair<Option<TileDigest>>,
    said: Said<Vec<TileDigest>>,
}

impl AwaitsSteps {
    pub(super) fn new(frame: Frame, tile: usize, marks: &Pair<Vec<TileDigest>>) -> Self {
        let of = |marks: &[TileDigest]| marks.get(tile).copied();
        let marks = Pair { challenger: of(&marks.challenger), respondent: of(&marks.respondent) };
        Self { frame, tile, marks, said: Said::nothing() }
    }

    pub(super) fn steps(
        &self,
        turn: &Turn<'_>,
        digests: &[TileDigest],
    ) -> Result<Dispute, Rejected> {
        let said = self.said.with(turn, digests.to_vec())?;
        let fault = |rule| {
            let finding = Finding::of([turn.side].into_iter(), rule, turn.heard);
            Ok(self.frame.decide(&said.messages(), turn.heard, finding))
        };
        if digests.len() != self.frame.case.ground.steps() {
            return fault(Rule::WrongCount);
        }
        if digests.last() != self.marks.of(turn.side).as_ref() {
            return fault(Rule::ContradictsItself);
        }
        let Some(steps) = said.both() else {
            let frame = self.frame.heard(turn.heard);
            return Ok(Dispute::AwaitsSteps(Self { frame, said, ..self.clone() }));
        };
        // The last ones differ as the marks do, so there is a first step after which they differ; and
        // zeros are a tile in every format.
        match self.located(turn, &steps) {
            Some(located) => Ok(self.next(&said.messages(), turn.heard, located)),
            None => Err(Rejected::OutOfTurn),
        }
    }

    fn located(&self, turn: &Turn<'_>, steps: &Pair<Vec<TileDigest>>) -> Option<Located> {
        let step = first_difference(&steps.challenger, &steps.respondent)?;
        let before = match step.checked_sub(1) {
            Some(before) => *steps.challenger.get(before)?,
            None => {
                let zeros = vec![0; usize::try_from(SIDE.checked_mul(SIDE)?).ok()?];
                let format = self.frame.case.ground.format;
                turn.court.digester.digest(format, Tile::Sums, &zeros)?
            }
        };
        let after = Pair {
            challenger: *steps.challenger.get(step)?,
            respondent: *steps.respondent.get(step)?,
        };
        Some(Located { spot: Spot { tile: self.tile, step }, before, after })
    }

    fn next(&self, said: &[Digest], heard: (Digest, Timestamp), located: Located) -> Dispute {
        let terms = &self.frame.case.terms;
        let next = self.frame.next(said, heard, terms.exchange);
        let frame = Frame { located: Some(located), ..next };
        match self.frame.case.resolver {
            Resolver::Reveal => Dispute::AwaitsReveal(AwaitsReveal { frame, located }),
            Resolver::Groth16 => {
                Dispute::AwaitsTiles(AwaitsTiles { frame, located, said: Said::nothing() })
            }
        }
    }

    pub(super) fn expired(&self) -> Dispute {
        self.said.expired(&self.frame)
    }

    pub(crate) fn has_said(&self, side: crate::Side) -> bool {
        self.said.has(side)
    }
}

/// A step is located; the digests of its inputs are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwaitsTiles {
    pub(crate) frame: Frame,
    pub(crate) located: Located,
    said: Said<[TileDigest; 2]>,
}

impl AwaitsTiles {
    pub(super) fn tiles(
        &self,
        turn: &Turn<'_>,
        tiles: [TileDigest; 2],
    ) -> Result<Dispute, Rejected> {
        let said = self.said.with(turn, tiles)?;
        let Some(tiles) = said.both() else {
            let frame = self.frame.heard(turn.heard);
            return Ok(Dispute::AwaitsTiles(Self { frame, said, ..self.clone() }));
        };
        let (case, located) = (&self.frame.case, self.located);
        if tiles.agree() {
            let frame = self.frame.next(&said.messages(), turn.heard, case.terms.proof);
            let statement = Statement::new(case, frame.stage, &located, tiles.challenger);
            return Ok(Dispute::AwaitsProof(AwaitsProof { frame, located, statement }));
        }
        let frame = self.frame.next(&said.messages(), turn.heard, case.terms.exchange);
        Ok(Dispute::AwaitsInputs(AwaitsInputs { frame, located, tiles }))
    }

    pub(super) fn expired(&self) -> Dispute {
        self.said.expired(&self.frame)
    }

    pub(crate) fn has_said(&self, side: crate::Side) -> bool {
        self.said.has(side)
    }
}
