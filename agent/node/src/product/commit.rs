//! What each part holds, said before anybody knows what will be looked at.

use arch_ledger::Record;
use arch_matrix::{Zone, commit::Commitment};
use serde::Serialize;

use super::{Run, Stop, draw::Promised, scratch::Scratch};
use crate::point::Point;

/// The list of commitments, as it lies in the archive: the output `commitments`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct List<'a> {
    schema: &'static str,
    document: arch_identity::Digest,
    commitments: Vec<Line<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    /// The node's number in the plan.
    node: usize,
    /// One digest of all that the commitment says.
    digest: arch_matrix::commit::Hash,
    commitment: &'a Commitment,
}

/// Anchors the commitments to all parts, and draws what is looked at.
pub(super) async fn commit(run: &Run<'_>, scratch: &Scratch) -> Result<Promised, Stop> {
    let mut of = Vec::new();
    for values in scratch.parts() {
        of.push((values.share, values.committed()?));
    }
    let line = |(share, committed): &(super::Share, arch_kernels::stream::Committed)| {
        (share.node, committed.commitment.digest())
    };
    let digests: Vec<_> = of.iter().map(line).collect();
    let document = run.placed.job().digest();
    let commitments = digests.iter().zip(&of).map(|((node, digest), (_, committed))| Line {
        node: *node,
        digest: *digest,
        commitment: &committed.commitment,
    });
    let list = List {
        schema: "arch.network/matrix-commitments/v1",
        document,
        commitments: commitments.collect(),
    };
    let list = tokio::task::block_in_place(|| run.node.stores.shelf.put_json(&list))?;
    let record = Record::Committed { document, attempt: run.attempt, commitments: list };
    let anchored = run.node.anchors.anchor_one(record).await.map_err(|error| {
        run.node.heed(&error);
        Stop::Machine(error.problem())
    })?;
    Point::Promised.reached();
    let seed = *anchored.leaf().as_bytes();
    let all: Vec<_> = digests.iter().map(|(_, digest)| *digest).collect();
    let plan = run.product.plan.as_ref().filter(|_| run.product.overlap);
    let zone = plan.map(|plan| Zone::draw(plan, &seed, &all));
    Ok(Promised { list, entry: anchored.index(), seed, of, zone })
}
