//! What two computed is compared: cells of a row and a column leaf by leaf, and partial sums of the drawn
//! block, which the holders of its row and of its column compute once more, with those of the depth.

use arch_kernels::stream::Committed;
use arch_matrix::{Cell, Comparison, Difference, Part, commit::LeafTree};
use arch_problem::codes;
use serde::Serialize;

use super::{
    Run, Share, Stop,
    divergence::{Finding, Kind},
    draw::{Promised, tree},
    scratch::Scratch,
    shares,
    values::Values,
};
use crate::told::problem;

/// What was compared.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) compared: Vec<Compared>,
    pub(super) recomputed: Vec<Recomputed>,
}

/// A cell that two computed.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Compared {
    cell: Cell,
    /// The nodes that hold it in a row and in a column.
    nodes: [usize; 2],
    equal: bool,
}

/// The partial sums of the drawn block, computed once more.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Recomputed {
    /// Who computed it once more.
    node: usize,
    /// Whose it was compared with.
    with: usize,
    equal: bool,
}

/// As many are opened; the report tells of each cell whether it is equal.
pub(super) const MOST_FINDINGS: usize = 64;

/// Compares all that overlaps, if the job asks for it.
pub(super) async fn compare(
    run: &Run<'_>,
    scratch: &Scratch,
    promised: &Promised,
) -> Result<(Report, Vec<Finding>), Stop> {
    let (mut report, mut findings) = (Report::default(), Vec::new());
    let Some(zone) = promised.zone else { return Ok((report, findings)) };
    for (row, of_row) in held(run, promised, |part| matches!(part, Part::Row { .. })) {
        for (column, of_column) in held(run, promised, |part| matches!(part, Part::Column { .. })) {
            let Some((cell, one, other)) = common(of_row, of_column) else { continue };
            let found = differ(run, cell, one, other)?;
            let nodes = [row.node, column.node];
            report.compared.push(Compared { cell, nodes, equal: found.is_none() });
            if let Some(difference) = found.filter(|_| findings.len() < MOST_FINDINGS) {
                let parties = [(*row, of_row), (*column, of_column)];
                findings.push(Finding::of(
                    run,
                    scratch,
                    Kind::Overlap,
                    difference.into(),
                    &parties,
                ));
            }
        }
    }
    let cell = zone.block.cell();
    let slab = |want: Part| held(run, promised, move |part| *part == want).next();
    let Some((depth, of_depth)) = slab(Part::Reduction { index: zone.block.depth }) else {
        return Err(missing());
    };
    for part in [Part::Row { index: cell.row }, Part::Column { index: cell.column }] {
        let Some((holder, _)) = slab(part) else { return Err(missing()) };
        let again = Share { node: holder.node, part: Part::Rest { block: zone.block } };
        let values = once_more(run, again).await?;
        let again_committed = values.committed()?;
        let (Some(one), Some(other)) = (tree(&again_committed, cell), tree(of_depth, cell)) else {
            return Err(missing());
        };
        let found = differ(run, cell, one, other)?;
        report.recomputed.push(Recomputed {
            node: values.share.node,
            with: depth.node,
            equal: found.is_none(),
        });
        if let Some(difference) = found {
            let with = [(*depth, of_depth)];
            let mut finding = Finding::of(run, scratch, Kind::Partial, difference.into(), &with);
            finding.also(run, &values, &again_committed);
            findings.push(finding);
        }
    }
    Ok((report, findings))
}

/// Has a block computed once more by whoever holds it, or else by his mirror.
async fn once_more(run: &Run<'_>, share: Share) -> Result<Values, Stop> {
    let compute = async |share: Share| {
        run.left()?;
        let values = tokio::task::block_in_place(|| Values::once_more(run, share))?;
        shares::compute(run, &[&values]).await.map(|_| values)
    };
    match compute(share).await {
        Ok(values) => Ok(values),
        Err(stop) => {
            run.without(share.node, stop)?;
            let twin = run.mirrors.twin(share).ok_or_else(missing)?;
            compute(twin).await
        }
    }
}

/// The plan names them all: what is not there was not compared, and that is told as no success.
fn missing() -> Stop {
    Stop::Machine(problem(codes::FILE_MACHINE, "a part that is to be compared is not there"))
}

/// Parts of that kind; of two nodes that do the same, those of one.
fn held<'p>(
    run: &'p Run<'_>,
    promised: &'p Promised,
    want: impl Fn(&Part) -> bool,
) -> impl Iterator<Item = (&'p Share, &'p Committed)> {
    let leads = |share: &Share| run.mirrors.leader(share.node) == share.node;
    let wanted = promised.of.iter().filter(move |(share, _)| want(&share.part) && leads(share));
    wanted.map(|(share, of)| (share, of))
}

/// The cell that both have.
fn common<'c>(
    one: &'c Committed,
    other: &'c Committed,
) -> Option<(Cell, &'c LeafTree, &'c LeafTree)> {
    one.trees.iter().find_map(|(cell, one)| Some((*cell, one, tree(other, *cell)?)))
}

pub(super) fn differ(
    run: &Run<'_>,
    cell: Cell,
    one: &LeafTree,
    other: &LeafTree,
) -> Result<Option<Difference>, Stop> {
    let size = run.product.grid.cell(cell).size();
    match arch_matrix::compare(cell, size, one, other) {
        Some(Comparison::Equal) => Ok(None),
        Some(Comparison::Differs(difference)) => Ok(Some(difference)),
        // All leaves were hashed by ourselves.
        None => Err(missing()),
    }
}
