//! Judging a job: by the root, then by the policy.

use arch_document::{History, Job, Moment, SignedDocument, Verified};
use arch_policy::Admitted;
use arch_problem::{Problem, codes};

use crate::{
    authority::Authority,
    gate::Shut,
    node::Node,
    told::{Told, one, problem},
};

/// Whether a quorum signed it, its time is now, and it was not accepted before.
pub(crate) fn verify(
    authority: &Authority,
    document: SignedDocument,
    moment: &Moment,
    history: &dyn History,
) -> Told<Verified<Job>> {
    authority.root.verify(document, moment, history).map_err(|refusal| Box::new(refusal.problem))
}

/// Whether the policy in force lets it in, and by which rules.
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
