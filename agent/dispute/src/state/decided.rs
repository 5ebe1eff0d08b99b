//! It is clear who is at fault; a judge says it, or it stands without one.

use std::sync::Arc;

use arch_identity::{Digest, PublicKey, Timestamp};

use super::{Case, Dispute, Frame, Located, Rejected};
use crate::{
    court::Court,
    fault::{Finding, Rule},
    heard::Heard,
    message::Verdict,
    pair::Pair,
    task::Roots,
};

/// It is clear who is at fault, or a judge who has the inputs can say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    pub(crate) frame: Frame,
    grounds: Grounds,
    /// How many judges have had their turn.
    turn: usize,
    silent: Vec<PublicKey>,
    wrong: Vec<PublicKey>,
}

/// What it is decided by.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Grounds {
    /// By the record alone.
    Record(Finding),
    /// By the inputs: the parties name other roots.
    Inputs { said: Pair<Roots>, heard: (Digest, Timestamp) },
}

/// The end.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ended {
    /// What it was about.
    pub case: Arc<Case>,
    /// Who is at fault. None where it depends on the inputs and no judge told them: then the dispute
    /// lapses.
    pub finding: Option<Finding>,
    /// The disputed step, if it came so far.
    pub located: Option<Located>,
    /// Whose verdict it is; none where it stands by itself.
    pub judge: Option<PublicKey>,
    /// Whether it was not checked here but taken from the judge, because it depends on inputs that are
    /// not known here.
    pub on_his_word: bool,
    /// Judges whose turn went by.
    pub silent: Vec<PublicKey>,
    /// Judges who signed another verdict than the record gives: each is at fault himself.
    pub wrong: Vec<PublicKey>,
    /// When.
    pub at: Timestamp,
}

impl Decided {
    pub(super) fn found(frame: Frame, finding: Finding) -> Self {
        Self::new(frame, Grounds::Record(finding))
    }

    pub(super) fn by_inputs(frame: Frame, said: Pair<Roots>, heard: (Digest, Timestamp)) -> Self {
        Self::new(frame, Grounds::Inputs { said, heard })
    }

    fn new(frame: Frame, grounds: Grounds) -> Self {
        Self { frame, grounds, turn: 0, silent: Vec::new(), wrong: Vec::new() }
    }

    /// The judge whose turn it is.
    #[must_use]
    pub fn judge(&self) -> Option<&PublicKey> {
        self.frame.case.judges.get(self.turn)
    }

    /// Whether a verdict has to tell the inputs.
    #[must_use]
    pub fn needs_inputs(&self) -> bool {
        matches!(self.grounds, Grounds::Inputs { .. })
    }

    /// Who is at fault; `None` if it depends on inputs that are not given.
    #[must_use]
    pub fn finding(&self, inputs: Option<Roots>) -> Option<Finding> {
        match &self.grounds {
            Grounds::Record(finding) => Some(finding.clone()),
            Grounds::Inputs { said, heard } => inputs.map(|right| {
                Finding::where_it_holds(said, |said| *said != right, Rule::WrongInputs, *heard)
            }),
        }
    }

    pub(super) fn verdict(
        &self,
        court: &Court<'_>,
        heard: &Heard,
        verdict: &Verdict,
        at: Timestamp,
    ) -> Result<Dispute, Rejected> {
        if self.judge() != Some(heard.by()) {
            return Err(Rejected::NoSay);
        }
        let known = court.facts.inputs;
        let right = self.finding(known.or(verdict.inputs));
        let of_inputs = match (self.needs_inputs(), verdict.inputs, known) {
            (false, said, _) => said.is_none(),
            (true, Some(said), Some(known)) => said == known,
            (true, said, None) => said.is_some(),
            (true, None, Some(_)) => false,
        };
        let holds = right.as_ref().is_some_and(|right| {
            right.at_fault == verdict.at_fault && right.upheld() == verdict.upheld
        });
        if !(of_inputs && holds) {
            let mut next = self.next(at);
            next.wrong.push(heard.by().clone());
            return Ok(next.or_end(court));
        }
        let on_his_word = self.needs_inputs() && known.is_none();
        Ok(self.end(right, Some(heard.by().clone()), on_his_word, at))
    }

    /// A judge who says nothing loses his turn.
    pub(super) fn expired(&self, court: &Court<'_>) -> Dispute {
        let mut next = self.next(self.frame.until);
        next.silent.extend(self.judge().cloned());
        next.or_end(court)
    }

    fn next(&self, at: Timestamp) -> Self {
        let mut next = self.clone();
        next.turn = next.turn.saturating_add(1);
        next.frame.last.1 = next.frame.last.1.max(at);
        next.frame.until = at.plus(self.frame.case.terms.verdict);
        next
    }

    /// Where nobody can be asked for a verdict there is none to wait for.
    pub(super) fn or_stands(self, at: Timestamp) -> Dispute {
        match (self.judge(), &self.grounds) {
            (None, Grounds::Record(finding)) => self.end(Some(finding.clone()), None, false, at),
            _ => Dispute::Decided(self),
        }
    }

    /// After the last judge: what everybody can replay needs none.
    fn or_end(self, court: &Court<'_>) -> Dispute {
        match self.judge() {
            Some(_) => Dispute::Decided(self),
            None => self.end(self.finding(court.facts.inputs), None, false, self.frame.last.1),
        }
    }

    fn end(
        &self,
        finding: Option<Finding>,
        judge: Option<PublicKey>,
        on_his_word: bool,
        at: Timestamp,
    ) -> Dispute {
        let Self { frame, silent, wrong, .. } = self;
        Dispute::Ended(Box::new(Ended {
            case: frame.case.clone(),
            finding,
            located: frame.located,
            judge,
            on_his_word,
            silent: silent.clone(),
            wrong: wrong.clone(),
            at,
        }))
    }
}
