//! Computes a part, tile by tile.

use std::ops::{ControlFlow, Range};

use arch_matrix::{CarrierKind, Element, Matrix, Region};

use super::engine::Factor;
use super::error::StreamError;
use super::operand::Operand;
use super::place::{ReadAt, WriteAt};
use super::proven::of_numbers;
use super::room::{MOST_THREADS, ROWS_OF_A_THREAD};
use super::runs::{Layout, Piece};
use super::tiles::{Tile, Tiles};
use super::work::Work;
use crate::blocked::{Begin, Layout as Laid};

/// Computes the tiles of a part from the tile `from` on, and writes them into the part's file: its values
/// row by row, from the first byte on. After each tile that stands there `done` is told its number, and
/// says whether to go on.
///
/// Nothing is synced; that is for who gave the file.
///
/// # Errors
/// [`StreamError`] with the place in A, B or C. Tiles that were told are whole; the one behind them may
/// be written in part.
pub fn multiply<A: ReadAt + Sync, B: ReadAt + Sync, W: WriteAt + ?Sized>(
    work: &Work<'_, A, B>,
    from: u64,
    out: &W,
    done: impl FnMut(u64) -> ControlFlow<()>,
) -> Result<(), StreamError> {
    match work.format()?.carrier() {
        CarrierKind::I8 => run::<i8, _, _, _>(work, from, out, done),
        CarrierKind::I16 => run::<i16, _, _, _>(work, from, out, done),
        CarrierKind::F32 => Err(StreamError::Strict),
    }
}

fn run<T: Factor, A: ReadAt + Sync, B: ReadAt + Sync, W: WriteAt + ?Sized>(
    work: &Work<'_, A, B>,
    from: u64,
    out: &W,
    mut done: impl FnMut(u64) -> ControlFlow<()>,
) -> Result<(), StreamError> {
    let (region, tiles) = (work.region()?, work.tiles()?);
    if from > tiles.len() {
        return Err(StreamError::NoTile { index: from, tiles: tiles.len() });
    }
    of_numbers::<T, _, _>(work, &region, work.format()?)?;
    let mut hand = Hand::<T>::new(work, &tiles);
    for index in from..tiles.len() {
        let tile = tiles.get(index).ok_or(StreamError::NoTile { index, tiles: tiles.len() })?;
        hand.compute(work, &tile, &region.depth)?;
        hand.write(&tile, &region, out)?;
        if done(index).is_break() {
            break;
        }
    }
    Ok(())
}

/// What is in memory.
struct Hand<T: Factor> {
    engine: T::Engine,
    a: Held<T>,
    b: Held<T>,
    c: Matrix<T::Sum>,
    buffer: Vec<u8>,
    chunk: u32,
    threads: usize,
}

impl<T: Factor> Hand<T> {
    fn new<A, B>(work: &Work<'_, A, B>, tiles: &Tiles) -> Self {
        let most = tiles.highest().div_ceil(ROWS_OF_A_THREAD).min(MOST_THREADS);
        let threads = work.threads.min(usize::try_from(most).unwrap_or(1)).max(1);
        Self {
            engine: T::engine(work.backend, threads),
            a: Held::none(),
            b: Held::none(),
            c: Matrix::zero(0, 0),
            buffer: vec![0; tiles.buffer],
            chunk: tiles.chunk,
            threads,
        }
    }

    fn compute<A: ReadAt + Sync, B: ReadAt + Sync>(
        &mut self,
        work: &Work<'_, A, B>,
        tile: &Tile,
        depth: &Range<u32>,
    ) -> Result<(), StreamError> {
        fit(&mut self.c, &tile.rows, &tile.columns);
        let mut begin = Begin::Afresh;
        let step = usize::try_from(self.chunk).unwrap_or(usize::MAX);
        for start in depth.clone().step_by(step) {
            let chunk = start..start.saturating_add(self.chunk).min(depth.end);
            let (buffer, threads) = (&mut self.buffer, self.threads);
            self.a.hold(work.a, (&tile.rows, &chunk), buffer, threads)?;
            let laid = self.b.hold(work.b, (&chunk, &tile.columns), buffer, threads)?;
            let factors = (&self.a.matrix, &self.b.matrix);
            T::multiply(&mut self.engine, factors, (begin, laid), &mut self.c);
            begin = Begin::OnTop;
        }
        Ok(())
    }

    fn write(
        &mut self,
        tile: &Tile,
        region: &Region,
        out: &(impl WriteAt + ?Sized),
    ) -> Result<(), StreamError> {
        let (rows, columns) = tile.within(region);
        let values = self.c.values();
        let piece = Piece { layout: layout::<T::Sum>(region), rows: &rows, columns: &columns };
        piece.write(out, &mut self.buffer, |run, bytes| {
            T::Sum::write(values.get(run.numbers.clone()).unwrap_or_default(), bytes);
        })
    }
}

impl Tile {
    /// Its rows and columns, counted from the corner of the part.
    pub(super) fn within(&self, region: &Region) -> (Range<u32>, Range<u32>) {
        let from = |range: &Range<u32>, start: u32| {
            range.start.saturating_sub(start)..range.end.saturating_sub(start)
        };
        (from(&self.rows, region.rows.start), from(&self.columns, region.columns.start))
    }
}

/// How the file of a part is laid out.
pub(super) fn layout<S: Element>(region: &Region) -> Layout {
    Layout { offset: 0, columns: region.size().1, width: S::BYTES }
}

/// A piece of A or B, until another one is asked for.
struct Held<T> {
    matrix: Matrix<T>,
    rows: Range<u32>,
    columns: Range<u32>,
}

impl<T: Factor> Held<T> {
    fn none() -> Self {
        Self { matrix: Matrix::zero(0, 0), rows: 0..0, columns: 0..0 }
    }

    fn hold<R: ReadAt + Sync>(
        &mut self,
        operand: &Operand<R>,
        (rows, columns): (&Range<u32>, &Range<u32>),
        buffer: &mut [u8],
        threads: usize,
    ) -> Result<Laid, StreamError> {
        if (&self.rows, &self.columns) == (rows, columns) {
            return Ok(Laid::Kept);
        }
        fit(&mut self.matrix, rows, columns);
        let out = self.matrix.values_mut();
        operand.read_shared((rows, columns), buffer, threads, out)?;
        (self.rows, self.columns) = (rows.clone(), columns.clone());
        Ok(Laid::New)
    }
}

/// Makes it of that size; the old one goes before the new one comes.
pub(super) fn fit<T: Element>(matrix: &mut Matrix<T>, rows: &Range<u32>, columns: &Range<u32>) {
    let length = |range: &Range<u32>| range.end.saturating_sub(range.start);
    let size = (length(rows), length(columns));
    if (matrix.rows(), matrix.columns()) != size {
        *matrix = Matrix::zero(0, 0);
        *matrix = Matrix::zero(size.0, size.1);
    }
}
