//! A matrix in memory.

use std::ops::Range;

use crate::element::Element;

/// Row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix<T> {
    rows: u32,
    columns: u32,
    values: Vec<T>,
}

/// Not as many numbers as the sides ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{values} values are no matrix of {rows} × {columns}")]
pub struct WrongLength {
    rows: u32,
    columns: u32,
    values: usize,
}

impl<T: Element> Matrix<T> {
    /// A matrix of these values.
    ///
    /// # Errors
    /// [`WrongLength`] if there are not `rows · columns` of them.
    pub fn new(rows: u32, columns: u32, values: Vec<T>) -> Result<Self, WrongLength> {
        let length = usize::try_from(u64::from(rows).saturating_mul(u64::from(columns)));
        match length == Ok(values.len()) {
            true => Ok(Self { rows, columns, values }),
            false => Err(WrongLength { rows, columns, values: values.len() }),
        }
    }

    /// A matrix of zeros.
    #[must_use]
    pub fn zero(rows: u32, columns: u32) -> Self {
        let length = u64::from(rows).saturating_mul(u64::from(columns));
        let values = vec![T::default(); usize::try_from(length).unwrap_or(usize::MAX)];
        Self { rows, columns, values }
    }

    /// How many rows.
    #[must_use]
    pub fn rows(&self) -> u32 {
        self.rows
    }

    /// How many columns.
    #[must_use]
    pub fn columns(&self) -> u32 {
        self.columns
    }

    /// All values, row by row.
    #[must_use]
    pub fn values(&self) -> &[T] {
        &self.values
    }

    /// All values, row by row.
    pub fn values_mut(&mut self) -> &mut [T] {
        &mut self.values
    }

    /// The values of one row from `columns`; empty where there are none.
    #[must_use]
    pub fn row(&self, row: u32, columns: &Range<u32>) -> &[T] {
        self.place(row, columns).and_then(|place| self.values.get(place)).unwrap_or_default()
    }

    /// The values of one row from `columns`; empty where there are none.
    pub fn row_mut(&mut self, row: u32, columns: &Range<u32>) -> &mut [T] {
        self.place(row, columns).and_then(|place| self.values.get_mut(place)).unwrap_or_default()
    }

    fn place(&self, row: u32, columns: &Range<u32>) -> Option<Range<usize>> {
        if row >= self.rows || columns.end > self.columns {
            return None;
        }
        let width = usize::try_from(self.columns).ok()?;
        let start = usize::try_from(row).ok()?.checked_mul(width)?;
        let end = start.checked_add(usize::try_from(columns.end).ok()?)?;
        Some(start.checked_add(usize::try_from(columns.start).ok()?)?..end)
    }

    /// A copy of a piece.
    #[must_use]
    pub fn piece(&self, rows: &Range<u32>, columns: &Range<u32>) -> Self {
        let values = rows.clone().flat_map(|row| self.row(row, columns)).copied().collect();
        let height = rows.end.saturating_sub(rows.start);
        Self { rows: height, columns: columns.end.saturating_sub(columns.start), values }
    }

    /// Writes a piece to where its first value is to stand.
    pub fn put(&mut self, row: u32, column: u32, piece: &Self) {
        let columns = column..column.saturating_add(piece.columns);
        for (from, to) in (0..piece.rows).zip(row..) {
            let place = self.row_mut(to, &columns);
            if let Some(values) = piece.row(from, &(0..piece.columns)).get(..place.len()) {
                place.copy_from_slice(values);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_goes_back_to_where_it_came_from() {
        let matrix = Matrix::new(3, 4, (0_i32..12).collect()).unwrap();
        let piece = matrix.piece(&(1..3), &(2..4));
        assert_eq!(piece.values(), [6, 7, 10, 11]);
        let mut other = Matrix::zero(3, 4);
        other.put(1, 2, &piece);
        assert_eq!(other.values(), [0, 0, 0, 0, 0, 0, 6, 7, 0, 0, 10, 11]);
    }

    #[test]
    fn what_lies_outside_is_empty() {
        let matrix = Matrix::new(2, 2, vec![1_i8; 4]).unwrap();
        assert!(matrix.row(2, &(0..2)).is_empty() && matrix.row(0, &(1..3)).is_empty());
        assert!(Matrix::new(2, 2, vec![1_i8; 5]).is_err());
    }
}
