//! A dispute from its challenge to its end: the record is played, and whoever of ours has to speak speaks.

use std::{sync::Arc, time::Duration};

use arch_dispute::{
    Case, Court, Dispute, Ended, Factors, Heard, Holding, Says, Side, book, replay, reply,
    reply_by_showing, rule,
};
use arch_identity::{Digest, PublicKey, Timestamp};
use arch_ledger::Record;
use arch_problem::codes;
use tokio::time;

use super::{
    AGAIN,
    asks::Line,
    docket::Docket,
    known::Known,
    messages,
    operands::{self, Operands},
    stakes,
};
use crate::{
    memory::KnownJob,
    node::{AtWork, Node},
    point::Point,
    told::{Told, problem},
};

/// The longest wait for somebody's time to be over, before the clock is read again: it may be set.
const NAP: Duration = Duration::from_secs(10);

/// Where a dispute is after a step.
enum Next {
    /// Something was said; there may be more to say.
    Said,
    /// Somebody else has to speak until then.
    Waits(Timestamp),
    /// It is settled.
    Settled,
}

/// Carries a dispute on until it is settled, or the agent stops.
pub(super) async fn pursue(
    node: Arc<Node>,
    dispute: Digest,
    factors: Option<Factors>,
    at_work: AtWork,
) {
    let mut busy = Some(at_work);
    let mut news = node.news.listen();
    let mut trouble = AGAIN[0];
    let mut table = Table { factors, ..Table::default() };
    loop {
        news.mark_unchanged();
        let next = step(&node, dispute, &mut table).await;
        let pause = match next {
            Ok(Next::Said) => {
                trouble = AGAIN[0];
                continue;
            }
            Ok(Next::Settled) => return,
            Ok(Next::Waits(until)) => until_over(&node, until),
            Err(problem) => {
                tracing::warn!(%dispute, %problem, ?trouble, "a dispute waits");
                let pause = trouble.min(until_shown(&node, table.shown_from));
                trouble = trouble.saturating_mul(2).min(AGAIN[1]);
                pause
            }
        };
        // Nobody waits for a dispute that waits for somebody else.
        drop(busy.take());
        tokio::select! {
            () = time::sleep(pause) => {}
            _ = news.changed() => {}
            () = node.gate.stopping() => break,
        }
        busy = Some(node.at_work());
    }
}

/// How long until the time of whoever has to speak is over.
fn until_over(node: &Node, until: Timestamp) -> Duration {
    let now = node.moment().map_or(until, |moment| moment.now());
    Duration::from_secs(until.seconds_since(now).saturating_add(1)).min(NAP)
}

/// How long until a step may be shown that nobody proves: who waits longer after each failure must not
/// sleep through what is left of his time.
fn until_shown(node: &Node, shown_from: Option<Timestamp>) -> Duration {
    let now = node.moment().ok().map(|moment| moment.now());
    let left = shown_from.zip(now).map_or(0, |(from, now)| from.seconds_since(now));
    if left > 0 { Duration::from_secs(left) } else { Duration::MAX }
}

/// What was found out already, and need not be found out again at the next step.
#[derive(Default)]
struct Table {
    docket: Option<Docket>,
    known: Option<Known>,
    factors: Option<Factors>,
    /// When the step that is asked for may be shown in place of its proof.
    shown_from: Option<Timestamp>,
}

/// What is to be done after the record was played.
enum Deed {
    Say(Box<(PublicKey, Says)>),
    Settle(Box<Ended>),
    Wait(Timestamp),
}

async fn step(node: &Arc<Node>, dispute: Digest, table: &mut Table) -> Told<Next> {
    let _hand = node.hands.take(dispute).await;
    let known = node.anchors.memory().disputes().dispute(&dispute).cloned();
    let Some(known) = known.filter(|known| known.settled.is_none()) else {
        return Ok(Next::Settled);
    };
    if table.docket.is_none() {
        let none = || problem(codes::WENT_MISSING, "the job has nothing that can be disputed");
        table.docket = Some(Docket::of(node, known.job).await?.ok_or_else(none)?);
    }
    let job = node.job(known.job).await?;
    let now = node.moment()?.now();
    let deed = tokio::task::block_in_place(|| table.play(node, dispute, (known.job, &job), now))?;
    match deed {
        Deed::Wait(until) => Ok(Next::Waits(until)),
        Deed::Say(word) => match (&table.docket, *word) {
            (Some(docket), (by, says)) => say(node, docket, &by, says).await,
            (None, _) => Ok(Next::Settled),
        },
        Deed::Settle(ended) => settle(node, known.job, &ended).await,
    }
}

impl Table {
    /// Plays the record up to now, as often as it takes to know all that it asks.
    fn play(
        &mut self,
        node: &Node,
        dispute: Digest,
        (digest, job): (Digest, &KnownJob),
        now: Timestamp,
    ) -> Told<Deed> {
        let Self { docket, known, factors, shown_from } = self;
        // Given back afterwards: a prover may serve one at a time, and this may wait for hours.
        let mut line = Line::default();
        let Some(docket) = docket else {
            return Err(problem(codes::WENT_MISSING, "the docket"));
        };
        let record = messages::record(node, &dispute)?;
        let known = known.get_or_insert_with(|| Known::of(docket));
        loop {
            let court = Court { facts: &docket.facts, digester: known, proofs: known };
            let played = replay(&court, &record, now).map_err(|refused| {
                problem(codes::DISPUTE_RECORD, format!("the record: {refused}"))
            })?;
            if line.ask_all(node, known)? {
                continue;
            }
            let (state, _) = played;
            *shown_from = self::shown_from(&state);
            let until = match (&state, state.until()) {
                (Dispute::Ended(ended), _) => return Ok(Deed::Settle(ended.clone())),
                (_, until) => until.unwrap_or(now),
            };
            let case = state.case();
            if factors.is_none() && ours(node, docket, case) {
                *factors = Some(Operands::of(node, &digest, job)?.around(&case.ground)?);
            }
            let roots = factors.as_ref().map(Factors::roots);
            if docket.facts.inputs != roots {
                docket.facts.inputs = roots;
                continue;
            }
            let court = Court { facts: &docket.facts, digester: known, proofs: known };
            let word = match factors {
                Some(factors) => word(node, (docket, &court), &state, (job, factors), known)?,
                None => None,
            };
            match line.ask_all(node, known) {
                Ok(false) => {}
                Ok(true) => continue,
                // A prover that fails must not cost its owner the stake.
                Err(problem)
                    if shown_from.is_some_and(|from| from <= now) && known.gives_up_proofs() =>
                {
                    tracing::error!(%dispute, %problem, "the step is shown in place of a proof");
                    continue;
                }
                Err(problem) => return Err(problem),
            }
            return Ok(match word {
                Some(word) => Deed::Say(Box::new(word)),
                None => Deed::Wait(until),
            });
        }
    }
}

/// When less than half of the time for a proof is left.
fn shown_from(state: &Dispute) -> Option<Timestamp> {
    let Dispute::AwaitsProof(_) = state else { return None };
    let half = state.case().terms.proof.div_euclid(2);
    Some(state.until()?.minus(half).plus(1))
}

/// Whether one of the parties, or of the judges, is somebody of ours.
fn ours(node: &Node, docket: &Docket, case: &Case) -> bool {
    let parties = [&case.parties.challenger, &case.parties.respondent];
    let mut all = parties.into_iter().chain(&case.judges);
    all.any(|public| node.identities.key_of(&docket.list, public).is_some())
}

/// What somebody of ours says now.
fn word(
    node: &Node,
    (docket, court): (&Docket, &Court<'_>),
    state: &Dispute,
    (job, factors): (&KnownJob, &Factors),
    known: &Known,
) -> Told<Option<(PublicKey, Says)>> {
    let case = state.case();
    let is_ours = |public: &PublicKey| node.identities.key_of(&docket.list, public).is_some();
    for side in Side::BOTH {
        let party = case.parties.of(side);
        if !is_ours(party) {
            continue;
        }
        let Some((leaf, commit)) = leaf(node, docket, case, side, job)? else { continue };
        let marks_path = match state {
            Dispute::AwaitsAnswer(_) => docket.marks_path(node, commit, case.cell, case.leaf)?,
            _ => Vec::new(),
        };
        let marks_path = &marks_path;
        let own = Holding { factors, leaf: &leaf, marks_path, digester: known, prover: known };
        let says = reply(state, side, &own).or_else(|| {
            let shows = known.has_no_proof() && known.may_show();
            shows.then(|| reply_by_showing(state, side, &own)).flatten()
        });
        if let Some(says) = says {
            return Ok(Some((party.clone(), says)));
        }
    }
    let Dispute::Decided(decided) = state else { return Ok(None) };
    let judge = decided.judge().filter(|judge| is_ours(judge));
    Ok(judge.and_then(|judge| Some((judge.clone(), rule(court, state)?))))
}

/// The values that a party committed to, if they are kept here, and the message by which he did.
fn leaf<'d>(
    node: &Node,
    docket: &'d Docket,
    case: &Case,
    side: Side,
    job: &KnownJob,
) -> Told<Option<(Vec<u8>, &'d Heard)>> {
    let (party, hash) = (case.parties.of(side), *case.hashes.of(side));
    for heard in docket.commits.iter().chain(&docket.later) {
        let Says::Commit(commit) = heard.says() else { continue };
        if heard.by() != party {
            continue;
        }
        let leaf = operands::leaf(node, job, &case.ground, case.cell, &commit.commitment)?;
        // A party may have committed to several parts: what counts is the leaf that is disputed.
        if let Some(leaf) = leaf.filter(|leaf| operands::hash(&case.ground, leaf) == hash) {
            return Ok(Some((leaf, heard)));
        }
    }
    Ok(None)
}

/// Signs, keeps and anchors what somebody of ours says; a judge stakes with his verdict.
async fn say(node: &Arc<Node>, docket: &Docket, by: &PublicKey, says: Says) -> Told<Next> {
    let job = docket.task.job;
    let key = node.identities.key_of(&docket.list, by);
    let key = key.ok_or_else(|| problem(codes::WENT_MISSING, format!("the key of {by}")))?;
    let kept = tokio::task::block_in_place(|| messages::say(node, &key, says))?;
    Point::Saying.reached();
    let mut records = vec![kept.record(job)];
    let booking = node.news.booking().await;
    if let Says::Verdict(verdict) = kept.heard.says() {
        let bond = docket.agreed.terms.bond;
        let op = book::Op::Lock { dispute: verdict.dispute, account: by.clone(), units: bond };
        let stake = stakes::booked(node.anchors.memory().disputes().book(), &[op]);
        records.extend(stake.map_err(|error| problem(codes::NO_STAKE, error.to_string()))?);
    }
    super::anchor(node, records).await?;
    drop(booking);
    Point::Said.reached();
    tracing::info!(%job, %by, word = kept.heard.says().word(), "said in a dispute");
    Ok(Next::Said)
}

/// Anchors how it ended and what becomes of the stakes, in one unit.
async fn settle(node: &Arc<Node>, job: Digest, ended: &Ended) -> Told<Next> {
    let finding = ended.finding.as_ref();
    let faults = finding.map(|finding| finding.at_fault.as_slice()).unwrap_or_default();
    let parties = &ended.case.parties;
    let settled = Record::Settled {
        document: job,
        dispute: ended.case.id,
        upheld: finding.is_some_and(arch_dispute::Finding::upheld),
        at_fault: faults.iter().map(|fault| parties.of(fault.who).did()).collect(),
        judge: ended.judge.as_ref().map(PublicKey::did),
        key: finding.and_then(|finding| Some(finding.believed.as_ref()?.key)),
    };
    let booking = node.news.booking().await;
    let ops = book::settle(ended);
    let booked = stakes::booked(node.anchors.memory().disputes().book(), &ops);
    let booked = booked.map_err(|error| problem(codes::WENT_MISSING, error.to_string()))?;
    Point::Settling.reached();
    let records = std::iter::once(settled).chain(booked).collect();
    super::anchor(node, records).await?;
    drop(booking);
    Point::Settled.reached();
    node.news.tell();
    let dispute = ended.case.id;
    let at_fault: Vec<String> = faults.iter().map(|fault| parties.of(fault.who).did()).collect();
    tracing::warn!(%job, %dispute, ?at_fault, "a dispute is settled");
    Ok(Next::Settled)
}
