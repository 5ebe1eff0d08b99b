//! How a job comes to its end, or to another attempt: whatever happens, the ledger says so first.

use std::{sync::Arc, time::Duration};

use arch_identity::Digest;
use arch_ledger::{EndState, LedgerError, Record};
use arch_problem::Problem;

use crate::{anchors::AnchorError, dispute, node::Node, point::Point, product::forget, records};

/// How long to wait when the disk is full before something is tried again.
pub(crate) const FULL_DISK: Duration = Duration::from_secs(5);

/// What follows an attempt.
#[derive(Debug)]
pub(crate) enum Next {
    /// Another one.
    Again(Duration),
    /// Another one, later each time: nothing is wrong with the job or the executor.
    AgainWhenTheMachineCan(Box<Problem>),
    /// Nothing: the job has ended, or is left for the next start.
    Over,
}

/// An end without a run: what the job needs cannot be had, or it is not believed any more.
pub(crate) async fn give_up(node: &Arc<Node>, digest: Digest, problem: &Problem) -> Next {
    let _hand = node.hands.take(digest).await;
    let job = node.anchors.memory().open_job(&digest).cloned();
    let Some(job) = job else { return Next::Over };
    tracing::warn!(job = %digest, %problem, "given up");
    end(node, records::given_up(digest, job.attempts, problem)).await
}

/// Anchors the end, however long a full disk makes it wait.
pub(crate) async fn end(node: &Arc<Node>, record: Record) -> Next {
    loop {
        match node.anchors.anchor_one(record.clone()).await {
            Ok(_) => {
                Point::Finished.reached();
                if let Some(document) = record.job() {
                    tokio::task::block_in_place(|| forget(node.places.scratch(), document));
                }
                node.awaited.ended();
                if let Record::Finished { document, state: EndState::Disputed, .. } = &record {
                    dispute::begin(node, *document);
                }
                return Next::Over;
            }
            Err(error @ AnchorError::Ledger(LedgerError::OutOfSpace)) => {
                node.heed(&error);
                tokio::select! {
                    () = tokio::time::sleep(FULL_DISK) => {}
                    // The next start brings it to its end.
                    () = node.gate.stopping() => return Next::Over,
                }
            }
            Err(error) => {
                node.heed(&error);
                tracing::error!(%error, "the end of a job is not anchored");
                return Next::Over;
            }
        }
    }
}

/// Anchors that the attempt was cut off, so that another one can begin.
pub(crate) async fn interrupt(node: &Arc<Node>, record: Record) -> Next {
    match node.anchors.anchor_one(record).await {
        Ok(_) => {
            Point::Interrupted.reached();
            Next::Again(Duration::ZERO)
        }
        Err(error) => troubled(node, &error),
    }
}

/// What the ledger's trouble means for the job: wait for room, or leave it for the next start.
pub(crate) fn troubled(node: &Node, error: &AnchorError) -> Next {
    node.heed(error);
    match error {
        AnchorError::Ledger(LedgerError::OutOfSpace) => Next::Again(FULL_DISK),
        error => {
            tracing::error!(%error, "the job is left for the next start");
            Next::Over
        }
    }
}
