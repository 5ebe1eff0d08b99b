//! A placed job's run: attempt after attempt, until the ledger has its one end.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use arch_document::Runtime;
use arch_identity::Digest;
use arch_ledger::Record;
use arch_problem::{Problem, codes};
use arch_schedule::Placed;
use arch_wire::executor::Outcome;

use crate::{
    cancel::{Cancel, Wish},
    dispute::{require_prover, require_stakes},
    ending::{FULL_DISK, Next, end, give_up, interrupt, troubled},
    executor_client::{Executed, Lost},
    gate::Shut,
    interruption::{AGENT_STOPPED, executor_lost, machine_failed},
    node::Node,
    point::Point,
    product::{self, Product},
    readmission::judge_again,
    reason::is_the_machines,
    records, redundancy,
    supplies::{self, Supplies},
    told::{Told, no_such_job, problem},
    validate::{Store, Unlooked, Validated, validate},
};

/// The longest wait when the machine cannot do its part; the first is [`FULL_DISK`].
const MACHINE: Duration = Duration::from_secs(300);

/// Gives a placed job to whoever is to run it.
pub(crate) fn launch(node: &Arc<Node>, placed: Placed) {
    match node.desk.replay_of(&placed.job().digest()) {
        // A replay that is not waited for any more gives the place back.
        Some(replay) => drop(replay.send(placed)),
        None => drop(tokio::spawn(run(Arc::clone(node), placed))),
    }
}

/// Gives everything that has room now to whoever is to run it.
pub(crate) fn launch_all(node: &Arc<Node>) {
    if node.gate.is_stopping() {
        // The queue is in the ledger; the next start takes it up.
        return;
    }
    while let Some(placed) = node.desk.next() {
        launch(node, placed);
    }
}

/// Runs a job until it has come to an end, or the agent stops.
async fn run(node: Arc<Node>, mut placed: Placed) {
    let at_work = node.at_work();
    let mut trouble = FULL_DISK;
    loop {
        let pause = match attempt(&node, &mut placed).await {
            Next::Over => break,
            Next::Again(pause) => pause,
            Next::AgainWhenTheMachineCan(problem) => {
                tracing::warn!(job = %placed.job().digest(), %problem, ?trouble, "tried again later");
                let pause = trouble;
                trouble = trouble.saturating_mul(2).min(MACHINE);
                pause
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = node.gate.stopping() => break,
        }
    }
    drop(placed.finish());
    launch_all(&node);
    drop(at_work);
}

async fn attempt(node: &Arc<Node>, placed: &mut Placed) -> Next {
    let digest = placed.job().digest();
    let environment = tokio::select! {
        biased;
        () = node.gate.stopping() => return Next::Over,
        environment = ready(node) => environment,
    };
    if let Err(problem) = judge_again(node, placed) {
        return without_a_run(node, digest, problem).await;
    }
    let work = match gather(node, placed).await {
        Ok(work) => work,
        Err(problem) => return without_a_run(node, digest, problem).await,
    };
    Point::Gathered.reached();
    let cancel = Cancel::default();
    let number = match start(node, digest, environment, &cancel).await {
        Ok(number) => number,
        Err(next) => return next,
    };
    Point::Started.reached();
    let validated = match &work {
        Work::Guest(supplies) => guest(node, placed, supplies, number, &cancel).await,
        Work::Product(product) => product::compute(node, placed, product, number, &cancel).await,
    };
    conclude(node, digest, number, &cancel, validated).await
}

/// Waits until there is a policy that is believed, and an executor.
async fn ready(node: &Node) -> Digest {
    node.gate.is_over(Shut::PolicyDoubted).await;
    node.executor.environment().await
}

/// The job cannot be run: for good, or the machine cannot do its part right now.
async fn without_a_run(node: &Arc<Node>, digest: Digest, problem: Box<Problem>) -> Next {
    if is_the_machines(problem.code) {
        return Next::AgainWhenTheMachineCan(problem);
    }
    give_up(node, digest, &problem).await
}

/// What an attempt has to do.
enum Work {
    Guest(Supplies),
    Product(Product),
}

async fn gather(node: &Node, placed: &Placed) -> Told<Work> {
    let accepted_with = accepted_with(node, placed.job().digest()).await?;
    // The job stays with its place; what is read of it is copied for the thread that blocks.
    let (stores, job) = (&node.stores, placed.job());
    tokio::task::block_in_place(|| match job.job().get().spec.runtime {
        Runtime::Matrix => {
            let product = product::look(&stores.shelf, job, &accepted_with)?;
            require_stakes(node, &product.identities(&node.identities))?;
            require_prover(node)?;
            Ok(Work::Product(product))
        }
        _ => supplies::gather(stores, job, &accepted_with).map(Work::Guest),
    })
}

/// Runs the guest, as often as its owner asked for.
async fn guest(
    node: &Arc<Node>,
    placed: &Placed,
    supplies: &Supplies,
    attempt: u32,
    cancel: &Cancel,
) -> Result<Validated, Unlooked> {
    let executed = node.executor.run(placed, supplies, cancel).await?;
    Point::Answered.reached();
    match look(node, placed, executed).await? {
        Validated::Good(findings) => {
            redundancy::compare(node, placed, supplies, attempt, cancel, findings).await
        }
        other => Ok(other),
    }
}

/// The inputs that the ledger says the job was accepted with.
async fn accepted_with(node: &Node, digest: Digest) -> Told<BTreeMap<String, Digest>> {
    // A job may get its place before its acceptance is durable; whoever accepts it holds the hand.
    let _hand = node.hands.take(digest).await;
    let inputs = node.anchors.memory().open_job(&digest).map(|job| job.inputs.to_map());
    inputs.ok_or_else(|| no_such_job(digest))
}

/// The start is durable when this gives a number.
async fn start(
    node: &Arc<Node>,
    digest: Digest,
    environment: Digest,
    cancel: &Cancel,
) -> Result<u32, Next> {
    let _hand = node.hands.take(digest).await;
    let job = node.anchors.memory().open_job(&digest).cloned();
    // No acceptance: anchoring it failed. Ended or called off: somebody was quicker.
    let Some(job) = job.filter(|job| !job.called_off) else { return Err(Next::Over) };
    if node.gate.is_stopping() {
        return Err(Next::Over);
    }
    let attempt = job.attempts.saturating_add(1);
    node.running().insert(digest, cancel.clone());
    Point::Starting.reached();
    match node.anchors.anchor_one(Record::Started { document: digest, attempt, environment }).await
    {
        Ok(_) => {
            tracing::info!(job = %digest, attempt, "started");
            Ok(attempt)
        }
        Err(error) => {
            node.running().remove(&digest);
            Err(troubled(node, &error))
        }
    }
}

async fn look(
    node: &Arc<Node>,
    placed: &Placed,
    executed: Executed,
) -> Result<Validated, Unlooked> {
    let looked = tokio::task::block_in_place(|| {
        validate(placed.job(), &executed, Store::In(&node.stores.shelf))
    });
    match &looked {
        Ok(Validated::Quarantined(_, problem)) if problem.code == codes::EXECUTOR_LIED => {
            node.executor.distrust(&problem.message);
        }
        _ => {}
    }
    looked
}

/// Exactly one end for each job, for ever; or a durable interruption and another attempt.
async fn conclude(
    node: &Arc<Node>,
    digest: Digest,
    attempt: u32,
    cancel: &Cancel,
    validated: Result<Validated, Unlooked>,
) -> Next {
    let _hand = node.hands.take(digest).await;
    node.running().remove(&digest);
    let (losses, called_off) =
        node.anchors.memory().open_job(&digest).map_or((0, false), |j| (j.losses, j.called_off));
    if called_off {
        return end(node, records::called_off(digest, attempt)).await;
    }
    let lost = match validated {
        Ok(validated) if validated.findings().outcome == Outcome::Cancelled => {
            Lost("it says that the run was called off".to_owned())
        }
        Ok(validated) => {
            Point::Validated.reached();
            let next = end(node, records::finished(digest, attempt, &validated)).await;
            // Nobody is told before it is durable.
            tell(digest, &validated);
            return next;
        }
        Err(Unlooked::Machine(problem)) => {
            let why = machine_failed(&problem.message);
            return match interrupt(node, records::interrupted(digest, attempt, &why)).await {
                Next::Again(pause) if pause.is_zero() => Next::AgainWhenTheMachineCan(problem),
                next => next,
            };
        }
        Err(Unlooked::Lost(lost)) => lost,
    };
    if cancel.wish() == Wish::Stopping {
        interrupt(node, records::interrupted(digest, attempt, AGENT_STOPPED)).await;
        return Next::Over;
    }
    again_or_spent(node, digest, attempt, losses, &lost).await
}

/// An executor that was lost is counted; so often, and it is taken to be the job's doing.
async fn again_or_spent(
    node: &Arc<Node>,
    digest: Digest,
    attempt: u32,
    losses: u32,
    lost: &Lost,
) -> Next {
    let why = executor_lost(lost);
    tracing::warn!(job = %digest, attempt, %why, "interrupted");
    if losses.saturating_add(1) >= node.settings.jobs.attempts {
        let problem = problem(codes::ATTEMPTS_SPENT, why);
        return end(node, records::spent(digest, attempt, &problem)).await;
    }
    Point::Lost.reached();
    interrupt(node, records::interrupted(digest, attempt, &why)).await
}

fn tell(digest: Digest, validated: &Validated) {
    match validated {
        Validated::Good(_) => tracing::info!(job = %digest, "completed"),
        Validated::Failed(_, problem) => {
            tracing::warn!(job = %digest, code = %problem.code, %problem, "failed");
        }
        Validated::Quarantined(_, problem) => {
            tracing::error!(job = %digest, code = %problem.code, %problem, "quarantined");
        }
        Validated::Disputed(_, problem) => {
            tracing::error!(job = %digest, code = %problem.code, %problem, "disputed");
        }
        Validated::Dead(_, problem) => {
            tracing::error!(job = %digest, code = %problem.code, %problem, "dead");
        }
    }
}
