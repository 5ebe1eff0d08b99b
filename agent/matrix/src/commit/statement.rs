//! What a node says about its part, before anybody tells it what will be looked at.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::tree::{Hash, LeafTree};
use crate::cut::CutError;
use crate::element::Element;
use crate::format::Format;
use crate::grid::{Cell, Grid, Region, Splits};
use crate::matrix::Matrix;
use crate::plan::Part;
use crate::shape::{Shape, ShapeError};

static CONTEXT: LazyLock<blake3::Hasher> =
    LazyLock::new(|| blake3::Hasher::new_derive_key("arch.network 2026 matrix commitment v1"));

/// The roots of the cells of one part. A claim: whoever made it may have lied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, try_from = "Written", into = "Written")]
pub struct Commitment {
    pub(super) format: Format,
    grid: Grid,
    part: Part,
    cells: Vec<Hash>,
}

/// As it is written down.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Written {
    format: Format,
    rows: u64,
    depth: u64,
    columns: u64,
    splits: Splits,
    part: Part,
    cells: Vec<Hash>,
}

/// A commitment that makes no sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoCommitment {
    /// A size that no product has.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// Cuts that the size does not allow.
    #[error(transparent)]
    Cut(#[from] CutError),
    /// A part that the grid has not.
    #[error("there is no such part of the product")]
    Part,
    /// Not one root for each cell.
    #[error("the part has {need} cells; there are {have} roots")]
    Cells {
        /// Roots given.
        have: usize,
        /// Cells of the part.
        need: usize,
    },
}

impl Commitment {
    /// Commits to the values of a part: `values` holds its cells side by side, as they stand in C.
    /// `None` if the grid has no such part or the values are not of its size.
    #[must_use]
    pub fn of<S: Element>(
        format: Format,
        grid: Grid,
        part: Part,
        values: &Matrix<S>,
    ) -> Option<Self> {
        let region = part.region(&grid)?;
        let (rows, columns) = (&region.rows, &region.columns);
        let size = (rows.end.checked_sub(rows.start)?, columns.end.checked_sub(columns.start)?);
        if (values.rows(), values.columns()) != size {
            return None;
        }
        let root = |cell| {
            let place = grid.cell(cell);
            let from = |range: &std::ops::Range<u32>, start: u32| {
                range.start.saturating_sub(start)..range.end.saturating_sub(start)
            };
            let (rows, columns) =
                (from(&place.rows, rows.start), from(&place.columns, columns.start));
            LeafTree::of_cell(format, values, &rows, &columns).root()
        };
        let cells = part.cells(&grid).map(root).collect();
        Some(Self { format, grid, part, cells })
    }

    /// From roots that were made elsewhere.
    ///
    /// # Errors
    /// [`NoCommitment`] if they are not those of such a part.
    pub fn from_roots(
        format: Format,
        grid: Grid,
        part: Part,
        cells: Vec<Hash>,
    ) -> Result<Self, NoCommitment> {
        part.region(&grid).ok_or(NoCommitment::Part)?;
        let (have, need) = (cells.len(), part.cells(&grid).count());
        match have == need {
            true => Ok(Self { format, grid, part, cells }),
            false => Err(NoCommitment::Cells { have, need }),
        }
    }

    /// How the numbers are held.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// The product and its cuts.
    #[must_use]
    pub fn grid(&self) -> &Grid {
        &self.grid
    }

    /// What it is about.
    #[must_use]
    pub fn part(&self) -> Part {
        self.part
    }

    /// The root of a cell; `None` if it is not of this part.
    #[must_use]
    pub fn cell(&self, cell: Cell) -> Option<Hash> {
        let index = self.part.cells(&self.grid).position(|own| own == cell)?;
        self.cells.get(index).copied()
    }

    /// The positions of a cell of this part.
    #[must_use]
    pub fn region(&self, cell: Cell) -> Option<Region> {
        self.part.cells(&self.grid).find(|own| *own == cell).map(|cell| self.grid.cell(cell))
    }

    /// One digest of all that it says.
    #[must_use]
    pub fn digest(&self) -> Hash {
        let mut hasher = CONTEXT.clone();
        let text = self.format.to_string();
        let fill = std::iter::repeat_n(0, 16_usize.saturating_sub(text.len()));
        hasher.update(&text.bytes().chain(fill).collect::<Vec<u8>>());
        let (shape, splits) = (self.grid.shape(), self.grid.splits());
        let sides = [shape.rows(), shape.depth(), shape.columns()];
        let parts = [splits.rows, splits.columns, splits.depth];
        for number in sides.into_iter().chain(parts).chain(self.part.numbers()) {
            hasher.update(&number.to_le_bytes());
        }
        hasher.update(LeafTree::new(self.cells.clone()).root().as_bytes());
        Hash::from(hasher.finalize())
    }
}

impl From<Commitment> for Written {
    fn from(commitment: Commitment) -> Self {
        let Commitment { format, grid, part, cells } = commitment;
        let (shape, splits) = (grid.shape(), grid.splits());
        let (rows, depth, columns) = (shape.rows(), shape.depth(), shape.columns());
        let (rows, depth, columns) = (rows.into(), depth.into(), columns.into());
        Self { format, rows, depth, columns, splits, part, cells }
    }
}

impl TryFrom<Written> for Commitment {
    type Error = NoCommitment;

    fn try_from(written: Written) -> Result<Self, NoCommitment> {
        let Written { format, rows, depth, columns, splits, part, cells } = written;
        let grid = Grid::new(Shape::new(rows, depth, columns)?, splits)?;
        Self::from_roots(format, grid, part, cells)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Opening, OpeningError};
    use super::*;

    fn grid() -> Grid {
        Grid::new(Shape::new(200, 10, 140).unwrap(), Splits::even(2)).unwrap()
    }

    fn slab() -> Matrix<i32> {
        Matrix::new(100, 140, (0..14_000).collect()).unwrap()
    }

    #[test]
    fn a_leaf_that_was_committed_to_opens_and_a_changed_one_does_not() {
        let (grid, slab, part) = (grid(), slab(), Part::Row { index: 1 });
        let commitment = Commitment::of(Format::I8, grid, part, &slab).unwrap();
        let cell = Cell { row: 1, column: 1 };
        let values = slab.piece(&(0..100), &(70..140));
        let tree = LeafTree::of_cell(Format::I8, &values, &(0..100), &(0..70));
        assert_eq!(commitment.cell(cell), Some(tree.root()));
        for index in 0..4 {
            let opening = Opening::of(cell, &values, &tree, index).unwrap();
            let opened = opening.check::<i32>(&commitment).unwrap();
            let at = opened.at();
            assert_eq!(*opened.values(), values.piece(&at.row_range(), &at.column_range()));
            let mut lie = opening.clone();
            lie.bytes[0] ^= 1;
            assert_eq!(lie.check::<i32>(&commitment), Err(OpeningError::OtherRoot));
            let mut short = opening.clone();
            short.bytes.pop();
            assert!(matches!(short.check::<i32>(&commitment), Err(OpeningError::Length { .. })));
            let moved = Opening { index: index ^ 1, ..opening };
            assert!(moved.check::<i32>(&commitment).is_err());
        }
        let elsewhere =
            Opening { cell: Cell { row: 0, column: 0 }, index: 0, bytes: vec![], path: vec![] };
        assert!(matches!(elsewhere.check::<i32>(&commitment), Err(OpeningError::NoSuchCell(_))));
    }

    #[test]
    fn a_size_that_somebody_made_up_keeps_nobody_busy() {
        let most = u64::from(crate::MAX_SIDE);
        let grid = Grid::new(Shape::new(most, most, most).unwrap(), Splits::even(1)).unwrap();
        let root = LeafTree::new(vec![]).root();
        let part = Part::Row { index: 0 };
        let commitment = Commitment::from_roots(Format::I8, grid, part, vec![root]).unwrap();
        let cell = Cell { row: 0, column: 0 };
        let opening = Opening { cell, index: usize::MAX, bytes: vec![], path: vec![] };
        let refused = opening.check::<i32>(&commitment);
        assert!(matches!(refused, Err(OpeningError::NoSuchLeaf { .. })));
        let long = Opening { index: 0, bytes: vec![0; 16_384], path: vec![root; 100], ..opening };
        assert_eq!(long.check::<i32>(&commitment), Err(OpeningError::OtherRoot));
        assert_eq!(
            crate::compare(
                cell,
                (1 << 29, 1 << 29),
                &LeafTree::new(vec![]),
                &LeafTree::new(vec![])
            ),
            None
        );
    }

    #[test]
    fn a_commitment_is_read_as_it_was_written_and_not_otherwise() {
        let part = Part::Column { index: 0 };
        let values = Matrix::<i32>::zero(200, 70);
        let commitment = Commitment::of(Format::I8, grid(), part, &values).unwrap();
        let text = serde_json::to_string(&commitment).unwrap();
        assert_eq!(serde_json::from_str::<Commitment>(&text).unwrap(), commitment);
        let root = commitment.cell(Cell { row: 0, column: 0 }).unwrap().to_string();
        for (from, to) in [
            ("\"rows\":200", "\"rows\":0"),
            ("\"rows\":200", "\"rows\":1099511627776"),
            ("\"depth\":10", "\"depth\":1"),
            ("\"index\":0", "\"index\":2"),
            (root.as_str(), "blake3:0"),
            ("\"format\":\"i8\"", "\"format\":\"q\""),
        ] {
            assert!(text.contains(from), "{text}");
            assert!(
                serde_json::from_str::<Commitment>(&text.replacen(from, to, 1)).is_err(),
                "{to}"
            );
        }
    }

    #[test]
    fn everything_that_is_said_is_in_the_digest() {
        let zero = |rows, columns| Matrix::<i32>::zero(rows, columns);
        let part = Part::Row { index: 0 };
        let digest = |format, grid, part, values: &Matrix<i32>| {
            Commitment::of(format, grid, part, values).unwrap().digest()
        };
        let deeper = Grid::new(Shape::new(200, 11, 140).unwrap(), Splits::even(2)).unwrap();
        let finer = Splits { depth: 3, ..Splits::even(2) };
        let finer = Grid::new(Shape::new(200, 10, 140).unwrap(), finer).unwrap();
        let digests = std::collections::BTreeSet::from([
            digest(Format::I8, grid(), part, &zero(100, 140)),
            digest("q1".parse().unwrap(), grid(), part, &zero(100, 140)),
            digest(Format::I8, deeper, part, &zero(100, 140)),
            digest(Format::I8, finer, part, &zero(100, 140)),
            digest(Format::I8, grid(), Part::Row { index: 1 }, &zero(100, 140)),
            digest(Format::I8, grid(), part, &slab()),
            digest(Format::I8, grid(), Part::Reduction { index: 0 }, &zero(200, 140)),
        ]);
        assert_eq!(digests.len(), 7);
        assert_eq!(Commitment::of(Format::I8, grid(), part, &zero(99, 140)), None);
    }
}
