//! Some tiles of one part of an exact product.

use arch_matrix::file::Stored;
use arch_matrix::{CutError, Format, Grid, Part, Shape, ShapeError, Splits};
use serde::{Deserialize, Serialize};

/// How many files belong to it: A, B, and the one that the values are written into.
pub const MULTIPLY_FDS: usize = 3;

/// Asks for consecutive tiles of a part. A and B are read where they stand in their files; the values
/// are written into the third file, which has room for the whole part: row by row, lowest byte first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MultiplyRequest {
    /// Chosen by the agent; no two runs of one executor share a number.
    pub run: u64,
    /// How the numbers are held.
    pub format: Format,
    /// A, in the first file.
    pub a: Stored,
    /// B, in the second.
    pub b: Stored,
    /// How the sides are cut.
    pub splits: Splits,
    /// Which part.
    pub part: Part,
    /// Memory for the numbers, in bytes. With format, size and part it decides what the tiles are.
    pub memory_bytes: u64,
    /// The first tile.
    pub first: u64,
    /// How many tiles.
    pub count: u64,
    /// Time, in milliseconds.
    pub wall_millis: u64,
}

/// Why such a request makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidMultiply {
    /// A and B do not fit together, or are of no size.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// The sides cannot be cut so.
    #[error(transparent)]
    Cut(#[from] CutError),
    /// The cuts have no such part.
    #[error("there is no such part")]
    Part,
    /// Nothing is asked for, or more than can be counted.
    #[error("no tile is asked for, or more than can be counted")]
    Tiles,
}

impl MultiplyRequest {
    /// Checks what the types cannot say, and gives the product with its cuts.
    ///
    /// # Errors
    /// [`InvalidMultiply`].
    pub fn grid(&self) -> Result<Grid, InvalidMultiply> {
        let shape = Shape::of((self.a.rows, self.a.columns), (self.b.rows, self.b.columns))?;
        let grid = Grid::new(shape, self.splits)?;
        self.part.region(&grid).ok_or(InvalidMultiply::Part)?;
        match self.first.checked_add(self.count) {
            Some(end) if end > self.first => Ok(grid),
            _ => Err(InvalidMultiply::Tiles),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::executor::tests_support::plain_multiply;

    #[test]
    fn sizes_cuts_and_parts_that_are_none_are_refused() {
        let plain = plain_multiply();
        assert_eq!(plain.grid().unwrap().shape(), Shape::new(6, 4, 5).unwrap());
        let other = |change: fn(&mut MultiplyRequest)| {
            let mut request = plain_multiply();
            change(&mut request);
            request.grid().unwrap_err()
        };
        assert!(matches!(other(|r| r.a.columns = 5), InvalidMultiply::Shape(_)));
        assert!(matches!(other(|r| r.a.rows = 1 << 40), InvalidMultiply::Shape(_)));
        assert!(matches!(other(|r| r.splits.depth = 5), InvalidMultiply::Cut(_)));
        assert_eq!(other(|r| r.part = Part::Row { index: 2 }), InvalidMultiply::Part);
        assert_eq!(other(|r| r.count = 0), InvalidMultiply::Tiles);
        assert_eq!(other(|r| r.first = u64::MAX), InvalidMultiply::Tiles);
    }
}
