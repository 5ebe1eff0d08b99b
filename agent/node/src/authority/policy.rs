//! The policy of the configuration folder.

use arch_document::{Document as _, Kind, Moment, SignedDocument, Verified};
use arch_ledger::Record;
use arch_policy::{ActivePolicy, Here, Policy};

use super::{Trust, Unsettled, folder};
use crate::{anchors::Anchors, memory::Memory, places::Places, told::Told};

/// Reads and verifies it; anchored when this returns.
pub(super) async fn establish(
    places: &Places,
    trust: &Trust,
    groups: &[String],
    moment: &Moment,
    anchors: &Anchors,
) -> Result<ActivePolicy, Unsettled> {
    let document = folder::document(&places.policy())?;
    let (policy, news) = {
        let memory = anchors.memory();
        let policy = believe(document, trust, groups, moment, &memory)?;
        let news = news(&policy, &memory);
        (policy, news)
    };
    if let Some(news) = news {
        anchors.anchor_one(news).await?;
    }
    Ok(policy)
}

/// Verified and meant for this node; only then does the ledger hear of it.
pub(super) fn believe(
    document: SignedDocument,
    trust: &Trust,
    groups: &[String],
    moment: &Moment,
    memory: &Memory,
) -> Told<ActivePolicy> {
    let policy = verify(document, trust, moment, memory)?;
    ActivePolicy::activate(policy, Here { node: memory.node().unwrap_or_default(), groups })
}

/// Only whether it would be believed. Before the first start the node has no name, and whom an
/// audience means cannot be told.
pub(super) fn look(
    places: &Places,
    trust: &Trust,
    groups: &[String],
    moment: &Moment,
    memory: &Memory,
) -> Told<()> {
    let document = folder::document(&places.policy())?;
    match memory.node() {
        Some(_) => believe(document, trust, groups, moment, memory).map(drop),
        None => verify(document, trust, moment, memory).map(drop),
    }
}

fn verify(
    document: SignedDocument,
    trust: &Trust,
    moment: &Moment,
    memory: &Memory,
) -> Told<Verified<Policy>> {
    trust.root.verify(document, moment, memory).map_err(|refusal| Box::new(refusal.problem))
}

fn news(policy: &ActivePolicy, memory: &Memory) -> Option<Record> {
    let document = policy.digest();
    let (name, version) = policy.policy().version().unwrap_or_default();
    let known = memory.newest(Kind::Policy, &name).map(|newest| newest.document);
    (known != Some(document)).then_some(Record::Policy { document, name, version })
}
