//! Reading root, revocations and policy again: all of it, or everything stays as it was.

use std::sync::{Arc, PoisonError};

use arch_document::Document as _;
use arch_ledger::Record;
use arch_policy::Here;
use arch_problem::codes;
use arch_wire::control::Reloaded;

use crate::{
    authority,
    node::Node,
    told::{Told, problem},
};

/// Puts what is in the configuration folder in force, if it can be believed.
///
/// # Errors
/// Why the old one stays; the ledger has an entry that says so.
pub(crate) async fn reload(node: &Arc<Node>) -> Told<Reloaded> {
    match fresh(node) {
        Ok(new) => {
            let changed = !node.authority().is_same(&new);
            let anchored = node.anchors.anchor(new.news.clone()).await;
            if let Err(error) = anchored {
                node.heed(&error);
                return Err(error.problem());
            }
            let told = in_force(&new, changed);
            *node.authority.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(new);
            tracing::info!(policy = %told.policy, version = told.version, changed, "reloaded");
            // Files that were refused may be welcome now.
            node.reloaded.notify_one();
            Ok(told)
        }
        Err(problem) => {
            tracing::error!(%problem, "the policy stays as it was");
            let kept = Record::PolicyKept {
                code: problem.code.to_string(),
                message: problem.message.chars().take(2_000).collect(),
            };
            if let Err(error) = node.anchors.anchor_one(kept).await {
                node.heed(&error);
            }
            Err(problem)
        }
    }
}

fn fresh(node: &Node) -> Told<authority::Authority> {
    let unpinned = || problem(codes::TRUST_ROOT_UNPINNED, "no trust root is pinned");
    let pin = node.settings.trust_root.ok_or_else(unpinned)?;
    let moment = node.moment()?;
    let memory = node.anchors.memory();
    let here = Here { node: &node.did, groups: &node.settings.groups };
    authority::load(&node.places, pin, &moment, &memory, here)
}

fn in_force(new: &authority::Authority, changed: bool) -> Reloaded {
    let (policy, version) = new.policy.policy().version().unwrap_or_default();
    Reloaded { root: new.root.version(), policy, version, changed }
}
