//! Whether what lies in the archive is what was committed to. A worker keeps a descriptor of the file that
//! it wrote, so values may be others by the time when they are put together.

use arch_kernels::stream::{ReadAt, Tile, leaves_of_tile};
use arch_matrix::{Cell, Part, commit::LeafTree};

use super::{
    Run, Share, Stop,
    draw::{Promised, tree},
};

/// Compares the leaves of each cell that one part holds alone; sums of several parts are for Freivalds.
pub(super) fn is_what_was_promised(
    run: &Run<'_>,
    c: &impl ReadAt,
    promised: &Promised,
) -> Result<bool, Stop> {
    let product = run.product;
    for cell in product.grid.cells() {
        let committed = holder(run, cell).and_then(|share| promised.commitment(share));
        let Some(tree) = committed.and_then(|committed| tree(committed, cell)) else { continue };
        let place = product.grid.cell(cell);
        let tile = Tile { cell, rows: place.rows, columns: place.columns };
        // A part of the depth has all of C, as the archive has.
        let all = Part::Reduction { index: 0 };
        let leaves = leaves_of_tile(&product.grid, all, product.format, &tile, c)?;
        if LeafTree::new(leaves.into_iter().map(|(_, hash)| hash).collect()).root() != tree.root() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Who holds the cell over the whole depth.
fn holder(run: &Run<'_>, cell: Cell) -> Option<Share> {
    let Some(plan) = &run.product.plan else { return run.product.shares.first().copied() };
    match plan.sources(cell).as_slice() {
        [(node, part)] => Some(Share { node: run.mirrors.leader(*node), part: *part }),
        _ => None,
    }
}
