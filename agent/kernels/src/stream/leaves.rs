//! The leaves of what stands in a part's file.

use arch_matrix::commit::{Hash, LEAF, LeafAt, leaf_hash};
use arch_matrix::{CarrierKind, Format, Grid, Part};

use super::error::{StreamError, Which};
use super::place::ReadAt;
use super::room::HASHED_COLUMNS;
use super::runs::{Layout, Piece};
use super::tiles::Tile;

/// The hashes of a tile's leaves as it stands in `c`, the file of the part; each with its number among the
/// leaves of its cell. Row by row, in steps of 1,024 columns.
///
/// # Errors
/// [`StreamError`] if the file cannot be read, or the part has no such tile.
pub fn leaves_of_tile<R: ReadAt + ?Sized>(
    grid: &Grid,
    part: Part,
    format: Format,
    tile: &Tile,
    c: &R,
) -> Result<Vec<(u64, Hash)>, StreamError> {
    let region = part.region(grid).ok_or(StreamError::NoSuchPart)?;
    let cell = grid.cell(tile.cell);
    let (height, width) = cell.size();
    let bytes = match format.carrier() {
        CarrierKind::F32 => return Err(StreamError::Strict),
        kind => usize::try_from(kind.sum_bytes()).unwrap_or(usize::MAX),
    };
    let layout = Layout { offset: 0, columns: region.size().1, width: bytes };
    let (rows, columns) = tile.within(&region);
    let corner = |start: u32, cell: u32| {
        start.checked_sub(cell).and_then(|from| from.checked_div(LEAF)).unwrap_or(0)
    };
    let first_row = corner(tile.rows.start, cell.rows.start);
    let first_column = corner(tile.columns.start, cell.columns.start);
    let across = u64::from(width.div_ceil(LEAF));
    let leaf = usize::try_from(LEAF).unwrap_or(usize::MAX);
    let step = usize::try_from(HASHED_COLUMNS).unwrap_or(usize::MAX);
    let count = rows.len().div_ceil(leaf).saturating_mul(columns.len().div_ceil(leaf));
    let mut hashes = Vec::with_capacity(count);
    let full = leaf.saturating_mul(bytes);
    let mut buffer = vec![0; full.saturating_mul(step.min(columns.len()))];
    let mut gathered = vec![0; full.saturating_mul(leaf)];
    for (leaf_row, top) in (first_row..).zip(rows.clone().step_by(leaf)) {
        let rows = top..top.saturating_add(LEAF).min(rows.end);
        let leaves = (first_column..).step_by(step.checked_div(leaf).unwrap_or(1));
        for (leaf_column, left) in leaves.zip(columns.clone().step_by(step)) {
            let columns = left..left.saturating_add(HASHED_COLUMNS).min(columns.end);
            let line = columns.len().saturating_mul(bytes);
            let band = buffer.get_mut(..line.saturating_mul(rows.len())).unwrap_or_default();
            Piece { layout, rows: &rows, columns: &columns }.fill((Which::C, c), band)?;
            for (column, begin) in (leaf_column..).zip((0..line).step_by(full.max(1))) {
                let index =
                    u64::from(leaf_row).saturating_mul(across).saturating_add(column.into());
                let at = LeafAt::nth(height, width, index)
                    .filter(|at| usize::try_from(at.rows) == Ok(rows.len()))
                    .ok_or(StreamError::Leaf { cell: tile.cell, index })?;
                let end = begin.saturating_add(full).min(line);
                gathered.clear();
                for row in band.chunks(line) {
                    gathered.extend_from_slice(row.get(begin..end).unwrap_or_default());
                }
                hashes.push((index, leaf_hash(format, &at, &gathered)));
            }
        }
    }
    Ok(hashes)
}
