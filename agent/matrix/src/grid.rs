//! The product as a box of blocks: rows × columns × depth, each side cut into parts.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::cut::{Cut, CutError};
use crate::format::CarrierKind;
use crate::shape::Shape;

/// Into how many parts each side is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Splits {
    /// Parts of the rows (p).
    pub rows: u32,
    /// Parts of the columns (q).
    pub columns: u32,
    /// Parts of the depth (r).
    pub depth: u32,
}

impl Splits {
    /// The same number everywhere.
    #[must_use]
    pub fn even(parts: u32) -> Self {
        Self { rows: parts, columns: parts, depth: parts }
    }
}

/// A part of the rows crossed with a part of the columns: a piece of C.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    /// Which part of the rows, from 0.
    pub row: u32,
    /// Which part of the columns, from 0.
    pub column: u32,
}

/// A cell and a part of the depth: the smallest piece of work that is handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Block {
    /// Which part of the rows, from 0.
    pub row: u32,
    /// Which part of the columns, from 0.
    pub column: u32,
    /// Which part of the depth, from 0.
    pub depth: u32,
}

impl Block {
    /// The piece of C that it adds to.
    #[must_use]
    pub fn cell(&self) -> Cell {
        Cell { row: self.row, column: self.column }
    }
}

/// Positions in A, B and C: `A[rows, depth] · B[depth, columns]`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Region {
    /// Rows of A and C.
    pub rows: Range<u32>,
    /// Columns of B and C.
    pub columns: Range<u32>,
    /// Columns of A, rows of B.
    pub depth: Range<u32>,
}

impl Region {
    /// All of a product.
    #[must_use]
    pub fn whole(shape: Shape) -> Self {
        Self { rows: 0..shape.rows(), columns: 0..shape.columns(), depth: 0..shape.depth() }
    }

    /// Rows and columns of the piece of C.
    #[must_use]
    pub fn size(&self) -> (u32, u32) {
        let length = |range: &Range<u32>| range.end.saturating_sub(range.start);
        (length(&self.rows), length(&self.columns))
    }

    /// Bytes of the values of the piece of C.
    #[must_use]
    pub fn bytes(&self, kind: CarrierKind) -> u64 {
        let (rows, columns) = self.size();
        u64::from(rows).saturating_mul(columns.into()).saturating_mul(kind.sum_bytes())
    }

    /// Multiply-adds.
    #[must_use]
    pub fn volume(&self) -> u128 {
        [&self.rows, &self.columns, &self.depth].into_iter().fold(1, |volume: u128, side| {
            volume.saturating_mul(u128::from(side.end.saturating_sub(side.start)))
        })
    }
}

/// A shape with its cuts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Grid {
    shape: Shape,
    rows: Cut,
    columns: Cut,
    depth: Cut,
}

impl Grid {
    /// Cuts each side.
    ///
    /// # Errors
    /// [`CutError`] if a side is shorter than its parts are many.
    pub fn new(shape: Shape, splits: Splits) -> Result<Self, CutError> {
        Ok(Self {
            shape,
            rows: Cut::new(shape.rows(), splits.rows)?,
            columns: Cut::new(shape.columns(), splits.columns)?,
            depth: Cut::new(shape.depth(), splits.depth)?,
        })
    }

    /// One that is not cut.
    #[must_use]
    pub fn whole(shape: Shape) -> Self {
        let [rows, columns, depth] = [shape.rows(), shape.columns(), shape.depth()].map(Cut::whole);
        Self { shape, rows, columns, depth }
    }

    /// The product's size.
    #[must_use]
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Into how many parts the sides are cut.
    #[must_use]
    pub fn splits(&self) -> Splits {
        Splits { rows: self.rows.parts(), columns: self.columns.parts(), depth: self.depth.parts() }
    }

    /// The positions of a block.
    #[must_use]
    pub fn region(&self, block: Block) -> Region {
        Region {
            rows: self.rows.part(block.row),
            columns: self.columns.part(block.column),
            depth: self.depth.part(block.depth),
        }
    }

    /// The positions of a cell, over the whole depth.
    #[must_use]
    pub fn cell(&self, cell: Cell) -> Region {
        let block = Block { row: cell.row, column: cell.column, depth: 0 };
        Region { depth: 0..self.shape.depth(), ..self.region(block) }
    }

    /// The positions of part `index` of the depth, over all rows and columns.
    #[must_use]
    pub fn depth(&self, index: u32) -> Range<u32> {
        self.depth.part(index)
    }

    /// The cells, row by row.
    pub fn cells(&self) -> impl Iterator<Item = Cell> + use<> {
        let Splits { rows, columns, .. } = self.splits();
        (0..rows).flat_map(move |row| (0..columns).map(move |column| Cell { row, column }))
    }

    /// The blocks, cell by cell.
    pub fn blocks(&self) -> impl Iterator<Item = Block> + use<> {
        let parts = self.splits().depth;
        self.cells().flat_map(move |Cell { row, column }| {
            (0..parts).map(move |depth| Block { row, column, depth })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_blocks_fill_the_product_without_overlap() {
        let shape = Shape::new(7, 11, 5).unwrap();
        let grid = Grid::new(shape, Splits { rows: 3, columns: 2, depth: 4 }).unwrap();
        assert_eq!(grid.blocks().count(), 24);
        let mut seen = vec![0_u8; 7 * 11 * 5];
        for block in grid.blocks() {
            let region = grid.region(block);
            for row in region.rows {
                for column in region.columns.clone() {
                    for depth in region.depth.clone() {
                        seen[((row * 11 + depth) * 5 + column) as usize] += 1;
                    }
                }
            }
        }
        assert!(seen.iter().all(|times| *times == 1));
        let cells = || grid.cells().map(|cell| grid.cell(cell));
        for (kind, bytes) in [(CarrierKind::I8, 4), (CarrierKind::I16, 8)] {
            assert_eq!(cells().map(|cell| cell.bytes(kind)).sum::<u64>(), 7 * 5 * bytes);
        }
        let volume: u128 = grid.blocks().map(|block| grid.region(block).volume()).sum();
        assert_eq!(volume, shape.volume());
    }

    #[test]
    fn what_is_not_cut_is_one_block() {
        let shape = Shape::new(7, 11, 5).unwrap();
        assert_eq!(Ok(Grid::whole(shape)), Grid::new(shape, Splits::even(1)));
        let [block] = Grid::whole(shape).blocks().collect::<Vec<_>>()[..] else { panic!("one") };
        assert_eq!(Grid::whole(shape).region(block), Region::whole(shape));
    }
}
