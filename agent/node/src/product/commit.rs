//! What each part holds, said before anybody knows what will be looked at.

use std::iter;

use arch_dispute::{Agreed, Commit, Leaves, Line, List};
use arch_identity::PublicKey;
use arch_kernels::stream::Committed;
use arch_ledger::Record;
use arch_matrix::{Zone, commit::Hash};
use arch_problem::codes;

use super::{Product, Run, Share, Stop, draw::Promised, marks, scratch::Scratch, values::Values};
use crate::{
    dispute::{Identities, agreed, endowments},
    point::Point,
    told::{Told, problem},
};

impl Product {
    /// Who computes it: each once.
    pub(crate) fn identities(&self, identities: &Identities) -> Vec<PublicKey> {
        let mut nodes: Vec<usize> = self.shares.iter().map(|share| share.node).collect();
        nodes.sort_unstable();
        nodes.dedup();
        let key = |node| identities.of_share(node, self.plan.is_some());
        nodes.into_iter().filter_map(key).map(|key| key.public().clone()).collect()
    }
}

/// Anchors the commitments to all parts, and draws what is looked at.
pub(super) async fn commit(run: &Run<'_>, scratch: &Scratch) -> Result<Promised, Stop> {
    let mut of = Vec::new();
    let of_failed = |values: &&Values| run.mirrors.has_failed(values.share.node);
    for values in scratch.parts().iter().filter(|values| !of_failed(values)) {
        of.push((values.share, values.committed()?));
    }
    let authority = run.node.authority();
    let policy = authority.believed()?;
    let list = tokio::task::block_in_place(|| list(run, scratch, agreed(policy.policy()), &of))?;
    let mut records = match list.disputes {
        None => Vec::new(),
        // Whoever commits has something to lose from this entry on.
        Some(_) => {
            let identities = run.product.identities(&run.node.identities);
            let memory = run.node.anchors.memory();
            let endowed = endowments(memory.disputes().book(), policy, &identities);
            endowed.iter().map(arch_stakes::entry_of).collect()
        }
    };
    let digests: Vec<_> = list.commitments.iter().map(|line| line.digest).collect();
    let list = tokio::task::block_in_place(|| run.node.stores.shelf.put_json(&list))?;
    let document = run.placed.job().digest();
    records.push(Record::Committed { document, attempt: run.attempt, commitments: list });
    let anchored = run.node.anchors.anchor(records).await.map_err(|error| {
        run.node.heed(&error);
        Stop::Machine(error.problem())
    })?;
    let anchored = anchored.last();
    let anchored =
        anchored.ok_or_else(|| problem(codes::WENT_MISSING, "the entry of the commitments"))?;
    Point::Promised.reached();
    let seed = *anchored.leaf().as_bytes();
    let plan = run.product.plan.as_ref().filter(|_| run.product.overlap);
    let zone = plan.map(|plan| Zone::draw(plan, &seed, &digests));
    Ok(Promised { list, entry: anchored.index(), seed, of, zone })
}

/// The list; where divergences are settled, each line is signed by whoever computed the part.
fn list(
    run: &Run<'_>,
    scratch: &Scratch,
    agreed: Option<Agreed>,
    of: &[(Share, Committed)],
) -> Result<List, Stop> {
    let document = run.placed.job().digest();
    let marks = match &agreed {
        Some(agreed) if !agreed.marks.is_lazy() => Some(marks::of(run, scratch, of)?),
        _ => None,
    };
    let mark_hashes = match &marks {
        Some(marks) => Some(run.node.stores.shelf.put_json(marks)?),
        None => None,
    };
    let roots = marks.iter().flatten().map(Leaves::roots).chain(iter::repeat(Vec::new()));
    let line = |((share, committed), marks): (&(Share, Committed), Vec<Hash>)| {
        let commitment = committed.commitment.clone();
        match &agreed {
            None => Ok(Line::unsigned(share.node, commitment)),
            Some(_) => {
                let says = Commit { job: document, attempt: run.attempt, commitment, marks };
                signed(run, share.node, says)
            }
        }
    };
    let lines = of.iter().zip(roots).map(line).collect::<Told<Vec<Line>>>()?;
    Ok(List::new(document, run.attempt, agreed, lines).with_mark_hashes(mark_hashes))
}

fn signed(run: &Run<'_>, node: usize, says: Commit) -> Told<Line> {
    let unsigned = |why: String| problem(codes::NODE_KEY, why);
    let key = run.node.identities.of_share(node, run.product.plan.is_some());
    let key = key.ok_or_else(|| unsigned("the node has no key to commit with".to_owned()))?;
    Line::signed(node, says, &key).map_err(|error| unsigned(error.to_string()))
}
