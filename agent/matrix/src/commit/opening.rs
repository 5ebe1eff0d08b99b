//! Showing one leaf of what was committed to.

use super::leaf::{LeafAt, count, leaf_hash};
use super::statement::Commitment;
use super::tree::{Hash, LeafTree, climb};
use crate::element::Element;
use crate::grid::Cell;
use crate::matrix::Matrix;

/// One leaf of a cell, and the way to the cell's root. A claim until [`Opening::check`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// Which cell.
    pub cell: Cell,
    /// Which leaf of it, from 0, row by row.
    pub index: usize,
    /// Its values, row by row, lowest byte first.
    pub bytes: Vec<u8>,
    /// The hashes beside its way up, lowest first.
    pub path: Vec<Hash>,
}

/// A leaf that the committed node cannot take back. Made only by [`Opening::check`].
#[derive(Debug, Clone, PartialEq)]
pub struct Opened<S> {
    at: LeafAt,
    values: Matrix<S>,
}

impl<S> Opened<S> {
    /// Where it stands in its cell.
    pub fn at(&self) -> &LeafAt {
        &self.at
    }

    /// Its values.
    pub fn values(&self) -> &Matrix<S> {
        &self.values
    }
}

/// Why an opening shows nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpeningError {
    /// The commitment is not about this cell.
    #[error("the commitment does not cover cell {}, {}", .0.row, .0.column)]
    NoSuchCell(Cell),
    /// The cell has fewer leaves.
    #[error("the cell has {count} leaves; leaf {index} was shown")]
    NoSuchLeaf {
        /// What was shown.
        index: usize,
        /// How many there are.
        count: usize,
    },
    /// Not as many bytes as the leaf has values.
    #[error("the leaf has {need} bytes; {have} were shown")]
    Length {
        /// What was shown.
        have: usize,
        /// What the leaf needs.
        need: usize,
    },
    /// Other values than were committed to, or another way.
    #[error("the leaf does not lead to the committed root")]
    OtherRoot,
}

impl Opening {
    /// Shows a leaf of a cell that stands in `values` alone; `None` if it has no such leaf.
    #[must_use]
    pub fn of<S: Element>(
        cell: Cell,
        values: &Matrix<S>,
        tree: &LeafTree,
        index: usize,
    ) -> Option<Self> {
        let at = LeafAt::nth(values.rows(), values.columns(), u64::try_from(index).ok()?)?;
        let columns = at.column_range();
        let mut bytes = vec![0; at.bytes::<S>()];
        let places = bytes.chunks_mut(S::BYTES.saturating_mul(columns.len()).max(1));
        for (row, place) in at.row_range().zip(places) {
            S::write(values.row(row, &columns), place);
        }
        Some(Self { cell, index, bytes, path: tree.path(index)? })
    }

    /// Holds the leaf against a commitment.
    ///
    /// # Errors
    /// [`OpeningError`] if it was not committed to.
    pub fn check<S: Element>(&self, commitment: &Commitment) -> Result<Opened<S>, OpeningError> {
        let no_such_cell = OpeningError::NoSuchCell(self.cell);
        let root = commitment.cell(self.cell).ok_or(no_such_cell)?;
        let region = commitment.region(self.cell).ok_or(no_such_cell)?;
        let (rows, columns) = region.size();
        let count = usize::try_from(count(rows, columns)).unwrap_or(usize::MAX);
        let at = u64::try_from(self.index).ok().and_then(|at| LeafAt::nth(rows, columns, at));
        let at = at.ok_or(OpeningError::NoSuchLeaf { index: self.index, count })?;
        let values: Vec<S> = S::read(&self.bytes).collect();
        let need = at.bytes::<S>();
        let have = self.bytes.len();
        let length = OpeningError::Length { have, need };
        if have != need {
            return Err(length);
        }
        let leaf = leaf_hash(commitment.format, &at, &self.bytes);
        if climb(leaf, self.index, count, &self.path) != Some(root) {
            return Err(OpeningError::OtherRoot);
        }
        let values = Matrix::new(at.rows, at.columns, values).map_err(|_| length)?;
        Ok(Opened { at, values })
    }
}
