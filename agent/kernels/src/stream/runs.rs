//! A piece of a matrix as runs of bytes: as long as they can be, as short as the buffer asks.

use std::ops::Range;

use super::error::{StreamError, Which};
use super::place::{ReadAt, WriteAt};

/// Where numbers stand in a file: row by row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    /// Where the first one begins.
    pub(super) offset: u64,
    /// Numbers in a row.
    pub(super) columns: u32,
    /// Bytes of a number.
    pub(super) width: usize,
}

/// Some rows and columns of it.
#[derive(Debug, Clone)]
pub(super) struct Piece<'a> {
    pub(super) layout: Layout,
    pub(super) rows: &'a Range<u32>,
    pub(super) columns: &'a Range<u32>,
}

/// Numbers of a piece that follow each other in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    /// Where it begins in the file, in bytes.
    offset: u64,
    /// Which numbers of the piece, counted row by row.
    pub(super) numbers: Range<usize>,
}

impl Piece<'_> {
    /// Rows that are whole are read as one; others one by one.
    fn runs(&self, buffer: usize) -> impl Iterator<Item = Run> + use<'_> {
        let Self { layout, rows, columns } = self;
        let (mut lines, mut length) = (rows.len(), columns.len());
        if (columns.start, columns.end) == (0, layout.columns) {
            (lines, length) = (lines.min(1), lines.saturating_mul(length));
        }
        let step = buffer.checked_div(layout.width).unwrap_or(0).max(1);
        let width = u64::try_from(layout.width).unwrap_or(u64::MAX);
        (rows.start..).take(lines).enumerate().flat_map(move |(line, row)| {
            let begin = u64::from(row)
                .saturating_mul(layout.columns.into())
                .saturating_add(columns.start.into());
            let first = line.saturating_mul(length);
            (0..length).step_by(step).map(move |from| {
                let at = begin.saturating_add(u64::try_from(from).unwrap_or(u64::MAX));
                let offset = layout.offset.saturating_add(at.saturating_mul(width));
                let end = from.saturating_add(step).min(length);
                Run { offset, numbers: first.saturating_add(from)..first.saturating_add(end) }
            })
        })
    }

    /// Row and column of one of its numbers.
    pub(super) fn place(&self, number: usize) -> (u32, u32) {
        let within = |number: Option<usize>| u32::try_from(number.unwrap_or(0)).unwrap_or(u32::MAX);
        let row = within(number.checked_div(self.columns.len()));
        let column = within(number.checked_rem(self.columns.len()));
        (self.rows.start.saturating_add(row), self.columns.start.saturating_add(column))
    }

    /// Gives `take` the bytes of run after run.
    pub(super) fn read(
        &self,
        (which, from): (Which, &(impl ReadAt + ?Sized)),
        buffer: &mut [u8],
        mut take: impl FnMut(&Run, &[u8]) -> Result<(), StreamError>,
    ) -> Result<(), StreamError> {
        for run in self.runs(buffer.len()) {
            let length = run.numbers.len().saturating_mul(self.layout.width);
            let bytes = buffer.get_mut(..length).unwrap_or_default();
            from.read_at(run.offset, bytes).map_err(|source| {
                let (row, column) = self.place(run.numbers.start);
                StreamError::Read { which, row, column, source }
            })?;
            take(&run, bytes)?;
        }
        Ok(())
    }

    /// Reads all of it, into as many bytes.
    pub(super) fn fill(
        &self,
        (which, from): (Which, &(impl ReadAt + ?Sized)),
        out: &mut [u8],
    ) -> Result<(), StreamError> {
        for run in self.runs(usize::MAX) {
            let byte = |number: usize| number.saturating_mul(self.layout.width);
            let place = byte(run.numbers.start)..byte(run.numbers.end);
            let bytes = out.get_mut(place).unwrap_or_default();
            from.read_at(run.offset, bytes).map_err(|source| {
                let (row, column) = self.place(run.numbers.start);
                StreamError::Read { which, row, column, source }
            })?;
        }
        Ok(())
    }

    /// Writes run after run what `give` puts into the bytes.
    pub(super) fn write(
        &self,
        to: &(impl WriteAt + ?Sized),
        buffer: &mut [u8],
        mut give: impl FnMut(&Run, &mut [u8]),
    ) -> Result<(), StreamError> {
        for run in self.runs(buffer.len()) {
            let length = run.numbers.len().saturating_mul(self.layout.width);
            let bytes = buffer.get_mut(..length).unwrap_or_default();
            give(&run, bytes);
            to.write_at(run.offset, bytes).map_err(|source| {
                let (row, column) = self.place(run.numbers.start);
                StreamError::Write { row, column, source }
            })?;
        }
        Ok(())
    }
}

/// The length of each part of a buffer that is shared by so many.
pub(super) fn part(buffer: usize, shares: usize) -> usize {
    buffer.checked_div(shares).unwrap_or(buffer).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(rows: Range<u32>, columns: Range<u32>, buffer: usize) -> Vec<(u64, Range<usize>)> {
        let layout = Layout { offset: 100, columns: 10, width: 2 };
        let piece = Piece { layout, rows: &rows, columns: &columns };
        piece.runs(buffer).map(|run| (run.offset, run.numbers)).collect()
    }

    #[test]
    fn whole_rows_are_one_run_and_others_one_each() {
        assert_eq!(runs(2..4, 0..10, 99), [(140, 0..20)]);
        assert_eq!(runs(2..4, 0..10, 25), [(140, 0..12), (164, 12..20)]);
        assert_eq!(runs(2..4, 3..8, 99), [(146, 0..5), (166, 5..10)]);
        assert_eq!(runs(2..3, 3..8, 4), [(146, 0..2), (150, 2..4), (154, 4..5)]);
        assert_eq!((runs(2..2, 0..10, 9), runs(2..4, 3..3, 9)), (vec![], vec![]));
    }
}
