//! No sum can overflow: proven before anything is multiplied.

use std::ops::Range;

use arch_matrix::prepare::Quantised;
use arch_matrix::{CarrierKind, Format, Matrix, Region, bound};

use super::error::StreamError;
use super::operand::Operand;
use super::place::ReadAt;
use super::work::Work;

/// Numbers that are looked at at once.
const AT_ONCE: u32 = 4_096;
/// Bytes that are read at once.
const BUFFER: usize = 16 << 10;

/// Why no sum can overflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// Whatever the numbers are.
    Depth,
    /// The numbers are small: these are the largest absolute values.
    Numbers {
        /// In A.
        a: u64,
        /// In B.
        b: u64,
    },
}

/// Proves that no sum of the part can overflow: by the format alone where the depth allows it, else by the
/// largest numbers that stand in A and B, which are then read.
///
/// # Errors
/// [`StreamError`] if one might, or a file cannot be read.
pub fn prove<A: ReadAt + Sync, B: ReadAt + Sync>(
    work: &Work<'_, A, B>,
) -> Result<Proof, StreamError> {
    let (region, format) = (work.region()?, work.format()?);
    match format.carrier() {
        CarrierKind::I8 => of_numbers::<i8, _, _>(work, &region, format),
        CarrierKind::I16 => of_numbers::<i16, _, _>(work, &region, format),
        CarrierKind::F32 => Err(StreamError::Strict),
    }
}

/// By the format alone where the depth allows it, else by the largest numbers that stand in A and B,
/// which are then read once more. Speaks of this part's own sums; that partial sums may be added is for
/// the whole depth to show.
pub(super) fn of_numbers<T: Quantised, A: ReadAt + Sync, B: ReadAt + Sync>(
    work: &Work<'_, A, B>,
    region: &Region,
    format: Format,
) -> Result<Proof, StreamError> {
    let kind = format.carrier();
    let depth = region.depth.end.saturating_sub(region.depth.start);
    if bound::prove(kind, depth, T::MOST, T::MOST).is_ok() {
        return Ok(Proof::Depth);
    }
    let a = largest::<T, _>(work.a, &region.rows, &region.depth)?;
    let b = largest::<T, _>(work.b, &region.depth, &region.columns)?;
    bound::prove(kind, depth, a, b)?;
    Ok(Proof::Numbers { a, b })
}

fn largest<T: Quantised, R: ReadAt>(
    operand: &Operand<R>,
    rows: &Range<u32>,
    columns: &Range<u32>,
) -> Result<u64, StreamError> {
    let (mut most, mut buffer) = (0, vec![0; BUFFER]);
    let mut numbers = Matrix::<T>::zero(1, AT_ONCE);
    let step = usize::try_from(AT_ONCE).unwrap_or(usize::MAX);
    for row in rows.clone() {
        for start in columns.clone().step_by(step) {
            let columns = start..start.saturating_add(AT_ONCE).min(columns.end);
            let rows = row..row.saturating_add(1);
            let place = numbers.row_mut(0, &(0..columns.end.saturating_sub(start)));
            operand.read((&rows, &columns), &mut buffer, place)?;
            most = place.iter().fold(most, |most: u64, number| {
                let number: i64 = (*number).into();
                most.max(number.unsigned_abs())
            });
        }
    }
    Ok(most)
}
