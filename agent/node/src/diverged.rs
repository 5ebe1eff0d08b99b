//! Results that contradict each other: what shows it is kept, and the ledger says so, before the job ends.
//! An attempt that comes later cannot hide it any more.

use std::sync::Arc;

use arch_identity::Digest;
use arch_ledger::Record;
use serde::Serialize;

use crate::{node::Node, point::Point, records, told::Told};

/// Anchors that an attempt diverged, and `what` was found, as far as an entry holds it. Gives the digest of
/// the evidence, and those words.
pub(crate) async fn anchor(
    node: &Arc<Node>,
    (document, attempt): (Digest, u32),
    evidence: &impl Serialize,
    what: &str,
) -> Told<(Digest, String)> {
    let evidence = tokio::task::block_in_place(|| node.stores.shelf.put_json(evidence))?;
    let what = records::cut(what, records::TEXT);
    let record = Record::Diverged { document, attempt, evidence, what: what.clone() };
    node.anchors.anchor_one(record).await.map_err(|error| {
        node.heed(&error);
        error.problem()
    })?;
    Point::Diverged.reached();
    Ok((evidence, what))
}
