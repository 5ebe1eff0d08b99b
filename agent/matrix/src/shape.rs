//! How large a product is.

/// The longest side of a matrix. No sum of products is then larger than 2^59, which
/// [`crate::freivalds`] needs, and a size that somebody made up is refused at once.
pub const MAX_SIDE: u32 = 1 << 29;

/// `C (rows × columns) = A (rows × depth) · B (depth × columns)`. No side is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shape {
    rows: u32,
    depth: u32,
    columns: u32,
}

/// Why there is no product of that size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ShapeError {
    /// An empty matrix.
    #[error("the {side} of the product are 0; a matrix has at least one of each")]
    Empty {
        /// `rows`, `depth` or `columns`.
        side: &'static str,
    },
    /// Longer than [`MAX_SIDE`].
    #[error("the {side} of the product are {length}; the most is {MAX_SIDE}")]
    TooLong {
        /// `rows`, `depth` or `columns`.
        side: &'static str,
        /// What was asked for.
        length: u64,
    },
    /// `A` and `B` do not fit together.
    #[error("A has {a} columns and B has {b} rows; they must be as many")]
    Inner {
        /// Columns of A.
        a: u64,
        /// Rows of B.
        b: u64,
    },
}

impl Shape {
    /// Checks the sides.
    ///
    /// # Errors
    /// [`ShapeError`] names the side.
    pub fn new(rows: u64, depth: u64, columns: u64) -> Result<Self, ShapeError> {
        Ok(Self {
            rows: side("rows", rows)?,
            depth: side("depth", depth)?,
            columns: side("columns", columns)?,
        })
    }

    /// The product of two matrices, each given as rows and columns.
    ///
    /// # Errors
    /// [`ShapeError`], also if they do not fit together.
    pub fn of(a: (u64, u64), b: (u64, u64)) -> Result<Self, ShapeError> {
        if a.1 != b.0 {
            return Err(ShapeError::Inner { a: a.1, b: b.0 });
        }
        Self::new(a.0, a.1, b.1)
    }

    /// Rows of A and C.
    #[must_use]
    pub fn rows(&self) -> u32 {
        self.rows
    }

    /// Columns of A, rows of B.
    #[must_use]
    pub fn depth(&self) -> u32 {
        self.depth
    }

    /// Columns of B and C.
    #[must_use]
    pub fn columns(&self) -> u32 {
        self.columns
    }

    /// Multiply-adds of the whole product.
    #[must_use]
    pub fn volume(&self) -> u128 {
        // Three numbers of at most 30 bits each.
        [self.depth, self.columns]
            .into_iter()
            .fold(u128::from(self.rows), |volume, side| volume.saturating_mul(u128::from(side)))
    }
}

fn side(side: &'static str, length: u64) -> Result<u32, ShapeError> {
    match u32::try_from(length) {
        Ok(0) => Err(ShapeError::Empty { side }),
        Ok(short) if short <= MAX_SIDE => Ok(short),
        _ => Err(ShapeError::TooLong { side, length }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_side_of_nothing_and_one_beyond_reason_are_refused_by_name() {
        assert_eq!(Shape::new(1, 0, 1), Err(ShapeError::Empty { side: "depth" }));
        let length = 1 << 40;
        assert_eq!(Shape::new(length, 1, 1), Err(ShapeError::TooLong { side: "rows", length }));
        assert!(Shape::new(u64::from(MAX_SIDE), 1, 1).is_ok());
        assert!(Shape::new(1, 1, u64::from(MAX_SIDE) + 1).is_err());
    }

    #[test]
    fn matrices_that_do_not_fit_together_are_refused() {
        assert_eq!(Shape::of((2, 3), (4, 5)), Err(ShapeError::Inner { a: 3, b: 4 }));
        assert_eq!(Shape::of((2, 3), (3, 5)), Shape::new(2, 3, 5));
    }
}
