//! What is computed.

use arch_matrix::{Format, Grid, Part, Region};

use super::error::{StreamError, Which};
use super::operand::Operand;
use super::place::ReadAt;
use super::tiles::Tiles;
use crate::backend::Backend;

/// A part of a product whose matrices stand in files.
#[derive(Debug)]
pub struct Work<'w, A, B> {
    /// The left factor, whole.
    pub a: &'w Operand<A>,
    /// The right factor, whole.
    pub b: &'w Operand<B>,
    /// The product and its cuts.
    pub grid: &'w Grid,
    /// The part.
    pub part: Part,
    /// The most memory that is taken, in bytes; stacks of threads are not counted.
    pub memory: u64,
    /// Which instructions.
    pub backend: Backend,
    /// The most threads, at most 64.
    pub threads: usize,
}

impl<A: ReadAt + Sync, B: ReadAt + Sync> Work<'_, A, B> {
    /// The tiles that it is computed in.
    ///
    /// # Errors
    /// As [`Tiles::new`] and [`Work::format`].
    pub fn tiles(&self) -> Result<Tiles, StreamError> {
        Tiles::new(self.grid, self.part, self.format()?, self.memory)
    }

    /// How the numbers are held.
    ///
    /// # Errors
    /// [`StreamError::Formats`] if A and B do not say the same, [`StreamError::Swapped`] if one stands
    /// in the place of the other.
    pub fn format(&self) -> Result<Format, StreamError> {
        for (which, place) in [(self.a.which(), Which::A), (self.b.which(), Which::B)] {
            if which != place {
                return Err(StreamError::Swapped { which });
            }
        }
        let (a, b) = (self.a.format(), self.b.format());
        if a == b { Ok(a) } else { Err(StreamError::Formats { a, b }) }
    }

    /// The part's positions, if A and B are of the product's size.
    pub(super) fn region(&self) -> Result<Region, StreamError> {
        let shape = self.grid.shape();
        for (which, rows, columns, need_rows, need_columns) in [
            (Which::A, self.a.rows(), self.a.columns(), shape.rows(), shape.depth()),
            (Which::B, self.b.rows(), self.b.columns(), shape.depth(), shape.columns()),
        ] {
            if (rows, columns) != (need_rows, need_columns) {
                return Err(StreamError::Size { which, rows, columns, need_rows, need_columns });
            }
        }
        self.part.region(self.grid).ok_or(StreamError::NoSuchPart)
    }
}
