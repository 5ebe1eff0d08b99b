//! Freivalds' check of what was computed, with numbers that were drawn when it was too late to prepare.

use std::ops::Range;

use arch_kernels::{
    Backend,
    stream::{self, StreamError, Work},
};
use arch_matrix::{
    Carrier, CarrierKind, Cell, Difference, Element, Format, Grid, Part, Region, Shape,
    commit::{LEAF, LeafAt},
    freivalds::Lie,
    prepare::Quantised,
};
use serde::Serialize;

use super::{
    Run, Share, Stop,
    compare::MOST_FINDINGS,
    divergence::{Finding, Kind},
    draw::Promised,
    scratch::{Scratch, Values},
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
        if let Some(difference) = lie.filter(|_| findings.len() < MOST_FINDINGS) {
            let party = [(values.share, committed)];
            findings.push(Finding::of(run, scratch, Kind::Freivalds, &difference, &party)?);
        }
    }
    Ok((checked, findings))
}

/// The first wrong leaf of a part.
fn one(run: &Run<'_>, values: &Values, promised: &Promised) -> Result<Option<Difference>, Stop> {
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
        Some(lie) => Ok(Some(place(&work, &region, values, &lie)?)),
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

/// The leaf of the first wrong element of a row that lies. If the row is right by now, its first leaf:
/// then the values were changed after they had been committed to.
fn place<A: stream::ReadAt + Sync, B: stream::ReadAt + Sync>(
    work: &Work<'_, A, B>,
    region: &Region,
    values: &Values,
    lie: &Lie,
) -> Result<Difference, Stop> {
    let row = region.rows.start.saturating_add(lie.row);
    let suspect = stream::locate(work, &values.file, lie)?;
    let begin = suspect.map_or(0, |suspect| suspect.column);
    let end = begin.saturating_add(LEAF).min(region.size().1);
    let first = match work.a.format().carrier() {
        CarrierKind::I16 => wrong::<i16, _, _>(work, region, values, (lie.row, begin..end))?,
        _ => wrong::<i8, _, _>(work, region, values, (lie.row, begin..end))?,
    };
    let column = region.columns.start.saturating_add(first.unwrap_or(begin));
    let at = |cell: &Cell| {
        let place = work.grid.cell(*cell);
        place.rows.contains(&row) && place.columns.contains(&column)
    };
    let cell = work.part.cells(work.grid).find(at).unwrap_or(Cell { row: 0, column: 0 });
    let place = work.grid.cell(cell);
    let (rows, columns) = place.size();
    let leaf = |at: u32, start: u32| at.saturating_sub(start).checked_div(LEAF).unwrap_or(0);
    let (down, across) = (leaf(row, place.rows.start), leaf(column, place.columns.start));
    let index =
        u64::from(down).saturating_mul(columns.div_ceil(LEAF).into()).saturating_add(across.into());
    let leaf = LeafAt::nth(rows, columns, index).ok_or(StreamError::Leaf { cell, index })?;
    let nothing = arch_matrix::commit::LeafTree::new(Vec::new()).root();
    Ok(Difference { cell, leaf, hashes: [nothing, nothing], leaves: 1 })
}

/// The first column, counted from the part's, where a piece of a row is not what A and B give.
fn wrong<T, A, B>(
    work: &Work<'_, A, B>,
    region: &Region,
    values: &Values,
    (row, columns): (u32, Range<u32>),
) -> Result<Option<u32>, Stop>
where
    T: Carrier + Quantised,
    A: stream::ReadAt + Sync,
    B: stream::ReadAt + Sync,
{
    let from = |at: u32, start: u32| start.saturating_add(at);
    let row_of_a = from(row, region.rows.start);
    let piece = u64::from(columns.end.saturating_sub(columns.start))
        .saturating_mul(u64::try_from(region.depth.len()).unwrap_or(u64::MAX))
        .saturating_mul(u64::try_from(T::BYTES).unwrap_or(u64::MAX));
    if piece > MEMORY {
        // So deep that the piece as a whole has to be named.
        return Ok(None);
    }
    let a = work.a.piece::<T>(&(row_of_a..from(1, row_of_a)), &region.depth)?;
    let place = from(columns.start, region.columns.start)..from(columns.end, region.columns.start);
    let b = work.b.piece::<T>(&region.depth, &place)?;
    let size = Region { rows: 0..1, columns: 0..b.columns(), depth: 0..a.columns() };
    let right = arch_matrix::product(&a, &b, &size);
    let width = <T::Sum as Element>::BYTES;
    let mut bytes = vec![0; width.saturating_mul(right.values().len())];
    let number =
        u64::from(row).saturating_mul(region.size().1.into()).saturating_add(columns.start.into());
    let offset = number.saturating_mul(u64::try_from(width).unwrap_or(u64::MAX));
    stream::ReadAt::read_at(&values.file, offset, &mut bytes).map_err(|error| {
        crate::told::problem(arch_problem::codes::FILE_MACHINE, format!("a scratch file: {error}"))
    })?;
    let pairs = T::Sum::read(&bytes).zip(right.values()).zip(columns);
    Ok(pairs.into_iter().find(|((is, right), _)| is != *right).map(|(_, column)| column))
}
