//! The smallest piece of C that is hashed on its own.

use std::ops::Range;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::tree::{Hash, LeafTree};
use crate::element::Element;
use crate::format::Format;
use crate::matrix::Matrix;

/// Rows and columns of a full leaf; 16 KiB of 32-bit sums.
pub const LEAF: u32 = 64;

/// Length of what is hashed behind the values: there, and not before them, because the values of a full
/// leaf then lie where BLAKE3 hashes sixteen chunks at once.
const TRAILER: usize = 32;

static CONTEXT: LazyLock<blake3::Hasher> =
    LazyLock::new(|| blake3::Hasher::new_derive_key("arch.network 2026 matrix leaf v1"));

/// Where a leaf stands in its cell, and its size: the last ones may be smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LeafAt {
    /// Which row of leaves, from 0.
    pub leaf_row: u32,
    /// Which column of leaves, from 0.
    pub leaf_column: u32,
    /// How many rows of values.
    pub rows: u32,
    /// How many columns of values.
    pub columns: u32,
}

/// The leaves of a cell of that size, row by row.
pub fn leaves(rows: u32, columns: u32) -> impl Iterator<Item = LeafAt> {
    (0..count(rows, columns)).map_while(move |index| LeafAt::nth(rows, columns, index))
}

/// How many leaves a cell of that size has. Told at once: a size that a peer made up costs nothing.
#[must_use]
pub fn count(rows: u32, columns: u32) -> u64 {
    u64::from(rows.div_ceil(LEAF)).saturating_mul(columns.div_ceil(LEAF).into())
}

impl LeafAt {
    /// One leaf of a cell of that size; `None` if it has not as many.
    #[must_use]
    pub fn nth(rows: u32, columns: u32, index: u64) -> Option<Self> {
        let across = u64::from(columns.div_ceil(LEAF));
        let leaf_row = u32::try_from(index.checked_div(across)?).ok()?;
        let leaf_column = u32::try_from(index.checked_rem(across)?).ok()?;
        let left = |side: u32, leaf: u32| side.checked_sub(leaf.checked_mul(LEAF)?);
        let rows = LEAF.min(left(rows, leaf_row).filter(|left| *left > 0)?);
        let columns = LEAF.min(left(columns, leaf_column)?);
        Some(Self { leaf_row, leaf_column, rows, columns })
    }

    /// The leaf of a cell of that size in which a value stands, counted from the corner of the cell;
    /// `None` if it stands outside.
    #[must_use]
    pub fn holding(rows: u32, columns: u32, row: u32, column: u32) -> Option<Self> {
        let (leaf_row, leaf_column) = (row.checked_div(LEAF)?, column.checked_div(LEAF)?);
        let leaf = Self { leaf_row, leaf_column, rows: 0, columns: 0 };
        (row < rows && column < columns).then(|| Self::nth(rows, columns, leaf.index(columns)))?
    }

    /// Which leaf of its cell it is, row by row, if the cell has that many columns of values: what
    /// [`LeafAt::nth`] takes.
    #[must_use]
    pub fn index(&self, columns: u32) -> u64 {
        u64::from(self.leaf_row)
            .saturating_mul(columns.div_ceil(LEAF).into())
            .saturating_add(self.leaf_column.into())
    }

    /// Its rows, counted from the corner of the cell.
    #[must_use]
    pub fn row_range(&self) -> Range<u32> {
        let start = self.leaf_row.saturating_mul(LEAF);
        start..start.saturating_add(self.rows)
    }

    /// Its columns, counted from the corner of the cell.
    #[must_use]
    pub fn column_range(&self) -> Range<u32> {
        let start = self.leaf_column.saturating_mul(LEAF);
        start..start.saturating_add(self.columns)
    }

    /// How many bytes its values have.
    #[must_use]
    pub fn bytes<S: Element>(&self) -> usize {
        let values = u64::from(self.rows).saturating_mul(self.columns.into());
        usize::try_from(values).unwrap_or(usize::MAX).saturating_mul(S::BYTES)
    }

    /// Format in 16 bytes, filled with zeros, then place and size in four numbers of 32 bits, lowest
    /// byte first.
    fn trailer(&self, format: Format) -> [u8; TRAILER] {
        let mut trailer = [0; TRAILER];
        let numbers = [self.leaf_row, self.leaf_column, self.rows, self.columns];
        let text = format.to_string();
        let numbers = numbers.iter().flat_map(|number| number.to_le_bytes());
        let fill = std::iter::repeat_n(0, 16_usize.saturating_sub(text.len()));
        for (place, byte) in trailer.iter_mut().zip(text.bytes().chain(fill).chain(numbers)) {
            *place = byte;
        }
        trailer
    }
}

/// The hash of a leaf whose values stand in `bytes`, row by row, lowest byte first.
#[must_use]
pub fn leaf_hash(format: Format, at: &LeafAt, bytes: &[u8]) -> Hash {
    let mut hasher = CONTEXT.clone();
    hasher.update(bytes).update(&at.trailer(format));
    Hash::from(hasher.finalize())
}

impl LeafTree {
    /// Hashes the cell that stands in `rows` and `columns` of a matrix.
    #[must_use]
    pub fn of_cell<S: Element>(
        format: Format,
        matrix: &Matrix<S>,
        rows: &Range<u32>,
        columns: &Range<u32>,
    ) -> Self {
        let height = rows.end.saturating_sub(rows.start);
        let width = columns.end.saturating_sub(columns.start);
        let mut bytes = Vec::new();
        let hash = |at: LeafAt| {
            let from = at.column_range();
            let from =
                columns.start.saturating_add(from.start)..columns.start.saturating_add(from.end);
            let length = at.bytes::<S>();
            bytes.resize(length.max(bytes.len()), 0);
            let bytes = bytes.get_mut(..length).unwrap_or_default();
            let mut places = bytes.chunks_mut(S::BYTES.saturating_mul(from.len()).max(1));
            for (row, place) in at.row_range().zip(&mut places) {
                S::write(matrix.row(rows.start.saturating_add(row), &from), place);
            }
            leaf_hash(format, &at, bytes)
        };
        Self::new(leaves(height, width).map(hash).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edge_leaves_have_their_real_size() {
        let all: Vec<_> = leaves(65, 130).map(|at| (at.rows, at.columns)).collect();
        assert_eq!(all, [(64, 64), (64, 64), (64, 2), (1, 64), (1, 64), (1, 2)]);
        assert_eq!(leaves(64, 64).count(), 1);
        assert_eq!(leaves(65, 130).count() as u64, count(65, 130));
        assert_eq!((leaves(0, 5).count(), LeafAt::nth(65, 130, 6)), (0, None));
        let most = crate::MAX_SIDE;
        assert_eq!(LeafAt::nth(most, most, count(most, most)), None);
        assert!(LeafAt::nth(most, most, count(most, most) - 1).is_some());
    }

    #[test]
    fn every_value_stands_in_one_leaf_and_every_leaf_knows_its_number() {
        let (rows, columns) = (130, 200);
        for (index, leaf) in (0..).zip(leaves(rows, columns)) {
            assert_eq!(
                (leaf.index(columns), LeafAt::nth(rows, columns, index)),
                (index, Some(leaf))
            );
            for row in leaf.row_range() {
                for column in leaf.column_range() {
                    assert_eq!(LeafAt::holding(rows, columns, row, column), Some(leaf));
                }
            }
        }
        for (row, column) in [(rows, 0), (0, columns), (u32::MAX, u32::MAX)] {
            assert_eq!(LeafAt::holding(rows, columns, row, column), None);
        }
    }

    #[test]
    fn a_cell_has_the_same_leaves_wherever_it_stands() {
        let cell = Matrix::new(70, 66, (0..70 * 66).collect::<Vec<i32>>()).unwrap();
        let mut slab = Matrix::zero(200, 300);
        slab.put(33, 101, &cell);
        let alone = LeafTree::of_cell(Format::I8, &cell, &(0..70), &(0..66));
        assert_eq!(LeafTree::of_cell(Format::I8, &slab, &(33..103), &(101..167)), alone);
    }

    #[test]
    fn format_place_size_and_values_are_all_in_the_hash() {
        let at = LeafAt { leaf_row: 1, leaf_column: 2, rows: 1, columns: 2 };
        let hash = leaf_hash(Format::I8, &at, &[0; 8]);
        let others = [
            leaf_hash(Format::F32Strict, &at, &[0; 8]),
            leaf_hash("q7".parse().unwrap(), &at, &[0; 8]),
            leaf_hash(Format::I8, &LeafAt { leaf_row: 0, ..at }, &[0; 8]),
            leaf_hash(Format::I8, &LeafAt { leaf_column: 1, ..at }, &[0; 8]),
            leaf_hash(Format::I8, &LeafAt { rows: 2, columns: 1, ..at }, &[0; 8]),
            leaf_hash(Format::I8, &at, &[0, 0, 0, 0, 0, 0, 0, 1]),
        ];
        assert!(others.iter().all(|other| *other != hash));
    }
}
