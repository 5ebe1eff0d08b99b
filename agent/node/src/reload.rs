//! Reading root, revocations and policy again. Root and revocations come into force by themselves;
//! the policy stays as it was on any error, unless the newer trust does not believe it any more:
//! then nothing is taken in until there is one that it believes. What runs already runs to its end.

use std::sync::Arc;

use arch_document::{Document as _, Moment};
use arch_ledger::Record;
use arch_problem::{Problem, codes};
use arch_wire::control::Reloaded;

use crate::{
    authority::{Authority, Trust, Unsettled},
    node::Node,
    records,
    told::{Told, problem},
};

/// Puts what is in the configuration folder in force, as far as it can be believed.
///
/// # Errors
/// Why the old policy stays, or none is believed; the ledger has an entry that says so.
pub(crate) async fn reload(node: &Arc<Node>) -> Told<Reloaded> {
    // From the reading to the installing: what was read earlier is never installed later.
    let _one_at_a_time = node.reloading.lock().await;
    match renew(node).await {
        Ok(told) => {
            tracing::info!(policy = %told.policy, version = told.version, told.changed, "reloaded");
            Ok(told)
        }
        Err(unsettled) => {
            if let Unsettled::Anchor(error) = &unsettled {
                node.heed(error);
            }
            Err(unsettled.problem())
        }
    }
}

async fn renew(node: &Arc<Node>) -> Result<Reloaded, Unsettled> {
    let (trust, moment) = match trust(node).await {
        Ok(trusted) => trusted,
        Err(Unsettled::Told(problem)) => {
            keep(node, &problem).await?;
            return Err(problem.into());
        }
        Err(unsettled) => return Err(unsettled),
    };
    let before = node.authority();
    let groups = &node.settings.groups;
    match Authority::renewed(trust, &node.places, groups, &moment, &node.anchors).await {
        Ok(new) => {
            let told = in_force(&new, !before.is_same(&new));
            node.put_in_force(new);
            Ok(told)
        }
        Err((trust, unsettled)) => {
            let new = before.under(trust, groups, &moment, &node.anchors.memory());
            let doubt = new.doubt().cloned();
            if doubt.is_some() || !before.is_same(&new) {
                node.put_in_force(new);
            }
            let Unsettled::Told(problem) = unsettled else { return Err(unsettled) };
            match doubt {
                None => keep(node, &problem).await?,
                Some(doubt) => distrust(node, &before, doubt, &problem).await,
            }
            Err(problem.into())
        }
    }
}

async fn trust(node: &Node) -> Result<(Trust, Moment), Unsettled> {
    let unpinned = || problem(codes::TRUST_ROOT_UNPINNED, "no trust root is pinned");
    let pin = node.settings.trust_root.ok_or_else(unpinned)?;
    let moment = node.moment()?;
    let trust = Trust::establish(&node.places, pin, &moment, &node.anchors).await?;
    Ok((trust, moment))
}

/// The policy stays as it was.
async fn keep(node: &Node, problem: &Problem) -> Result<(), Unsettled> {
    tracing::error!(%problem, "the policy stays as it was");
    let kept = Record::PolicyKept {
        code: problem.code.to_string(),
        message: problem.message.chars().take(2_000).collect(),
    };
    node.anchors.anchor_one(kept).await?;
    Ok(())
}

/// The policy in force is refused from now on, and there is no other.
async fn distrust(node: &Arc<Node>, before: &Authority, doubt: Problem, newer: &Problem) {
    tracing::error!(%doubt, "the policy in force is not believed any more");
    let code = doubt.code;
    let message = format!("the policy in force is not believed any more: {}", doubt.message);
    let reasons = [Problem { message, ..doubt }, newer.clone()];
    let subject = before.policy.digest();
    // Once, and whatever flood of refusals there is: this one is the node's own word.
    let known = node.anchors.memory().was_refused(&subject, code.as_str());
    let record = records::refused(subject, "policy.yaml", &reasons).filter(|_| !known);
    let Some(record) = record else { return };
    if let Err(error) = node.anchors.anchor_one(record).await {
        node.heed(&error);
        tracing::error!(%error, "that the policy is not believed any more is not anchored");
    }
}

fn in_force(new: &Authority, changed: bool) -> Reloaded {
    let (policy, version) = new.policy.policy().version().unwrap_or_default();
    Reloaded { root: new.root.version(), policy, version, changed }
}
