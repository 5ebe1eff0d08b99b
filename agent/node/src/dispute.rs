//! Disputes about products: who contradicts whom is settled between the identities of this node, and with
//! others who send their messages.
//!
//! ```text
//! commit      digests of all tiles, where the policy wants them then              marker
//!             lines of the list, each signed by its identity; stakes are there   agreed, identities, stakes
//!   diverged: evidence in the archive, the job is disputed
//! challenge   whoever is right challenges who is not; both stakes are locked     challenge
//! flow        the record from the ledger -> replay -> who of ours has to speak? -> a message, anchored
//!             digests and proofs come from arch-prover: what is not known is asked for, and the record
//!             is played once more                                                flow, known, asks
//! settled     how it ended and what becomes of the stakes, in one unit           flow, stakes
//! hear        a message of somebody else, tried on the record before it is taken hear
//! ```
//!
//! Nothing is kept but the ledger and the archive: whoever starts again plays the record and goes on where
//! it ends. So an agent that is killed at any step says the same thing next, and settles once.

mod agreed;
mod asks;
mod challenge;
mod docket;
mod flow;
mod hear;
mod identities;
mod known;
mod marker;
mod messages;
mod operands;
mod stakes;

use std::{sync::Arc, time::Duration};

use arch_dispute::Factors;
use arch_identity::Digest;
use arch_ledger::{Anchored, Record};
use arch_problem::Code;
use tokio::{
    sync::{Mutex, MutexGuard, watch},
    time,
};

pub(crate) use agreed::agreed;
pub(crate) use hear::hear;
pub use identities::Identities;
pub(crate) use marker::{Marker, require_prover};
pub(crate) use stakes::{endowments, require_stakes};

use crate::{
    node::Node,
    point::Point,
    reason::{is_the_machines, passing},
    told::Told,
};

/// The shortest and the longest wait when the machine cannot do its part: the prover is away, the disk full.
const AGAIN: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(60)];

/// Tells whoever waits that something was said, or that units are free again.
#[derive(Debug)]
pub(crate) struct News {
    told: watch::Sender<u64>,
    booking: Mutex<()>,
}

impl Default for News {
    fn default() -> Self {
        Self { told: watch::Sender::new(0), booking: Mutex::default() }
    }
}

impl News {
    fn tell(&self) {
        self.told.send_modify(|count| *count = count.wrapping_add(1));
    }

    fn listen(&self) -> watch::Receiver<u64> {
        self.told.subscribe()
    }

    /// One at a time looks at the book and writes into it.
    async fn booking(&self) -> MutexGuard<'_, ()> {
        self.booking.lock().await
    }
}

/// Anchors these as one unit; gives their indices.
async fn anchor(node: &Arc<Node>, records: Vec<Record>) -> Told<Vec<u64>> {
    let anchored = node.anchors.anchor(records).await.map_err(|error| {
        node.heed(&error);
        error.problem()
    })?;
    Ok(anchored.iter().map(Anchored::index).collect())
}

/// Takes up what the ledger says is not settled, and what was found and not disputed yet.
pub(crate) fn resume(node: &Arc<Node>) {
    let (open, disputed) = {
        let memory = node.anchors.memory();
        (memory.disputes().open(), memory.disputed())
    };
    for dispute in open {
        Point::DisputeTakenUp.reached();
        pursue(node, dispute, None);
    }
    for job in disputed {
        begin(node, job);
    }
}

/// Has whoever is right challenge who is not, in a job that has ended disputed.
pub(crate) fn begin(node: &Arc<Node>, job: Digest) {
    // Taken here: whoever waits for the agent to be idle must not overtake us.
    let mut busy = Some(node.at_work());
    let node = Arc::clone(node);
    tokio::spawn(async move {
        let mut trouble = AGAIN[0];
        while let Err(problem) = challenge::begin(&node, job).await {
            if !may_pass(problem.code) {
                tracing::error!(%job, %problem, "what was found cannot be disputed");
                break;
            }
            tracing::warn!(%job, %problem, ?trouble, "what was found is not disputed yet");
            drop(busy.take());
            tokio::select! {
                () = time::sleep(trouble) => {}
                () = node.gate.stopping() => break,
            }
            trouble = trouble.saturating_mul(2).min(AGAIN[1]);
            busy = Some(node.at_work());
        }
        drop(busy);
    });
}

/// Whether trying again may help: the prover is away, the disk full, units are staked elsewhere.
fn may_pass(code: Code) -> bool {
    is_the_machines(code) || passing(code)
}

/// Carries a dispute on until it is settled, or the agent stops. What was read of A and B already need not
/// be read again.
fn pursue(node: &Arc<Node>, dispute: Digest, factors: Option<Factors>) {
    let at_work = node.at_work();
    let node = Arc::clone(node);
    tokio::spawn(flow::pursue(node, dispute, factors, at_work));
}
