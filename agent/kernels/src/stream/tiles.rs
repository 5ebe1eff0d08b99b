//! Which pieces of a part are computed one after the other.

use std::ops::Range;

use arch_matrix::commit::LEAF;
use arch_matrix::{CarrierKind, Cell, Format, Grid, Part};

use super::error::StreamError;
use super::room::{self, LEAST_BUFFER, SLACK, Size};

/// A piece of a part that is computed at once: within one cell, its corner a multiple of 64 from the
/// cell's, so that it is made of whole leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    /// The cell.
    pub cell: Cell,
    /// Its rows, as they are counted in C.
    pub rows: Range<u32>,
    /// Its columns, as they are counted in C.
    pub columns: Range<u32>,
}

/// All tiles of a part, cell by cell, in each column by column: what was read of B serves all tiles below
/// each other, if it is as deep as the product. The same from the same grid, part, format and
/// memory everywhere; only then does the number of a tile mean anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tiles {
    /// Parts of the rows that the part has, each with its number, cut into tiles.
    rows: Vec<Side>,
    /// Parts of the columns.
    columns: Vec<Side>,
    /// How much of the depth is multiplied at a time.
    pub(super) chunk: u32,
    /// Bytes that files are read and written by.
    pub(super) buffer: usize,
}

/// A side of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Side {
    index: u32,
    positions: Range<u32>,
    step: u32,
}

impl Side {
    fn tiles(&self) -> u64 {
        self.positions.len().div_ceil(wide(self.step)).try_into().unwrap_or(u64::MAX)
    }

    fn tile(&self, index: u64) -> Option<Range<u32>> {
        let before = u32::try_from(index).ok()?.checked_mul(self.step)?;
        let start = self.positions.start.checked_add(before)?;
        Some(start..start.saturating_add(self.step).min(self.positions.end))
    }
}

impl Tiles {
    /// Cuts a part into tiles as large as the memory allows.
    ///
    /// # Errors
    /// [`StreamError`] if the grid has no such part, if the memory does not even do for tiles of 64 × 64,
    /// and for strict floats.
    pub fn new(grid: &Grid, part: Part, format: Format, memory: u64) -> Result<Self, StreamError> {
        if format == Format::F32Strict {
            return Err(StreamError::Strict);
        }
        let region = part.region(grid).ok_or(StreamError::NoSuchPart)?;
        let mut rows: Vec<_> = part.cells(grid).map(|cell| cell.row).collect();
        let mut columns: Vec<_> = part.cells(grid).map(|cell| cell.column).collect();
        rows.sort_unstable();
        rows.dedup();
        columns.sort_unstable();
        columns.dedup();
        let side = |index, positions| Side { index, positions, step: LEAF };
        let row = |row| side(row, grid.cell(Cell { row, column: 0 }).rows);
        let column = |column| side(column, grid.cell(Cell { row: 0, column }).columns);
        let mut tiles = Self {
            rows: rows.into_iter().map(row).collect(),
            columns: columns.into_iter().map(column).collect(),
            chunk: 0,
            buffer: 0,
        };
        tiles.fit(
            format.carrier(),
            u64::try_from(region.depth.len()).unwrap_or(u64::MAX),
            memory,
        )?;
        Ok(tiles)
    }

    /// Chooses the sizes.
    fn fit(&mut self, kind: CarrierKind, depth: u64, memory: u64) -> Result<(), StreamError> {
        let longest = |sides: &[Side]| {
            let lengths = sides.iter().map(|side| u64::try_from(side.positions.len()));
            lengths.filter_map(Result::ok).max().unwrap_or(0)
        };
        let most = Size { rows: longest(&self.rows), columns: longest(&self.columns), depth };
        let leaf = u64::from(LEAF);
        let least = Size {
            rows: most.rows.min(leaf),
            columns: most.columns.min(leaf),
            depth: most.depth.min(leaf),
        };
        let fixed = SLACK.saturating_add(LEAST_BUFFER);
        let need = least.bytes(kind).saturating_add(fixed);
        let over =
            memory.checked_sub(need).ok_or(StreamError::TooLittleMemory { need, have: memory })?;
        let buffer = room::buffer(over);
        let room = memory.saturating_sub(SLACK).saturating_sub(buffer);
        let size = quickest(kind, &most, room).unwrap_or(least);
        let short = |length: u64| u32::try_from(length).unwrap_or(u32::MAX);
        for (sides, step, most) in [
            (&mut self.rows, size.rows, most.rows),
            (&mut self.columns, size.columns, most.columns),
        ] {
            // As few tiles as that, and of even size.
            let even = most.div_ceil(most.div_ceil(step.max(1)).max(1)).next_multiple_of(leaf);
            sides.iter_mut().for_each(|side| side.step = short(even));
        }
        self.chunk = short(size.depth).max(1);
        self.buffer = usize::try_from(buffer).unwrap_or(usize::MAX);
        Ok(())
    }

    /// How many tiles.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.rows
            .iter()
            .fold(0, |sum: u64, row| sum.saturating_add(row.tiles().saturating_mul(self.across())))
    }

    /// Never: a part has values.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Tiles side by side over all cells.
    fn across(&self) -> u64 {
        self.columns.iter().fold(0, |sum, column| sum.saturating_add(column.tiles()))
    }

    /// One of them; `None` if there are not as many.
    #[must_use]
    pub fn get(&self, index: u64) -> Option<Tile> {
        let (row, rest) =
            passed(&self.rows, index, |row| row.tiles().saturating_mul(self.across()))?;
        let (column, rest) =
            passed(&self.columns, rest, |column| row.tiles().saturating_mul(column.tiles()))?;
        Some(Tile {
            cell: Cell { row: row.index, column: column.index },
            rows: row.tile(rest.checked_rem(row.tiles())?)?,
            columns: column.tile(rest.checked_div(row.tiles())?)?,
        })
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = Tile> + '_ {
        (0..self.len()).map_while(|index| self.get(index))
    }

    /// Rows of the highest tile; not more than there are.
    pub(super) fn highest(&self) -> u64 {
        let height = |side: &Side| {
            let length = u64::try_from(side.positions.len()).unwrap_or(u64::MAX);
            length.min(side.step.into())
        };
        self.rows.iter().map(height).max().unwrap_or(0)
    }
}

/// The side that holds the tile, and how many come before it there.
fn passed(sides: &[Side], index: u64, tiles: impl Fn(&Side) -> u64) -> Option<(&Side, u64)> {
    let mut left = index;
    for side in sides {
        match left.checked_sub(tiles(side)) {
            None => return Some((side, left)),
            Some(less) => left = less,
        }
    }
    None
}

fn wide(step: u32) -> usize {
    usize::try_from(step).unwrap_or(usize::MAX).max(1)
}

/// The size that reads and lays out least for each multiply-add; `None` if none fits.
fn quickest(kind: CarrierKind, most: &Size, room: u64) -> Option<Size> {
    let leaf = u64::from(LEAF);
    let leaves = |side: u64| side.div_ceil(leaf).min(most_leaves(kind));
    let depths = (0..8_u32).filter_map(|power| leaf.checked_shl(power));
    let depths = depths.filter(|depth| *depth < most.depth).chain([most.depth]);
    let mut best: Option<(u64, Size)> = None;
    for depth in depths {
        for rows in 1..=leaves(most.rows) {
            let rows = rows.saturating_mul(leaf).min(most.rows);
            let size = |columns: u64| Size {
                rows,
                columns: columns.saturating_mul(leaf).min(most.columns),
                depth,
            };
            // The widest that fits.
            let (mut fits, mut over) = (0, leaves(most.columns).saturating_add(1));
            while let Some(middle) =
                over.checked_sub(fits).filter(|gap| *gap > 1).map(|gap| gap >> 1)
            {
                let middle = middle.saturating_add(fits);
                match size(middle).bytes(kind) <= room {
                    true => fits = middle,
                    false => over = middle,
                }
            }
            if fits > 0 {
                let size = size(fits);
                let cost = cost(&size, most);
                best = best.filter(|(least, _)| *least <= cost).or(Some((cost, size)));
            }
        }
    }
    best.map(|(_, size)| size)
}

/// A tile takes as long as can be told a person who waits, and then counts as done.
fn most_leaves(kind: CarrierKind) -> u64 {
    match kind {
        CarrierKind::I8 => 64,
        CarrierKind::I16 | CarrierKind::F32 => 16,
    }
}

/// What a multiply-add costs beside itself, in tenths of a nanosecond and 2^40 parts of them, roughly as
/// it was measured: numbers of A are read and laid out for each tile beside another. Those of B for each
/// below another, or once if a chunk is as deep as the product; a row of it costs a call as well. C is
/// passed over for each chunk. And for each tile threads come together, which costs two
/// milliseconds where others want the processors as well.
fn cost(size: &Size, most: &Size) -> u64 {
    let share = |weight: u64, side: u64| (weight << 40).checked_div(side).unwrap_or(u64::MAX);
    let Size { rows, columns, depth } = *size;
    let call = 4_500_u64.checked_div(columns).unwrap_or(0);
    let b = |height| share(call.saturating_add(8), height);
    let volume = rows.saturating_mul(columns).saturating_mul(depth);
    let factors = match depth < most.depth {
        true => b(rows).saturating_add(share(5, depth.min(2_048))),
        false => b(most.rows),
    };
    share(11, columns).saturating_add(factors).saturating_add(share(20_000_000, volume))
}
