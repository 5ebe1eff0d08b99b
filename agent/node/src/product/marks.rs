//! Digests of all tiles, committed to beside the values, where the policy has it so. The prover makes them:
//! it takes longer than the product, and an honest run otherwise asks it for nothing.

use arch_dispute::Leaves;
use arch_kernels::stream::Committed;
use arch_matrix::commit::leaf_hash;

use super::{Run, Share, Stop, draw::tree, scratch::Scratch};
use crate::{dispute::Marker, executor_client::Lost, told::problem};

/// The hashes of the digests of all leaves of each part. Blocks.
pub(super) fn of(
    run: &Run<'_>,
    scratch: &Scratch,
    parts: &[(Share, Committed)],
) -> Result<Vec<Leaves>, Stop> {
    let mut marker = Marker::call(run.node, run.product.format)?;
    parts.iter().map(|part| of_part(run, scratch, part, &mut marker)).collect()
}

fn of_part(
    run: &Run<'_>,
    scratch: &Scratch,
    (share, committed): &(Share, Committed),
    marker: &mut Marker,
) -> Result<Leaves, Stop> {
    let gone = || problem(arch_problem::codes::WENT_MISSING, "the values of a part");
    let values = scratch.of(*share).ok_or_else(gone)?;
    Leaves::of_marks(&committed.commitment, |ground, cell, leaf| {
        run.left()?;
        let bytes = values.leaf(run.product, cell, &ground.at).ok_or_else(gone)?;
        let index = usize::try_from(leaf).unwrap_or(usize::MAX);
        let hash = tree(committed, cell).and_then(|tree| tree.leaves().get(index));
        if hash != Some(&leaf_hash(ground.format, &ground.at, &bytes)) {
            let text = "values were changed after their hashes had been taken".to_owned();
            return Err(Lost(text).into());
        }
        Ok(marker.marks(ground, &bytes)?)
    })
}
