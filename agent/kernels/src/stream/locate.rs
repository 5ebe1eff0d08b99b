//! Where in a row that lies the first wrong piece is.

use arch_matrix::commit::LEAF;
use arch_matrix::freivalds::{Lie, Suspect};
use arch_matrix::{CarrierKind, Element, Matrix, Region};

use super::audit::read_sums;
use super::engine::Factor;
use super::error::StreamError;
use super::place::ReadAt;
use super::room::{LEAST_BUFFER, SLACK};
use super::work::Work;
use crate::blocked::{Begin, Layout};

/// The first piece of the row that is wrong, as long as a leaf: the row's own multiply-adds are done
/// again, of one row and no more. `None` if there is none, or no such row: then it was no lie.
///
/// # Errors
/// [`StreamError`] if a file cannot be read, or the memory does not hold a row of C twice and a row of B.
pub fn locate<A: ReadAt + Sync, B: ReadAt + Sync, C: ReadAt + ?Sized>(
    work: &Work<'_, A, B>,
    c: &C,
    lie: &Lie,
) -> Result<Option<Suspect>, StreamError> {
    match work.format()?.carrier() {
        CarrierKind::I8 => run::<i8, _, _, _>(work, c, lie),
        CarrierKind::I16 => run::<i16, _, _, _>(work, c, lie),
        CarrierKind::F32 => Err(StreamError::Strict),
    }
}

fn run<T: Factor, A: ReadAt + Sync, B: ReadAt + Sync, C: ReadAt + ?Sized>(
    work: &Work<'_, A, B>,
    c: &C,
    lie: &Lie,
) -> Result<Option<Suspect>, StreamError> {
    let region = work.region()?;
    let row = region.rows.start.checked_add(lie.row).filter(|row| *row < region.rows.end);
    let Some(row) = row else { return Ok(None) };
    let rows = row..row.saturating_add(1);
    let mut buffer = vec![0; usize::try_from(LEAST_BUFFER).unwrap_or(0).saturating_mul(4)];
    let height = rows_of_b::<T>(&region, work.memory)?;
    let columns = 0..region.size().1;
    let mut sums = Matrix::<T::Sum>::zero(1, columns.end);
    let (mut begin, mut engine) = (Begin::Afresh, T::engine(work.backend, 1));
    let step = usize::try_from(height).unwrap_or(usize::MAX).max(1);
    let (mut a, mut b) = (Matrix::<T>::zero(0, 0), Matrix::<T>::zero(0, 0));
    for start in region.depth.clone().step_by(step) {
        let chunk = start..start.saturating_add(height).min(region.depth.end);
        super::multiply::fit(&mut a, &rows, &chunk);
        super::multiply::fit(&mut b, &chunk, &region.columns);
        work.a.read((&rows, &chunk), &mut buffer, a.values_mut())?;
        work.b.read((&chunk, &region.columns), &mut buffer, b.values_mut())?;
        T::multiply(&mut engine, (&a, &b), (begin, Layout::New), &mut sums);
        begin = Begin::OnTop;
    }
    drop((a, b, engine));
    let mut claimed = Matrix::<T::Sum>::zero(0, 0);
    read_sums(c, &region, &(lie.row..lie.row.saturating_add(1)), &mut buffer, &mut claimed)?;
    let mut pairs = (0_u32..).zip(claimed.values().iter().zip(sums.values()));
    let wrong = pairs.find(|(_, (claimed, right))| claimed != right);
    Ok(wrong.and_then(|(column, _)| {
        let column = column.checked_div(LEAF)?.checked_mul(LEAF)?;
        Some(Suspect { row: lie.row, column })
    }))
}

/// How many rows of B are multiplied at a time: of each is kept what was read and what is laid out, which
/// goes by fours.
fn rows_of_b<T: Factor>(region: &Region, memory: u64) -> Result<u32, StreamError> {
    let columns = u64::try_from(region.columns.len()).unwrap_or(u64::MAX).saturating_add(32);
    let sum = u64::try_from(<T::Sum as Element>::BYTES).unwrap_or(u64::MAX);
    let number = u64::try_from(T::BYTES).unwrap_or(u64::MAX);
    // Sums so far, and those of a chunk or what is kept of each column.
    let fixed = SLACK
        .saturating_add(LEAST_BUFFER.saturating_mul(4))
        .saturating_add(64 << 10)
        .saturating_add(columns.saturating_mul(sum).saturating_mul(3));
    let four = columns.saturating_mul(number).saturating_mul(8);
    let need = fixed.saturating_add(four);
    let left =
        memory.checked_sub(need).ok_or(StreamError::TooLittleMemory { need, have: memory })?;
    let fours = left.checked_div(four).unwrap_or(0).saturating_add(1).min(512);
    Ok(u32::try_from(fours).unwrap_or(512).saturating_mul(4))
}
