//! Running an ended job again from the archive, to see the same come out. Anchors nothing, keeps
//! nothing, and needs a place like every run. A job that may write to the machine is not run again:
//! it would write a second time.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    sync::Arc,
    time::Duration,
};

use arch_document::{Grant, Runtime};
use arch_identity::Digest;
use arch_problem::{Problem, codes};
use arch_schedule::{Arrival, Placed};
use arch_wire::control::Replayed;
use tokio::{sync::oneshot, time};

use crate::{
    attempt::launch_all,
    cancel::Cancel,
    gave::Gave,
    memory::End,
    node::Node,
    readmission::take_up,
    supplies,
    told::{Told, problem},
    validate::{Store, Unlooked, Validated, validate},
};

/// How long a replay waits for room.
const PATIENCE: Duration = Duration::from_secs(600);

/// Runs the job again and compares.
///
/// # Errors
/// When there is no such job, it has not ended with a run, or it cannot be run again.
pub(crate) async fn replay(node: &Arc<Node>, digest: Digest) -> Told<Replayed> {
    let (then, accepted_with) = ended(node, digest).await?;
    let _at_work = node.at_work();
    let replayed = match place(node, digest).await {
        Ok(placed) => {
            let now = run(node, &placed, &accepted_with).await;
            drop(placed.finish());
            now.map(|now| compare(digest, &then, &now))
        }
        Err(problem) => Err(problem),
    };
    // However it went: the place, or the turn, is somebody else's now.
    launch_all(node);
    replayed
}

async fn run(
    node: &Arc<Node>,
    placed: &Placed,
    accepted_with: &BTreeMap<String, Digest>,
) -> Told<Validated> {
    let gather = || supplies::gather(&node.stores, placed.job(), accepted_with);
    let supplies = tokio::task::block_in_place(gather)?;
    let cancel = Cancel::default();
    let digest = placed.job().digest();
    if node.gate.is_stopping() {
        return Err(problem(codes::NOT_ACCEPTING, "the agent is stopping"));
    }
    // So that a stopping agent ends it like any other run; asked and noted under one lock, because
    // two may ask at once.
    match node.running().entry(digest) {
        Entry::Vacant(free) => {
            free.insert(cancel.clone());
        }
        Entry::Occupied(_) => {
            return Err(problem(codes::WRONG_STATE, "the job is being run again already"));
        }
    }
    let executed = node.executor.run(placed, &supplies, &cancel).await;
    node.running().remove(&digest);
    if cancel.is_cancelled() {
        return Err(problem(codes::NOT_ACCEPTING, "the agent is stopping"));
    }
    let executed = executed.map_err(|lost| problem(codes::EXECUTOR_ABSENT, lost.to_string()))?;
    let looked = || validate(placed.job(), &executed, Store::Nowhere);
    tokio::task::block_in_place(looked).map_err(|unlooked| match unlooked {
        Unlooked::Lost(lost) => problem(codes::EXECUTOR_ABSENT, lost.to_string()),
        Unlooked::Machine(problem) => problem,
    })
}

/// How the job ended, and the inputs that it was accepted with.
async fn ended(node: &Node, digest: Digest) -> Told<(End, BTreeMap<String, Digest>)> {
    let job = node.job(digest).await?;
    let end = job.end.filter(|_| job.attempts > 0).ok_or_else(|| {
        problem(
            codes::WRONG_STATE,
            format!("the job is {}; only a run that ended is run again", job.state),
        )
    })?;
    Ok((*end, job.inputs.to_map()))
}

async fn place(node: &Arc<Node>, digest: Digest) -> Told<Placed> {
    let first = |problems: Vec<Problem>| {
        let none = || problem(codes::WENT_MISSING, "no reason");
        problems.into_iter().next().map_or_else(none, Box::new)
    };
    let admitted = take_up(node, digest).map_err(first)?;
    if let Some(grant) = admitted.grants().iter().find(|grant| matches!(grant, Grant::Write(_))) {
        let text = format!("the job may `{grant}`, and a replay changes nothing on this machine");
        return Err(problem(codes::REPLAY_WRITES, text));
    }
    if admitted.job().get().spec.runtime == Runtime::Matrix {
        let text = "a product is not made again: its audit, and whoever has A and B, can check it";
        return Err(problem(codes::WRONG_STATE, text));
    }
    let (to, turn) = oneshot::channel();
    if !node.desk.announce_replay(digest, to) {
        return Err(problem(codes::WRONG_STATE, "the job is being run again already"));
    }
    match node.desk.place(admitted, Arrival::Resumed) {
        Ok(Some(placed)) => {
            drop(node.desk.replay_of(&digest));
            return Ok(placed);
        }
        Ok(None) => {}
        Err(never) => {
            drop(node.desk.replay_of(&digest));
            return Err(first(never.reasons));
        }
    }
    let waited = tokio::select! {
        waited = time::timeout(PATIENCE, turn) => waited.ok().and_then(Result::ok),
        () = node.gate.stopping() => None,
    };
    if let Some(placed) = waited {
        return Ok(placed);
    }
    drop(node.desk.replay_of(&digest));
    drop(node.desk.withdraw(digest));
    node.gate.pass()?;
    Err(problem(codes::QUEUE_FULL, "there was no room for ten minutes"))
}

fn compare(digest: Digest, then: &End, now: &Validated) -> Replayed {
    let findings = now.findings();
    let differences = Gave::from(then).differences(&Gave::from(findings));
    Replayed {
        digest,
        same: differences.is_empty(),
        differences,
        outcome: findings.outcome.word().to_owned(),
        outputs: findings.outputs.clone(),
        reads: findings.reads,
        fuel: findings.fuel,
    }
}
