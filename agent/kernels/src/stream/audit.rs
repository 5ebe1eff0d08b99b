//! Freivalds' check of a part in a file, strip by strip.

use std::ops::Range;

use arch_matrix::freivalds::{Challenge, Lie, Residue};
use arch_matrix::{CarrierKind, Element, Matrix, Region};

use super::engine::Factor;
use super::error::{StreamError, Which};
use super::multiply::{fit, layout};
use super::place::ReadAt;
use super::room::{LEAST_BUFFER, MOST_THREADS, SLACK};
use super::runs::Piece;
use super::work::Work;
use crate::audit::Strip;

/// As long as a strip and what belongs to it need not be: more would only be read into farther memory.
const ENOUGH: u64 = 4 << 20;

/// Checks every value of a part that stands in `c`. `None` if it is what A and B give, else its first row
/// that is not; the first of all if there is not one number of the challenge for each column.
///
/// # Errors
/// [`StreamError`] if a file cannot be read, or if the memory does not hold what the challenge needs: some
/// 60 bytes for each column of the part, 20 for each position of its depth.
pub fn audit<A: ReadAt + Sync, B: ReadAt + Sync, C: ReadAt + ?Sized>(
    work: &Work<'_, A, B>,
    c: &C,
    challenge: &Challenge,
) -> Result<Option<Lie>, StreamError> {
    match work.format()?.carrier() {
        CarrierKind::I8 => run::<i8, _, _, _>(work, c, challenge),
        CarrierKind::I16 => run::<i16, _, _, _>(work, c, challenge),
        CarrierKind::F32 => Err(StreamError::Strict),
    }
}

fn run<T: Factor, A: ReadAt + Sync, B: ReadAt + Sync, C: ReadAt + ?Sized>(
    work: &Work<'_, A, B>,
    c: &C,
    challenge: &Challenge,
) -> Result<Option<Lie>, StreamError> {
    let region = work.region()?;
    if u32::try_from(challenge.numbers().len()) != Ok(region.size().1) {
        return Ok(Some(Lie { row: 0 }));
    }
    let room = Room::new::<T>(&region, work.memory)?;
    let most = usize::try_from(MOST_THREADS).unwrap_or(1);
    let threads = work.threads.clamp(1, most);
    let mut buffer = vec![0; usize::try_from(LEAST_BUFFER).unwrap_or(0).saturating_mul(4)];
    let bx = products::<T, _, _>(work, challenge, &region, (room.rows_of_b, threads), &mut buffer)?;
    let rows = T::rows(work.backend, challenge, &bx);
    drop(bx);
    let mut a = Matrix::<T>::zero(0, 0);
    let mut claimed = Matrix::<T::Sum>::zero(0, 0);
    for strip in strips(&region.rows, room.rows_of_c) {
        fit(&mut a, &strip, &region.depth);
        let out = a.values_mut();
        work.a.read_shared((&strip, &region.depth), &mut buffer, threads, out)?;
        let own = strip.start.saturating_sub(region.rows.start);
        let within = own..own.saturating_add(strip.end.saturating_sub(strip.start));
        read_sums(c, &region, &within, &mut buffer, &mut claimed)?;
        let a = Strip { matrix: &a, rows: &(0..a.rows()), columns: &(0..a.columns()) };
        let c = Strip {
            matrix: &claimed,
            rows: &(0..claimed.rows()),
            columns: &(0..claimed.columns()),
        };
        if let Some(row) = a.first_wrong(&c, &*rows, threads) {
            return Ok(Some(Lie { row: within.start.saturating_add(row) }));
        }
    }
    Ok(None)
}

/// `B·x`, one number for each position of the depth.
fn products<T: Factor, A: ReadAt + Sync, B: ReadAt + Sync>(
    work: &Work<'_, A, B>,
    challenge: &Challenge,
    region: &Region,
    (height, threads): (u32, usize),
    buffer: &mut [u8],
) -> Result<Vec<Residue>, StreamError> {
    let x = T::factors(work.backend, challenge.numbers());
    let mut bx = vec![Residue::default(); region.depth.len()];
    let mut b = Matrix::<T>::zero(0, 0);
    let step = usize::try_from(height).unwrap_or(usize::MAX).max(1);
    for (strip, out) in strips(&region.depth, height).zip(bx.chunks_mut(step)) {
        fit(&mut b, &strip, &region.columns);
        let pieces = (&strip, &region.columns);
        work.b.read_shared(pieces, buffer, threads, b.values_mut())?;
        let strip = Strip { matrix: &b, rows: &(0..b.rows()), columns: &(0..b.columns()) };
        strip.times(&*x, threads, out);
    }
    Ok(bx)
}

fn strips(range: &Range<u32>, height: u32) -> impl Iterator<Item = Range<u32>> + use<> {
    let (height, end) = (height.max(1), range.end);
    let step = usize::try_from(height).unwrap_or(usize::MAX);
    range.clone().step_by(step).map(move |start| start..start.saturating_add(height).min(end))
}

/// Some rows of a part's file, whole.
pub(super) fn read_sums<S: Element, C: ReadAt + ?Sized>(
    c: &C,
    region: &Region,
    rows: &Range<u32>,
    buffer: &mut [u8],
    into: &mut Matrix<S>,
) -> Result<(), StreamError> {
    let columns = 0..region.size().1;
    fit(into, rows, &columns);
    let values = into.values_mut();
    let piece = Piece { layout: layout::<S>(region), rows, columns: &columns };
    piece.read((Which::C, c), buffer, |run, bytes| {
        let place = values.get_mut(run.numbers.clone()).unwrap_or_default();
        place.iter_mut().zip(S::read(bytes)).for_each(|(to, number)| *to = number);
        Ok(())
    })
}

/// How many rows fit beside what the challenge needs.
struct Room {
    rows_of_b: u32,
    rows_of_c: u32,
}

impl Room {
    fn new<T: Factor>(region: &Region, memory: u64) -> Result<Self, StreamError> {
        let long = |side: usize| u64::try_from(side).unwrap_or(u64::MAX);
        let (columns, depth) = (long(region.columns.len()), long(region.depth.len()));
        let bytes = |side: u64, bytes: usize| side.saturating_mul(long(bytes));
        let fixed = SLACK.saturating_add(LEAST_BUFFER.saturating_mul(4));
        // Of each column at most 44 bytes, of each position twice 8, in whole vectors.
        let vectors = columns.saturating_mul(44).saturating_add(depth.saturating_mul(16));
        let fixed = fixed.saturating_add(vectors).saturating_add(4 << 10);
        let row_of_b = bytes(columns, T::BYTES);
        let row_of_c = bytes(depth, T::BYTES).saturating_add(bytes(columns, T::Sum::BYTES));
        let need = fixed.saturating_add(row_of_b.max(row_of_c));
        let too_little = StreamError::TooLittleMemory { need, have: memory };
        let left = memory.checked_sub(need).ok_or(too_little)?.min(ENOUGH);
        let more = |row: u64| {
            let rows = left.checked_div(row).unwrap_or(0).saturating_add(1);
            u32::try_from(rows).unwrap_or(u32::MAX)
        };
        Ok(Self { rows_of_b: more(row_of_b), rows_of_c: more(row_of_c) })
    }
}
