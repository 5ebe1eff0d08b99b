//! A job's life, top to bottom. Each step consumes what it checks; each refusal is a value.
//!
//! ```text
//! bytes -> SignedDocument::parse   syntax, limits, canonical form   -> Problem with a place
//!   root.verify(document)      -> Verified<Job>   quorum, expiry, no replay
//!   policy.admit(job, facts)   -> Admitted        grants and the rules that decided
//!   supplies::secure(job)         module and inputs in the archive, durable
//!   desk.place(admitted)       -> Placed | later | never
//!   anchor(Accepted)              durable: from here on the job is run to one end, for ever
//! run:
//!   supplies::gather           -> Supplies        sealed memory files
//!   anchor(Started)               durable before the executor hears of it
//!   executor.run(&placed)      -> Executed        a claim
//!   validate(executed)         -> Validated       every byte hashed again
//!   anchor(Finished)           -> Anchored        durable before anybody is told; replayable
//! ```

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use arch_document::{Job, Moment, SignedDocument, Verified};
use arch_identity::Digest;
use arch_ledger::{EndState, Record};
use arch_policy::Admitted;
use arch_problem::{Code, Problem, codes};
use arch_schedule::{Arrival, JobState, Placed};
use arch_wire::executor::Outcome;

use crate::{
    authority::Authority,
    cancel::{Cancel, Wish},
    ending::{FULL_DISK, Next, called_off_record, end, give_up, interrupt, troubled},
    executor_client::Lost,
    gate::Shut,
    interruption::{AGENT_STOPPED, MACHINE_FAILED, WORKER_LOST},
    node::Node,
    point::Point,
    readmission::judge_again,
    records,
    supplies::{self, Secured, Supplies},
    told::{Told, blocking, no_such_job, one, problem},
    validate::{Store, Unlooked, Validated, validate},
};

/// The longest wait when the machine cannot do its part; the first is [`FULL_DISK`].
const MACHINE: Duration = Duration::from_secs(300);

/// What became of a document.
#[derive(Debug)]
pub enum Fate {
    /// It is in the ledger as accepted, and runs when its turn comes.
    Accepted(Digest),
    /// It was accepted before; nothing new happened.
    Known(Digest, JobState),
    /// It was not accepted, for these reasons; the subject is the document's digest, or that of
    /// the bytes when they are no document.
    Refused(Digest, Vec<Problem>),
}

/// From bytes to a durable acceptance. The refusal is not anchored here: whoever hands the bytes in
/// knows whether they are whole.
pub async fn take_in(node: &Arc<Node>, file: &str, bytes: &[u8]) -> Fate {
    let document = match SignedDocument::parse(file, bytes) {
        Ok(document) => document,
        Err(problem) => return Fate::Refused(Digest::of(bytes), vec![*problem]),
    };
    Point::Parsed.reached();
    let digest = document.digest();
    let hand = node.hands.take(digest).await;
    if let Some(state) = node.state_of(&digest) {
        return Fate::Known(digest, state);
    }
    match accept(node, document).await {
        Ok(placed) => {
            drop(hand);
            if let Some(placed) = placed {
                launch(node, placed);
            }
            Fate::Accepted(digest)
        }
        Err(problems) => Fate::Refused(digest, problems),
    }
}

async fn accept(
    node: &Arc<Node>,
    document: SignedDocument,
) -> Result<Option<Placed>, Vec<Problem>> {
    node.gate.pass().map_err(one)?;
    let moment = node.moment().map_err(one)?;
    let authority = node.authority();
    let verified = verify(node, &authority, document, &moment).map_err(one)?;
    Point::Verified.reached();
    let admitted = admit(node, &authority, verified, &moment)?;
    Point::Admitted.reached();
    let (admitted, secured) = secure(node, admitted).await.map_err(one)?;
    Point::Secured.reached();
    let (digest, record) =
        (admitted.digest(), records::accepted(&admitted, &secured, authority.policy.digest()));
    let placed = node.desk.place(admitted, Arrival::New).map_err(|never| never.reasons)?;
    Point::Placed.reached();
    match node.anchors.anchor_one(record).await {
        Ok(_) => {
            Point::Accepted.reached();
            tracing::info!(job = %digest, "accepted");
            Ok(placed)
        }
        Err(error) => {
            node.heed(&error);
            // Whoever had it placed in the meantime finds no acceptance and lets it go.
            drop(node.desk.withdraw(digest));
            drop(placed);
            launch_all(node);
            Err(one(error.problem()))
        }
    }
}

fn verify(
    node: &Node,
    authority: &Authority,
    document: SignedDocument,
    moment: &Moment,
) -> Told<Verified<Job>> {
    let memory = node.anchors.memory();
    authority.root.verify(document, moment, &*memory).map_err(|refusal| Box::new(refusal.problem))
}

pub(crate) fn admit(
    node: &Node,
    authority: &Authority,
    verified: Verified<Job>,
    moment: &Moment,
) -> Result<Admitted, Vec<Problem>> {
    let facts = node.facts(authority, &verified.get().spec.after, moment.now());
    // That its policy is not believed is the node's trouble, and says nothing about the job.
    let policy = authority
        .believed()
        .map_err(|_| one(problem(codes::NOT_ACCEPTING, Shut::PolicyDoubted.why())))?;
    policy.admit(verified, &facts).map_err(|denied| denied.reasons)
}

/// Document, module and inputs are durable in the archive when this returns.
async fn secure(node: &Node, admitted: Admitted) -> Told<(Admitted, Secured)> {
    let stores = Arc::clone(&node.stores);
    blocking(move || {
        let secured = supplies::secure(&stores, &admitted)?;
        Point::Fed.reached();
        let document = admitted.job().document();
        stores.shelf.keep_document(document)?;
        Ok((admitted, secured))
    })
    .await
}

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
    let supplies = match gather(node, placed).await {
        Ok(supplies) => supplies,
        Err(problem) => return without_a_run(node, digest, problem).await,
    };
    Point::Gathered.reached();
    let cancel = Cancel::default();
    let number = match start(node, digest, environment, &cancel).await {
        Ok(number) => number,
        Err(next) => return next,
    };
    Point::Started.reached();
    let executed = node.executor.run(placed, &supplies, &cancel).await;
    Point::Answered.reached();
    let validated = match executed {
        Ok(executed) => look(node, placed, executed).await,
        Err(lost) => Err(lost.into()),
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

/// Reasons that lie with the machine: a full disk, too few descriptors, too little memory.
pub(crate) fn is_the_machines(code: Code) -> bool {
    [codes::FILE_MACHINE, codes::ARCHIVE_IO, codes::NOT_ACCEPTING].contains(&code)
}

async fn gather(node: &Node, placed: &Placed) -> Told<Supplies> {
    let accepted_with = accepted_with(node, placed.job().digest()).await?;
    // The job stays with its place; what is read of it is copied for the thread that blocks.
    let stores = &node.stores;
    tokio::task::block_in_place(|| supplies::gather(stores, placed.job(), &accepted_with))
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
    executed: crate::executor_client::Executed,
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
        return end(node, called_off_record(digest, attempt)).await;
    }
    let lost = match validated {
        Ok(validated) if outcome(&validated) == &Outcome::Cancelled => {
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
            let why = format!("{MACHINE_FAILED}: {}", problem.message);
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
    let why = format!("{WORKER_LOST}: {lost}");
    tracing::warn!(job = %digest, attempt, %why, "interrupted");
    if losses.saturating_add(1) >= node.settings.jobs.attempts {
        let problem = problem(codes::ATTEMPTS_SPENT, why);
        let record =
            records::ended(digest, attempt, EndState::Failed, "attemptsSpent", Some(&problem));
        return end(node, record).await;
    }
    Point::Lost.reached();
    interrupt(node, records::interrupted(digest, attempt, &why)).await
}

fn outcome(validated: &Validated) -> &Outcome {
    match validated {
        Validated::Good(findings)
        | Validated::Failed(findings, _)
        | Validated::Quarantined(findings, _) => &findings.outcome,
    }
}

fn tell(digest: Digest, validated: &Validated) {
    match validated {
        Validated::Good(_) => tracing::info!(job = %digest, "completed"),
        Validated::Failed(_, problem) => tracing::warn!(job = %digest, %problem, "failed"),
        Validated::Quarantined(_, problem) => {
            tracing::error!(job = %digest, %problem, "quarantined");
        }
    }
}
