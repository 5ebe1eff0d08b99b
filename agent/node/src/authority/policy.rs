//! The policy of the configuration folder.

use arch_document::{Document as _, Kind, Moment, SignedDocument, Verified};
use arch_ledger::Record;
use arch_policy::{ActivePolicy, Policy};

use super::{Trust, Unsettled, folder};
use crate::{anchors::Anchors, memory::Memory, places::Places, told::Told};

/// Reads and verifies it; anchored when this returns.
pub(super) async fn establish(
    places: &Places,
    trust: &Trust,
    moment: &Moment,
    anchors: &Anchors,
) -> Result<ActivePolicy, Unsettled> {
    let document = folder::document(&places.policy())?;
    let (policy, news) = {
        let memory = anchors.memory();
        let policy = verify(document, trust, moment, &memory)?;
        let news = news(&policy, &memory);
        (policy, news)
    };
    if let Some(news) = news {
        anchors.anchor_one(news).await?;
    }
    Ok(ActivePolicy::activate(policy))
}

/// Only whether it would be believed.
pub(super) fn look(places: &Places, trust: &Trust, moment: &Moment, memory: &Memory) -> Told<()> {
    verify(folder::document(&places.policy())?, trust, moment, memory).map(drop)
}

fn verify(
    document: SignedDocument,
    trust: &Trust,
    moment: &Moment,
    memory: &Memory,
) -> Told<Verified<Policy>> {
    trust.root.verify(document, moment, memory).map_err(|refusal| Box::new(refusal.problem))
}

fn news(policy: &Verified<Policy>, memory: &Memory) -> Option<Record> {
    let document = policy.document().digest();
    let (name, version) = policy.get().version().unwrap_or_default();
    let known = memory.newest(Kind::Policy, &name).map(|newest| newest.document);
    (known != Some(document)).then_some(Record::Policy { document, name, version })
}
