//! A dispute from state to state, message by message.

use arch_dispute::{Court, Dispute, Refused, Rejected, Side};
use arch_identity::{PublicKey, Timestamp};

use super::evidence::Message;

/// What [`arch_dispute::replay`] comes to, with all states on the way.
#[derive(Debug)]
pub(crate) struct Course {
    /// One for each message.
    pub(crate) steps: Vec<Step>,
    /// The state at the end of the time that was asked for.
    pub(crate) end: Dispute,
}

/// What a message did.
#[derive(Debug)]
pub(crate) struct Step {
    /// The state in which it was heard; none for the challenge.
    pub(crate) before: Option<Dispute>,
    /// Why it changed nothing, if so.
    pub(crate) rejected: Option<Rejected>,
}

impl Course {
    /// Plays what was said, up to `now`.
    pub(crate) fn play(
        court: &Court<'_>,
        said: &[Message],
        now: Timestamp,
    ) -> Result<Self, Refused> {
        let (first, rest) = said.split_first().ok_or(Refused::NoChallenge)?;
        let (mut state, mut time) = (Dispute::open(court, &first.heard, first.at)?, first.at);
        let mut steps = vec![Step { before: None, rejected: None }];
        for Message { heard, at, .. } in rest {
            time = time.max(*at);
            let before = state.pass(court, time);
            let heard = before.hear(court, heard, time);
            let rejected = heard.as_ref().err().copied();
            state = heard.unwrap_or_else(|_changes_nothing| before.clone());
            steps.push(Step { before: Some(before), rejected });
        }
        Ok(Self { steps, end: state.pass(court, now.max(time)) })
    }

    /// Whether it depends, or depended, on which roots A and B have.
    pub(crate) fn needs_inputs(&self) -> bool {
        let before = self.steps.iter().filter_map(|step| step.before.as_ref());
        let decided = |state: &Dispute| match state {
            Dispute::Decided(decided) => decided.needs_inputs(),
            Dispute::Ended(ended) => ended.on_his_word || ended.finding.is_none(),
            _ => false,
        };
        before.chain([&self.end]).any(decided)
    }
}

/// Whose turn it is, and with what.
#[derive(Debug)]
pub(crate) struct Asked {
    /// Who may speak.
    pub(crate) who: Vec<PublicKey>,
    /// The message, in its word.
    pub(crate) word: &'static str,
}

impl Course {
    /// Who is asked now; nobody once it has ended.
    pub(crate) fn asked(&self, said: &[Message]) -> Option<Asked> {
        let parties = &self.end.case().parties;
        let silent = || {
            let spoke = |by: &PublicKey| {
                self.steps.iter().zip(said).any(|(step, message)| {
                    let names = message.heard.says().stage().map(|(_dispute, stage)| stage);
                    let here = names.is_some() && names == self.end.stage();
                    step.rejected.is_none() && here && message.heard.by() == by
                })
            };
            Side::BOTH
                .map(|side| parties.of(side))
                .into_iter()
                .filter(move |by| !spoke(by))
                .cloned()
        };
        let (who, word): (Vec<PublicKey>, _) = match &self.end {
            Dispute::AwaitsAnswer(_) => (vec![parties.respondent.clone()], "answer"),
            Dispute::AwaitsSteps(_) => (silent().collect(), "steps"),
            Dispute::AwaitsTiles(_) => (silent().collect(), "tiles"),
            Dispute::AwaitsLeaves(_) => (silent().collect(), "opening"),
            Dispute::AwaitsInputs(_) => (silent().collect(), "opening"),
            Dispute::AwaitsReveal(_) => (vec![parties.challenger.clone()], "opening"),
            Dispute::AwaitsProof(_) => (vec![parties.challenger.clone()], "proof"),
            Dispute::Decided(decided) => {
                (decided.judge().into_iter().cloned().collect(), "verdict")
            }
            Dispute::Ended(_) => return None,
        };
        Some(Asked { who, word })
    }
}
