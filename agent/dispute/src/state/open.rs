//! A challenge is made: is there something to dispute, and is it what was committed to?

use std::sync::Arc;

use arch_identity::Timestamp;
use arch_matrix::{
    CarrierKind,
    commit::{Commitment, climb, count},
};

use super::{AwaitsAnswer, Case, Dispute, Frame};
use crate::{
    court::Court,
    fault::{Finding, Rule},
    ground::Ground,
    heard::Heard,
    judge,
    marked::Bound,
    message::{Challenge, MOST_STEPS, Says, Stand},
    pair::{Pair, Side},
};

/// Why a challenge opens no dispute. Nobody's fault: it is not taken, and nothing is staked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// Another message.
    #[error("this is no challenge")]
    NoChallenge,
    /// Of another ledger, epoch, job or attempt.
    #[error("the challenge is about another task")]
    OtherTask,
    /// Other stakes and deadlines than the task's.
    #[error("the challenge names other stakes or deadlines than the task has")]
    OtherTerms,
    /// The task allows others.
    #[error("disputes of this task are not settled in that way")]
    OtherResolver,
    /// The ledger has no such commitment, or not from him who challenges.
    #[error("the challenge names a commitment that this task does not have")]
    UnknownCommitment,
    /// Nobody disputes with himself.
    #[error("the challenger is the respondent")]
    Itself,
    /// The commitments do not meet in that leaf.
    #[error("the two commitments do not hold the same leaf over the same depth")]
    NoCommonGround,
    /// The depth has more steps than a message may have digests.
    #[error("the sums run over a greater depth than can be disputed in one exchange")]
    TooDeep,
    /// Floats: their sums have no steps that could be proved.
    #[error("sums of floats are not disputed in this way")]
    Floats,
}

impl Dispute {
    /// Opens a dispute.
    ///
    /// # Errors
    /// [`Refused`] says why there is none.
    pub fn open(court: &Court<'_>, heard: &Heard, at: Timestamp) -> Result<Self, Refused> {
        let Says::Challenge(challenge) = heard.says() else { return Err(Refused::NoChallenge) };
        let (case, commitments) = case(court, heard, challenge, at)?;
        let said = (heard.digest(), at);
        let until = at.plus(case.terms.answer);
        let wrong = wrong(&case, challenge, &commitments);
        let frame =
            Frame { stage: case.id, last: said, until, located: None, case: Arc::new(case) };
        Ok(match wrong {
            None => Self::AwaitsAnswer(AwaitsAnswer { frame }),
            Some(rule) => {
                let finding = Finding::of([Side::Challenger].into_iter(), rule, said);
                frame.decide(&[], said, finding)
            }
        })
    }
}

/// What the challenge is about, and both commitments.
fn case(
    court: &Court<'_>,
    heard: &Heard,
    challenge: &Challenge,
    at: Timestamp,
) -> Result<(Case, Pair<Commitment>), Refused> {
    let facts = court.facts;
    let &Challenge { task, cell, leaf, resolver, terms, inputs, .. } = challenge;
    if task != facts.task {
        return Err(Refused::OtherTask);
    }
    if terms != facts.terms {
        return Err(Refused::OtherTerms);
    }
    if !facts.allows(resolver) {
        return Err(Refused::OtherResolver);
    }
    let one = facts.any(&challenge.challenger.commit).filter(|(by, _)| by == heard.by());
    let (challenger, own) = one.ok_or(Refused::UnknownCommitment)?;
    let other = facts.anchored(&challenge.respondent.commit).ok_or(Refused::UnknownCommitment)?;
    let (respondent, theirs) = other;
    if challenger == respondent {
        return Err(Refused::Itself);
    }
    let ground = Ground::common(&own.commitment, &theirs.commitment, cell, leaf);
    let ground = ground.ok_or(Refused::NoCommonGround)?;
    if ground.format.carrier() == CarrierKind::F32 {
        return Err(Refused::Floats);
    }
    if ground.steps() > MOST_STEPS {
        return Err(Refused::TooDeep);
    }
    let parties = Pair { challenger: challenger.clone(), respondent: respondent.clone() };
    let hashes =
        Pair { challenger: challenge.challenger.hash, respondent: challenge.respondent.hash };
    let case = Case {
        id: heard.digest(),
        task,
        judges: judge::draw(facts, &parties),
        parties,
        cell,
        leaf,
        ground,
        hashes,
        marks: challenge.marks.clone(),
        bound: Pair {
            challenger: Bound::of(own, cell, leaf),
            respondent: Bound::of(theirs, cell, leaf),
        },
        inputs,
        resolver,
        terms,
        opened: at,
    };
    let commitments =
        Pair { challenger: own.commitment.clone(), respondent: theirs.commitment.clone() };
    Ok((case, commitments))
}

/// What is wrong with a challenge on the face of it.
fn wrong(case: &Case, challenge: &Challenge, commitments: &Pair<Commitment>) -> Option<Rule> {
    let leads = |side: Side, stand: &Stand| leads_to_root(case, commitments.of(side), stand);
    if !leads(Side::Challenger, &challenge.challenger)
        || !leads(Side::Respondent, &challenge.respondent)
    {
        return Some(Rule::NotCommitted);
    }
    if case.hashes.agree() {
        return Some(Rule::NoDifference);
    }
    if case.marks.len() != case.ground.tiles() {
        return Some(Rule::WrongCount);
    }
    let committed = case.bound.challenger.allows(&case.marks, &challenge.marks_path);
    (!committed).then_some(Rule::NotCommitted)
}

/// Whether a leaf's hash is under the cell's root of a commitment.
fn leads_to_root(case: &Case, commitment: &Commitment, stand: &Stand) -> bool {
    let size = commitment.region(case.cell).map(|region| region.size());
    let Some((rows, columns)) = size else { return false };
    let (Ok(count), Ok(leaf)) = (usize::try_from(count(rows, columns)), usize::try_from(case.leaf))
    else {
        return false;
    };
    climb(stand.hash, leaf, count, &stand.path) == commitment.cell(case.cell)
}
