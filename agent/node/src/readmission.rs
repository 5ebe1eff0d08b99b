//! Judging a job again that was accepted before: at a start, before a replay, and when something else
//! is in force than when it was admitted.

use arch_document::{Moment, SignedDocument};
use arch_identity::Digest;
use arch_policy::Admitted;
use arch_problem::{Problem, codes};
use arch_schedule::Placed;

use crate::{
    admission::{admit, verify},
    memory::{AcceptedBefore, Memory},
    node::Node,
    told::{Told, one, problem},
};

/// The way in for a job that was accepted before this process started. Judged by the moment at
/// which it was accepted, by the root, the revocations and the policy of today.
pub(crate) fn take_up(node: &Node, digest: Digest) -> Result<Admitted, Vec<Problem>> {
    let gone = || one(problem(codes::WENT_MISSING, "the document is not in the archive"));
    let known = |memory: &Memory| memory.accepted_at(&digest);
    let accepted_at = known(&node.anchors.memory()).ok_or_else(gone)?;
    // Nobody waits for the memory while the disk is read.
    let source = node.stores.shelf.document(&digest).map_err(one)?;
    let document = SignedDocument::parse(&digest.to_string(), &source).map_err(one)?;
    if document.digest() != digest {
        return Err(gone());
    }
    let moment = Moment::read(accepted_at, None)
        .map_err(|step| one(problem(step.code(), step.to_string())))?;
    let authority = node.authority();
    let verified = {
        let memory = node.anchors.memory();
        let before = AcceptedBefore::new(&memory, digest);
        verify(&authority, document, &moment, &before).map_err(one)?
    };
    admit(node, &authority, verified, &moment)
}

/// A job that was admitted under another root, other revocations or another policy has to pass
/// those in force.
pub(crate) fn judge_again(node: &Node, placed: &mut Placed) -> Told<()> {
    if !node.authority_changed() {
        return Ok(());
    }
    match take_up(node, placed.job().digest()) {
        Ok(admitted) => {
            placed.readmit(admitted);
            Ok(())
        }
        Err(problems) => {
            let none = || problem(codes::WENT_MISSING, "no reason");
            Err(problems.into_iter().next().map_or_else(none, Box::new))
        }
    }
}
