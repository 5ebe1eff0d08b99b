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
//!   or product::compute        -> Validated       pieces by workers; then committed, compared, checked
//!   anchor(Finished)           -> Anchored        durable before anybody is told; replayable
//! ```

use std::sync::Arc;

use arch_document::SignedDocument;
use arch_identity::Digest;
use arch_policy::Admitted;
use arch_problem::Problem;
use arch_schedule::{Arrival, JobState, Placed};

use crate::{
    admission::{admit, verify},
    attempt::{launch, launch_all},
    node::Node,
    point::Point,
    records,
    supplies::{self, Secured},
    told::{Told, blocking, one},
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
    let verified = {
        let memory = node.anchors.memory();
        verify(&authority, document, &moment, &*memory).map_err(one)?
    };
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
