//! Where a lie stands that Freivalds' check has found in a row: the leaf that is shown for it.

use std::ops::Range;

use arch_kernels::stream::{self, ReadAt, Work};
use arch_matrix::{
    Carrier, CarrierKind, Element, Region,
    commit::{LEAF, LeafAt},
    freivalds::Lie,
    prepare::Quantised,
};
use arch_problem::codes;

use super::{Stop, audit::MEMORY, divergence::Spot, scratch::machine, values::Values};
use crate::told::problem;

/// The leaf of the first wrong element of a row that lies. If the row is right by now, its first leaf:
/// then the values were changed after they had been committed to.
pub(super) fn place<A: ReadAt + Sync, B: ReadAt + Sync>(
    work: &Work<'_, A, B>,
    region: &Region,
    values: &Values,
    lie: &Lie,
) -> Result<Spot, Stop> {
    let row = region.rows.start.saturating_add(lie.row);
    let suspect = stream::locate(work, &values.file, lie)?;
    let begin = suspect.map_or(0, |suspect| suspect.column);
    let end = begin.saturating_add(LEAF).min(region.size().1);
    let first = match work.a.format().carrier() {
        CarrierKind::I16 => wrong::<i16, _, _>(work, region, values, (lie.row, begin..end))?,
        _ => wrong::<i8, _, _>(work, region, values, (lie.row, begin..end))?,
    };
    let column = region.columns.start.saturating_add(first.unwrap_or(begin));
    let found = work.part.cells(work.grid).find_map(|cell| {
        let place = work.grid.cell(cell);
        let (rows, columns) = place.size();
        let down = row.checked_sub(place.rows.start)?;
        let across = column.checked_sub(place.columns.start)?;
        Some(Spot { cell, leaf: LeafAt::holding(rows, columns, down, across)? })
    });
    // Every element of a part is one of a cell's.
    found.ok_or_else(|| problem(codes::WENT_MISSING, "the cell of a wrong number").into())
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
    A: ReadAt + Sync,
    B: ReadAt + Sync,
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
    values.file.read_at(offset, &mut bytes).map_err(|error| machine(&error))?;
    let pairs = T::Sum::read(&bytes).zip(right.values()).zip(columns);
    Ok(pairs.into_iter().find(|((is, right), _)| is != *right).map(|(_, column)| column))
}
