//! Where a dispute is. Each state is a struct of its own that holds what is known by then; a message
//! leads to another state or is rejected and changes nothing, and time alone leads on where somebody
//! has been silent.

mod answer;
mod case;
mod decided;
mod exchange;
mod frame;
mod open;
mod replay;
mod settle;

use arch_identity::{Digest, Timestamp};

pub use answer::AwaitsAnswer;
pub use case::{Case, Located};
pub use decided::{Decided, Ended};
pub use exchange::{AwaitsSteps, AwaitsTiles};
use frame::Frame;
pub use open::Refused;
pub use replay::{Recorded, replay};
pub use settle::{AwaitsInputs, AwaitsLeaves, AwaitsProof, AwaitsReveal};

use crate::{court::Court, heard::Heard, message::Says, pair::Side};

/// A dispute after some messages and some time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dispute {
    /// The respondent has not answered.
    AwaitsAnswer(AwaitsAnswer),
    /// A tile is located; its steps are asked for.
    AwaitsSteps(AwaitsSteps),
    /// All tiles agree though the leaves differ: both leaves are asked for.
    AwaitsLeaves(AwaitsLeaves),
    /// A step is located; the digests of its inputs are asked for.
    AwaitsTiles(AwaitsTiles),
    /// The digests of an input differ: it is asked for.
    AwaitsInputs(AwaitsInputs),
    /// A proof of the step is asked for.
    AwaitsProof(AwaitsProof),
    /// The step's tiles are asked for.
    AwaitsReveal(AwaitsReveal),
    /// It is clear who is at fault, or a judge can say it.
    Decided(Decided),
    /// Nothing more can be said.
    Ended(Box<Ended>),
}

/// Why a message changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[non_exhaustive]
pub enum Rejected {
    /// The dispute has ended.
    #[error("the dispute has ended")]
    Over,
    /// The time for it is over; time has to be told first.
    #[error("the time for it is over")]
    Late,
    /// It belongs to another dispute, or to none.
    #[error("the message belongs to another dispute, or to none")]
    OtherDispute,
    /// It was said after other messages than those of this record.
    #[error("the message was said after other messages than those of this record")]
    OtherStage,
    /// By somebody who has no say here.
    #[error("whoever says it is no party, or not the judge whose turn it is")]
    NoSay,
    /// Nobody asked for it now.
    #[error("this is not the message that is asked for now")]
    OutOfTurn,
    /// He said something before, and that counts.
    #[error("the first message counts, and this is a second one")]
    AlreadySaid,
    /// A proof that does not hold: as if nothing had been said.
    #[error("the proof does not hold")]
    NothingProved,
    /// Not what is asked for is opened: something is missing, or there is more.
    #[error("other values are opened than are asked for")]
    OtherValues,
}

impl Dispute {
    /// The dispute after a message that the ledger has from `at`. Times that go backwards count as the
    /// latest one before.
    ///
    /// # Errors
    /// [`Rejected`] says why the message changes nothing.
    pub fn hear(&self, court: &Court<'_>, heard: &Heard, at: Timestamp) -> Result<Self, Rejected> {
        let frame = self.frame().ok_or(Rejected::Over)?;
        let said = heard.says();
        let (dispute, stage) = said.stage().ok_or(Rejected::OtherDispute)?;
        if dispute != frame.case.id {
            return Err(Rejected::OtherDispute);
        }
        if at > frame.until {
            return Err(Rejected::Late);
        }
        if stage != frame.stage {
            return Err(Rejected::OtherStage);
        }
        let at = at.max(frame.last.1);
        if let (Self::Decided(decided), Says::Verdict(verdict)) = (self, said) {
            return decided.verdict(court, heard, verdict, at);
        }
        let side = frame.case.parties.side_of(heard.by()).ok_or(Rejected::NoSay)?;
        let turn = Turn { court, side, heard: (heard.digest(), at) };
        match (self, said) {
            (Self::AwaitsAnswer(state), Says::Answer(answer)) => state.answer(&turn, answer),
            (Self::AwaitsAnswer(state), Says::Concede(_)) => state.concede(&turn),
            (Self::AwaitsSteps(state), Says::Steps(steps)) => state.steps(&turn, &steps.digests),
            (Self::AwaitsLeaves(state), Says::Opening(opening)) => state.leaf(&turn, opening),
            (Self::AwaitsTiles(state), Says::Tiles(tiles)) => {
                state.tiles(&turn, [tiles.a, tiles.b])
            }
            (Self::AwaitsInputs(state), Says::Opening(opening)) => state.opening(&turn, opening),
            (Self::AwaitsProof(state), Says::Proof(proof)) => state.proof(&turn, proof),
            (Self::AwaitsProof(state), Says::Opening(opening)) => state.opening(&turn, opening),
            (Self::AwaitsReveal(state), Says::Opening(opening)) => state.opening(&turn, opening),
            _ => Err(Rejected::OutOfTurn),
        }
    }

    /// The dispute when it is `now` and nothing more was said: whoever let his time go by is at fault.
    #[must_use]
    pub fn pass(&self, court: &Court<'_>, now: Timestamp) -> Self {
        let mut state = self.clone();
        while state.frame().is_some_and(|frame| now > frame.until) {
            state = state.expired(court);
        }
        state
    }

    /// What the end of the time of a state leads to.
    fn expired(&self, court: &Court<'_>) -> Self {
        match self {
            Self::AwaitsAnswer(state) => state.expired(),
            Self::AwaitsSteps(state) => state.expired(),
            Self::AwaitsLeaves(state) => state.expired(),
            Self::AwaitsTiles(state) => state.expired(),
            Self::AwaitsInputs(state) => state.expired(),
            Self::AwaitsProof(state) => state.expired(),
            Self::AwaitsReveal(state) => state.expired(),
            Self::Decided(state) => state.expired(court),
            Self::Ended(_) => self.clone(),
        }
    }

    fn frame(&self) -> Option<&Frame> {
        Some(match self {
            Self::AwaitsAnswer(state) => &state.frame,
            Self::AwaitsSteps(state) => &state.frame,
            Self::AwaitsLeaves(state) => &state.frame,
            Self::AwaitsTiles(state) => &state.frame,
            Self::AwaitsInputs(state) => &state.frame,
            Self::AwaitsProof(state) => &state.frame,
            Self::AwaitsReveal(state) => &state.frame,
            Self::Decided(state) => &state.frame,
            Self::Ended(_) => return None,
        })
    }

    /// What it is about.
    #[must_use]
    pub fn case(&self) -> &Case {
        match self {
            Self::AwaitsAnswer(AwaitsAnswer { frame, .. })
            | Self::AwaitsSteps(AwaitsSteps { frame, .. })
            | Self::AwaitsLeaves(AwaitsLeaves { frame, .. })
            | Self::AwaitsTiles(AwaitsTiles { frame, .. })
            | Self::AwaitsInputs(AwaitsInputs { frame, .. })
            | Self::AwaitsProof(AwaitsProof { frame, .. })
            | Self::AwaitsReveal(AwaitsReveal { frame, .. })
            | Self::Decided(Decided { frame, .. }) => &frame.case,
            Self::Ended(ended) => &ended.case,
        }
    }

    /// The disputed step, once it is known.
    #[must_use]
    pub fn located(&self) -> Option<&Located> {
        match self {
            Self::Ended(ended) => ended.located.as_ref(),
            _ => self.frame().and_then(|frame| frame.located.as_ref()),
        }
    }

    /// The digest of all that was said: what the next message has to name. None once it has ended.
    #[must_use]
    pub fn stage(&self) -> Option<Digest> {
        self.frame().map(|frame| frame.stage)
    }

    /// The last second of the time that there is. None once it has ended.
    #[must_use]
    pub fn until(&self) -> Option<Timestamp> {
        self.frame().map(|frame| frame.until)
    }

    /// For storage and lists.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::AwaitsAnswer(_) => "awaitsAnswer",
            Self::AwaitsSteps(_) => "awaitsSteps",
            Self::AwaitsLeaves(_) => "awaitsLeaves",
            Self::AwaitsTiles(_) => "awaitsTiles",
            Self::AwaitsInputs(_) => "awaitsInputs",
            Self::AwaitsProof(_) => "awaitsProof",
            Self::AwaitsReveal(_) => "awaitsReveal",
            Self::Decided(_) => "decided",
            Self::Ended(_) => "ended",
        }
    }
}

/// A message of a party, in time.
struct Turn<'a> {
    court: &'a Court<'a>,
    side: Side,
    heard: (Digest, Timestamp),
}

#[cfg(test)]
mod tests;
