//! The disputed leaf, cut into tiles of 16 × 16 and its depth into steps of 128. Tiles at an edge, and
//! the last step, are filled up with zeros: they add nothing.

use std::ops::Range;

use arch_matrix::{
    Cell, Format,
    commit::{Commitment, LeafAt},
};

/// Rows and columns of a tile.
pub const SIDE: u32 = 16;

/// Positions of the depth in a step.
pub const STEP: u32 = 128;

/// Where two meet: a leaf of C, and the stretch of the depth that both have summed up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ground {
    /// How numbers are held.
    pub format: Format,
    /// The leaf in its cell.
    pub at: LeafAt,
    /// Its rows of A and C.
    pub rows: Range<u32>,
    /// Its columns of B and C.
    pub columns: Range<u32>,
    /// Columns of A, rows of B.
    pub depth: Range<u32>,
    /// Rows, depth and columns of the product.
    pub sides: [u32; 3],
}

/// One step of one tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    /// Which tile of the leaf, from 0, row by row.
    pub tile: usize,
    /// Which step of the depth, from 0.
    pub step: usize,
}

impl Ground {
    /// Where two commitments meet in a leaf of a cell. `None` if they do not: products of other sizes,
    /// formats, stretches of the depth, or one has no such leaf. How the depth is cut where both have
    /// summed up all of it makes no difference.
    #[must_use]
    pub fn common(one: &Commitment, other: &Commitment, cell: Cell, leaf: u64) -> Option<Self> {
        let own = Self::of(one, cell, leaf)?;
        (Self::of(other, cell, leaf)? == own).then_some(own)
    }

    /// A leaf of a part. `None` if the part has no such leaf.
    #[must_use]
    pub fn of(commitment: &Commitment, cell: Cell, leaf: u64) -> Option<Self> {
        let (grid, place) = (commitment.grid(), commitment.region(cell)?);
        let (rows, columns) = place.size();
        let at = LeafAt::nth(rows, columns, leaf)?;
        let shape = grid.shape();
        let moved = |start: u32, range: Range<u32>| {
            start.saturating_add(range.start)..start.saturating_add(range.end)
        };
        Some(Self {
            format: commitment.format(),
            rows: moved(place.rows.start, at.row_range()),
            columns: moved(place.columns.start, at.column_range()),
            depth: commitment.part().region(grid)?.depth,
            at,
            sides: [shape.rows(), shape.depth(), shape.columns()],
        })
    }

    /// How many tiles the leaf has.
    #[must_use]
    pub fn tiles(&self) -> usize {
        let [down, across] = self.tiles_by_side();
        usize::try_from(down.saturating_mul(across)).unwrap_or(usize::MAX)
    }

    fn tiles_by_side(&self) -> [u32; 2] {
        [self.at.rows.div_ceil(SIDE), self.at.columns.div_ceil(SIDE)]
    }

    /// Rows and columns of a tile, counted from the corner of the leaf; fewer than 16 at an edge.
    #[must_use]
    pub fn within_leaf(&self, tile: usize) -> Option<[Range<u32>; 2]> {
        let [down, across] = self.tiles_by_side();
        let tile = u32::try_from(tile).ok()?;
        let (row, column) = (tile.checked_div(across)?, tile.checked_rem(across)?);
        let part = |number: u32, whole: u32| {
            let start = number.saturating_mul(SIDE);
            start..whole.min(start.saturating_add(SIDE))
        };
        (row < down).then(|| [part(row, self.at.rows), part(column, self.at.columns)])
    }

    /// Rows and columns of a tile, counted from the corner of C.
    #[must_use]
    pub fn tile(&self, tile: usize) -> Option<[Range<u32>; 2]> {
        let moved = |start: u32, range: &Range<u32>| {
            start.saturating_add(range.start)..start.saturating_add(range.end)
        };
        let [rows, columns] = self.within_leaf(tile)?;
        Some([moved(self.rows.start, &rows), moved(self.columns.start, &columns)])
    }

    /// How many steps the depth has.
    #[must_use]
    pub fn steps(&self) -> usize {
        let length = self.depth.end.saturating_sub(self.depth.start);
        usize::try_from(length.div_ceil(STEP)).unwrap_or(usize::MAX)
    }

    /// The positions of the depth of a step; the last one may be shorter.
    #[must_use]
    pub fn step(&self, step: usize) -> Option<Range<u32>> {
        let start = u32::try_from(step).ok()?.checked_mul(STEP)?.checked_add(self.depth.start)?;
        let end = self.depth.end.min(start.saturating_add(STEP));
        (start < end).then_some(start..end)
    }
}

#[cfg(test)]
mod tests {
    use arch_matrix::{Grid, Matrix, Part, Shape, Splits};

    use super::*;

    fn commitment(part: Part) -> Commitment {
        let grid = Grid::new(Shape::new(200, 300, 140).unwrap(), Splits::even(2)).unwrap();
        let (rows, columns) = part.region(&grid).unwrap().size();
        Commitment::of(Format::I8, grid, part, &Matrix::<i32>::zero(rows, columns)).unwrap()
    }

    #[test]
    fn tiles_cover_a_leaf_at_the_edge_and_steps_the_depth() {
        let (row, column) =
            (commitment(Part::Row { index: 1 }), commitment(Part::Column { index: 1 }));
        let cell = Cell { row: 1, column: 1 };
        // The cell has 100 × 70 values: its last leaf has 36 × 6.
        let ground = Ground::common(&row, &column, cell, 3).unwrap();
        assert_eq!((ground.rows.clone(), ground.columns.clone()), (164..200, 134..140));
        assert_eq!((ground.tiles(), ground.steps()), (3, 3));
        assert_eq!(ground.tile(2), Some([196..200, 134..140]));
        assert_eq!(ground.within_leaf(2), Some([32..36, 0..6]));
        assert_eq!((ground.tile(3), ground.step(3)), (None, None));
        assert_eq!(ground.step(2), Some(256..300));
        assert_eq!(Ground::common(&row, &column, cell, 4), None);
    }

    #[test]
    fn sums_over_other_stretches_of_the_depth_do_not_meet() {
        let row = commitment(Part::Row { index: 0 });
        let depth = |index| commitment(Part::Reduction { index });
        let cell = Cell { row: 0, column: 0 };
        assert_eq!(Ground::common(&row, &depth(0), cell, 0), None);
        assert_eq!(Ground::common(&depth(0), &depth(1), cell, 0), None);
        let block = arch_matrix::Block { row: 0, column: 0, depth: 1 };
        let rest = commitment(Part::Rest { block });
        assert_eq!(Ground::common(&depth(1), &rest, cell, 0).unwrap().depth, 150..300);
        assert_eq!(Ground::common(&row, &depth(0), Cell { row: 1, column: 0 }, 0), None);
    }
}
