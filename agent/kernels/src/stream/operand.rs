//! A or B where it stands.

use std::ops::Range;

use arch_matrix::file::{Dtype, Stored};
use arch_matrix::prepare::{NotFinite, Quantised, quantise};
use arch_matrix::{Element, Format, MAX_SIDE, Matrix, Scale, Scales};

use super::error::{StreamError, Which};
use super::place::ReadAt;
use super::runs::{Layout, Piece};
use crate::threads::{share, together};

/// A or B in a file, read a piece at a time and turned into what its format holds.
#[derive(Debug, Clone)]
pub struct Operand<R> {
    bytes: R,
    which: Which,
    format: Format,
    /// Of floats that become integers.
    scale: Option<Scale>,
    rows: u32,
    layout: Layout,
}

/// Why a matrix in a file cannot be a factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OperandError {
    /// The file has other numbers than the format takes.
    #[error("{format} takes numbers of type {need:?}; the file has {have:?}")]
    Dtype {
        /// The format.
        format: Format,
        /// What it takes.
        need: Dtype,
        /// What the file has.
        have: Dtype,
    },
    /// Strict floats.
    #[error("f32s is computed by machines with a certified adapter alone; there is none here")]
    Strict,
    /// A side that no matrix has.
    #[error(
        "a matrix of {rows} rows and {columns} columns is none; sides are from 1 to {MAX_SIDE}"
    )]
    Side {
        /// Rows.
        rows: u64,
        /// Columns.
        columns: u64,
    },
    /// It would end behind every file.
    #[error("the matrix would end beyond what a file can hold")]
    TooLong,
}

impl<R: ReadAt> Operand<R> {
    /// The left factor, which begins in `bytes` where `stored` says.
    ///
    /// # Errors
    /// [`OperandError`] if the format does not take such numbers, or no matrix is so large.
    pub fn a(bytes: R, stored: Stored, format: Format) -> Result<Self, OperandError> {
        Self::new(Which::A, bytes, stored, format)
    }

    /// The right factor, likewise.
    ///
    /// # Errors
    /// As [`Operand::a`].
    pub fn b(bytes: R, stored: Stored, format: Format) -> Result<Self, OperandError> {
        Self::new(Which::B, bytes, stored, format)
    }

    fn new(which: Which, bytes: R, stored: Stored, format: Format) -> Result<Self, OperandError> {
        let need = match format {
            Format::I8 => Dtype::I8,
            Format::I16 => Dtype::I16,
            Format::Fixed8(_) | Format::Fixed16(_) => Dtype::F32,
            Format::F32Strict => return Err(OperandError::Strict),
        };
        let Stored { dtype, rows, columns, offset } = stored;
        if dtype != need {
            return Err(OperandError::Dtype { format, need, have: dtype });
        }
        let side = |side: u64| {
            let short = u32::try_from(side).ok().filter(|side| (1..=MAX_SIDE).contains(side));
            short.ok_or(OperandError::Side { rows, columns })
        };
        let layout = Layout {
            offset,
            columns: side(columns)?,
            width: usize::try_from(dtype.bytes()).unwrap_or(usize::MAX),
        };
        let rows = side(rows)?;
        let end = stored.length().and_then(|length| length.checked_add(offset));
        end.ok_or(OperandError::TooLong)?;
        let scales = format.scales();
        let scale = scales.map(|Scales { a, b }| if which == Which::A { a } else { b });
        Ok(Self { bytes, which, format, scale, rows, layout })
    }

    /// Which factor it is.
    pub(super) fn which(&self) -> Which {
        self.which
    }

    /// How its numbers are taken.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// How many rows.
    #[must_use]
    pub fn rows(&self) -> u32 {
        self.rows
    }

    /// How many columns.
    #[must_use]
    pub fn columns(&self) -> u32 {
        self.layout.columns
    }

    /// A piece of it, as numbers of the format: `i8` or `i16`.
    ///
    /// # Errors
    /// [`StreamError`] with the place that cannot be read or is not finite; also if the piece is not
    /// within, or the format holds other numbers.
    pub fn piece<T: Quantised>(
        &self,
        rows: &Range<u32>,
        columns: &Range<u32>,
    ) -> Result<Matrix<T>, StreamError> {
        self.within(rows, columns)?;
        let length = |range: &Range<u32>| range.end.saturating_sub(range.start);
        let mut piece = Matrix::zero(length(rows), length(columns));
        self.read((rows, columns), &mut vec![0; 1 << 16], piece.values_mut())?;
        Ok(piece)
    }

    fn within(&self, rows: &Range<u32>, columns: &Range<u32>) -> Result<(), StreamError> {
        if rows.end <= self.rows && columns.end <= self.columns() {
            return Ok(());
        }
        let (need_rows, need_columns) = (rows.end, columns.end);
        let (which, rows, columns) = (self.which, self.rows, self.columns());
        Err(StreamError::Size { which, rows, columns, need_rows, need_columns })
    }

    /// The same into numbers that are there.
    pub(super) fn read<T: Quantised>(
        &self,
        (rows, columns): (&Range<u32>, &Range<u32>),
        buffer: &mut [u8],
        out: &mut [T],
    ) -> Result<(), StreamError> {
        let (which, format) = (self.which, self.format);
        if u64::try_from(T::BYTES) != Ok(format.carrier().bytes()) {
            return Err(StreamError::Carrier { format, bytes: T::BYTES });
        }
        let piece = Piece { layout: self.layout, rows, columns };
        piece.read((which, &self.bytes), buffer, |run, bytes| {
            let out = out.get_mut(run.numbers.clone()).unwrap_or_default();
            let Some(scale) = self.scale else {
                out.iter_mut().zip(T::read(bytes)).for_each(|(to, number)| *to = number);
                return Ok(());
            };
            quantised(bytes, scale, out).map_err(|NotFinite { at, value }| {
                let (row, column) = piece.place(run.numbers.start.saturating_add(at));
                StreamError::NotFinite { which, row, column, value }
            })
        })
    }
}

/// A thread reads no less than that.
const OF_A_THREAD: usize = 1 << 20;

/// Floats that are quantised at a time: small, since that needs memory of its own.
const AT_ONCE: usize = 1_024;

fn quantised<T: Quantised>(bytes: &[u8], scale: Scale, out: &mut [T]) -> Result<(), NotFinite> {
    let mut floats = [0.0; AT_ONCE];
    let wide = AT_ONCE.saturating_mul(f32::BYTES);
    for (before, (bytes, out)) in bytes.chunks(wide).zip(out.chunks_mut(AT_ONCE)).enumerate() {
        let floats = floats.get_mut(..out.len()).unwrap_or_default();
        floats.iter_mut().zip(f32::read(bytes)).for_each(|(to, float)| *to = float);
        let values = quantise(floats, scale).map_err(|error| NotFinite {
            at: before.saturating_mul(AT_ONCE).saturating_add(error.at),
            ..error
        })?;
        out.copy_from_slice(&values);
    }
    Ok(())
}

impl<R: ReadAt + Sync> Operand<R> {
    /// The same into numbers that are there, by several threads, each with a share of the buffer.
    pub(super) fn read_shared<T: Quantised>(
        &self,
        (rows, columns): (&Range<u32>, &Range<u32>),
        buffer: &mut [u8],
        threads: usize,
        out: &mut [T],
    ) -> Result<(), StreamError> {
        // Coming together takes longer than reading a little.
        let bytes = rows.len().saturating_mul(columns.len()).saturating_mul(self.layout.width);
        let threads = threads.min(bytes.div_ceil(OF_A_THREAD));
        let share = share(rows.len(), threads);
        let buffers =
            buffer.chunks_mut(super::runs::part(buffer.len(), rows.len().div_ceil(share)));
        let bands = out.chunks_mut(share.saturating_mul(columns.len()).max(1));
        let starts = rows.clone().step_by(share);
        let step = u32::try_from(share).unwrap_or(u32::MAX);
        let work = starts.zip(bands).zip(buffers).map(|((start, band), buffer)| {
            let rows = start..start.saturating_add(step).min(rows.end);
            move || self.read((&rows, columns), buffer, band)
        });
        together(work).into_iter().collect()
    }
}
