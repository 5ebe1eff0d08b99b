//! A job's life, top to bottom. Each step consumes what it checks; each refusal is a value.
//!
//! ```text
//! bytes -> SignedDocument::parse   syntax, limits, canonical form   -> Problem with a place
//!   root.verify(document)      -> Verified<Job>   quorum, expiry, no replay
//!   policy.admit(job, facts)   -> Admitted        grants and the rules that decided
//!   supplies::secure(job)         module and inputs in the archive, durable
//!   desk.place(admitted)       -> Placed | later | never
//!   anchor(Accepted)              durable: from here on the job is run to one end, for ever
//! attempt::run:
//!   supplies::gather           -> Supplies        sealed memory files
//!   anchor(Started)               durable before the executor hears of it
//!   executor.run(&placed)      -> Executed        a claim
//!   validate(executed)         -> Validated       every byte hashed again
//!   anchor(Finished)           -> Anchored        durable before anybody is told; replayable
//! ```

use std::sync::Arc;

use arch_document::{Job, Moment, SignedDocument, Verified};
use arch_identity::Digest;
use arch_policy::Admitted;
use arch_problem::{Problem, codes};
use arch_schedule::{Arrival, JobState, Placed};

use crate::{
    attempt,
    authority::Authority,
    gate::Shut,
    node::Node,
    point::Point,
    records,
    supplies::{self, Secured},
    told::{Told, blocking, one, problem},
};

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
        None => drop(tokio::spawn(attempt::run(Arc::clone(node), placed))),
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
