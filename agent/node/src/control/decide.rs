//! What an operator decides about a job. His name goes into the ledger first.

use std::sync::Arc;

use arch_identity::Digest;
use arch_ledger::Record;
use arch_problem::{Problem, codes};
use arch_schedule::{Arrival, Event, JobState};

use super::Peer;
use crate::{
    attempt::{launch, launch_all},
    cancel::Wish,
    ending::give_up,
    node::Node,
    point::Point,
    product::forget,
    readmission::take_up,
    records,
    told::{Told, no_such_job, problem},
};

/// Calls a job off, whether it waits or runs.
pub(super) async fn cancel(node: &Arc<Node>, peer: &Peer, digest: Digest) -> Told<JobState> {
    let _hand = node.hands.take(digest).await;
    require_step(node, digest, Event::CancelledByHand)?;
    let attempts = node.anchors.memory().open_job(&digest).map_or(0, |job| job.attempts);
    let called_off = Record::Cancelled { document: digest, by: peer.name() };
    let running = node.running().get(&digest).cloned();
    let records = match &running {
        // How it ended is told when the executor says so.
        Some(_) => vec![called_off],
        None => vec![called_off, records::called_off(digest, attempts)],
    };
    anchor(node, records).await?;
    Point::CalledOff.reached();
    tracing::info!(job = %digest, by = peer.name(), "called off");
    match running {
        Some(cancel) => cancel.ask(Wish::CalledOff),
        None => {
            // Whatever attempts before have left.
            tokio::task::block_in_place(|| forget(node.places.scratch(), &digest));
            drop(node.desk.withdraw(digest));
            // It may have stood before one that has room now.
            launch_all(node);
        }
    }
    state(node, digest)
}

/// Lets a quarantined result out.
pub(super) async fn release(node: &Arc<Node>, peer: &Peer, digest: Digest) -> Told<JobState> {
    let _hand = node.hands.take(digest).await;
    require_step(node, digest, Event::ReleasedByHand)?;
    anchor(node, vec![Record::Released { document: digest, by: peer.name() }]).await?;
    node.awaited.ended();
    state(node, digest)
}

/// Has a dead letter tried again.
pub(super) async fn retry(node: &Arc<Node>, peer: &Peer, digest: Digest) -> Told<JobState> {
    let hand = node.hands.take(digest).await;
    require_step(node, digest, Event::RetriedByHand)?;
    node.gate.pass()?;
    if node.running().contains_key(&digest) || node.desk.awaits_replay(&digest) {
        return Err(problem(codes::WRONG_STATE, "the job is being run again already"));
    }
    let admitted = take_up(node, digest).map_err(first)?;
    anchor(node, vec![Record::Retried { document: digest, by: peer.name() }]).await?;
    tracing::info!(job = %digest, by = peer.name(), "tried again");
    let placed = node.desk.place(admitted, Arrival::Resumed);
    drop(hand);
    let placed = match placed {
        Ok(placed) => placed,
        Err(never) => {
            let problem = first(never.reasons);
            give_up(node, digest, &problem).await;
            return Err(problem);
        }
    };
    if let Some(placed) = placed {
        launch(node, placed);
    }
    state(node, digest)
}

fn first(problems: Vec<Problem>) -> Box<Problem> {
    let none = || problem(codes::WENT_MISSING, "no reason");
    problems.into_iter().next().map_or_else(none, Box::new)
}

/// Throws a result away that cannot be relied upon.
pub(super) async fn reject(node: &Arc<Node>, peer: &Peer, digest: Digest) -> Told<JobState> {
    let _hand = node.hands.take(digest).await;
    require_step(node, digest, Event::RejectedByHand)?;
    anchor(node, vec![Record::Rejected { document: digest, by: peer.name() }]).await?;
    state(node, digest)
}

/// Whether the step makes sense for the job, as the ledger has it.
fn require_step(node: &Node, digest: Digest, event: Event) -> Told<()> {
    let memory = node.anchors.memory();
    let state = memory.state_of(&digest).ok_or_else(|| no_such_job(digest))?;
    if memory.open_job(&digest).is_some_and(|job| job.called_off) {
        return Err(problem(codes::WRONG_STATE, "the job is being called off already"));
    }
    let wrong = |_| problem(codes::WRONG_STATE, format!("the job is {state}"));
    state.after(event).map(drop).map_err(wrong)
}

async fn anchor(node: &Arc<Node>, records: Vec<Record>) -> Told<()> {
    let anchored = node.anchors.anchor(records).await;
    anchored.map(drop).map_err(|error| {
        node.heed(&error);
        error.problem()
    })
}

fn state(node: &Node, digest: Digest) -> Told<JobState> {
    node.state_of(&digest).ok_or_else(|| no_such_job(digest))
}
