//! Freivalds' check of what was computed, with numbers that were drawn when it was too late to prepare.

use arch_kernels::{
    Backend,
    stream::{self, Work},
};
use arch_matrix::{Format, Grid, Part, Shape};
use serde::Serialize;

use super::{
    Run, Share, Stop,
    compare::MOST_FINDINGS,
    divergence::{Finding, Kind, Spot},
    draw::Promised,
    locate,
    scratch::Scratch,
    values::Values,
};

/// A part that was checked.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Checked {
    node: usize,
    part: Part,
    holds: bool,
}

/// The check takes what its vectors need and some megabytes, in the agent, and no more than this.
pub(super) const MEMORY: u64 = 512 << 20;

/// What the check of a product of this size needs at most, some more than it will take.
pub(super) fn need(shape: Shape, format: Format) -> u64 {
    let (depth, columns) = (u64::from(shape.depth()), u64::from(shape.columns()));
    let kind = format.carrier();
    let row = depth
        .saturating_mul(kind.bytes())
        .saturating_add(columns.saturating_mul(kind.sum_bytes().saturating_add(kind.bytes())));
    let vectors = columns.saturating_mul(64).saturating_add(depth.saturating_mul(32));
    row.saturating_mul(2).saturating_add(vectors).saturating_add(16 << 20)
}

/// Checks each part of a product that several computed; of one that was computed in one, the product
/// itself is checked once it lies in the archive.
pub(super) fn parts(
    run: &Run<'_>,
    scratch: &Scratch,
    promised: &Promised,
) -> Result<(Vec<Checked>, Vec<Finding>), Stop> {
    let (mut checked, mut findings) = (Vec::new(), Vec::new());
    if !run.product.freivalds || run.product.plan.is_none() {
        return Ok((checked, findings));
    }
    for values in scratch.parts() {
        run.left()?;
        let Some(committed) = promised.commitment(values.share) else { continue };
        let lie = tokio::task::block_in_place(|| one(run, values, promised))?;
        let Share { node, part } = values.share;
        checked.push(Checked { node, part, holds: lie.is_none() });
        if let Some(spot) = lie.filter(|_| findings.len() < MOST_FINDINGS) {
            let party = [(values.share, committed)];
            findings.push(Finding::of(run, scratch, Kind::Freivalds, spot, &party));
        }
    }
    Ok((checked, findings))
}

/// The first wrong leaf of a part.
fn one(run: &Run<'_>, values: &Values, promised: &Promised) -> Result<Option<Spot>, Stop> {
    let product = run.product;
    let (a, b) = product.operands()?;
    let part = values.share.part;
    let work = Work {
        a: &a,
        b: &b,
        grid: &product.grid,
        part,
        memory: MEMORY,
        backend: Backend::best(),
        threads: product.workers,
    };
    let Some(region) = part.region(&product.grid) else { return Ok(None) };
    let Some(committed) = promised.commitment(values.share) else { return Ok(None) };
    let challenge = promised.challenge(&committed.commitment, region.size().1);
    match stream::audit(&work, &values.file, &challenge)? {
        None => Ok(None),
        Some(lie) => Ok(Some(locate::place(&work, &region, values, &lie)?)),
    }
}

/// Whether the product that lies in the archive is `A·B`.
pub(super) fn whole(
    run: &Run<'_>,
    file: &impl stream::ReadAt,
    promised: &Promised,
    digest: &arch_identity::Digest,
) -> Result<bool, Stop> {
    let product = run.product;
    let (a, b) = product.operands()?;
    let shape = product.grid.shape();
    let work = Work {
        a: &a,
        b: &b,
        grid: &Grid::whole(shape),
        part: Part::Row { index: 0 },
        memory: MEMORY,
        backend: Backend::best(),
        threads: product.workers,
    };
    let challenge = promised.last_challenge(digest, shape.columns());
    Ok(stream::audit(&work, file, &challenge)?.is_none())
}
