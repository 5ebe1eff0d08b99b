//! What an operator decides about a job. His name goes into the ledger first.

use std::sync::Arc;

use arch_identity::Digest;
use arch_ledger::Record;
use arch_problem::{Problem, codes};
use arch_schedule::{Event, JobState};

use super::Peer;
use crate::{
    cancel::Wish,
    ending::called_off_record,
    memory::KnownJob,
    node::Node,
    pipeline::launch_all,
    point::Point,
    told::{Told, problem},
};

/// Calls a job off, whether it waits or runs.
pub(super) async fn cancel(node: &Arc<Node>, peer: &Peer, digest: Digest) -> Told<JobState> {
    let _hand = node.hands.take(digest).await;
    let job = known(node, digest, Event::CancelledByHand)?;
    let called_off = Record::Cancelled { document: digest, by: peer.name() };
    let running = node.running().get(&digest).cloned();
    let records = match &running {
        // How it ended is told when the executor says so.
        Some(_) => vec![called_off],
        None => vec![called_off, called_off_record(digest, job.attempts)],
    };
    let ended = running.is_none();
    anchor(node, records).await?;
    Point::CalledOff.reached();
    tracing::info!(job = %digest, by = peer.name(), "called off");
    match running {
        Some(cancel) => cancel.ask(Wish::CalledOff),
        None => drop(node.desk.withdraw(digest)),
    }
    if ended {
        // It may have stood before one that has room now.
        launch_all(node);
    }
    state(node, digest)
}

/// Lets a quarantined result out.
pub(super) async fn release(node: &Arc<Node>, peer: &Peer, digest: Digest) -> Told<JobState> {
    let _hand = node.hands.take(digest).await;
    known(node, digest, Event::ReleasedByHand)?;
    anchor(node, vec![Record::Released { document: digest, by: peer.name() }]).await?;
    node.ended();
    state(node, digest)
}

/// Throws a quarantined result away.
pub(super) async fn reject(node: &Arc<Node>, peer: &Peer, digest: Digest) -> Told<JobState> {
    let _hand = node.hands.take(digest).await;
    known(node, digest, Event::RejectedByHand)?;
    anchor(node, vec![Record::Rejected { document: digest, by: peer.name() }]).await?;
    state(node, digest)
}

/// The job, if the step makes sense for it.
fn known(node: &Node, digest: Digest, event: Event) -> Told<KnownJob> {
    let memory = node.anchors.memory();
    let job = memory.job(&digest).ok_or_else(|| no_such_job(digest))?;
    let wrong = || problem(codes::WRONG_STATE, format!("the job is {}", job.state));
    if job.called_off {
        return Err(problem(codes::WRONG_STATE, "the job is being called off already"));
    }
    job.state.after(event).map_err(|_| wrong())?;
    Ok(job.clone())
}

pub(super) fn no_such_job(digest: Digest) -> Box<Problem> {
    problem(codes::NO_SUCH_JOB, format!("no accepted job has the digest {digest}"))
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
