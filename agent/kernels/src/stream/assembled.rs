//! C as an `.npy` file, put together while it is read.

use std::io::{self, Read};
use std::ops::Range;

use arch_matrix::file::{Dtype, npy};
use arch_matrix::{Carrier, CarrierKind, Cell, Element, Format, Grid, Part, Plan};

use super::error::{StreamError, Which};
use super::place::ReadAt;
use super::runs::{Layout, Piece};

/// Bytes that are put together at once.
const AT_ONCE: usize = 256 << 10;

/// All of C, header first, row by row; what is made of partial sums is added up on the way.
#[derive(Debug)]
pub struct Assembled<'v, R> {
    kind: CarrierKind,
    grid: Grid,
    /// Of each cell, row by row, where its values stand.
    cells: Vec<Vec<Source<'v, R>>>,
    next: Place,
    ready: Vec<u8>,
    given: usize,
    other: Vec<u8>,
    length: u64,
}

/// A part's file, and the cell's corner in it.
#[derive(Debug)]
struct Source<'v, R> {
    file: &'v R,
    layout: Layout,
    row: u32,
    column: u32,
}

/// What is read next.
#[derive(Debug, Clone, Copy)]
struct Place {
    row: u32,
    column: u32,
    cell: Cell,
}

impl<'v, R: ReadAt> Assembled<'v, R> {
    /// From the parts that the plan names as the sources of each cell; `values` gives the file of a part
    /// that a node has computed.
    ///
    /// # Errors
    /// [`StreamError::PartMissing`] if one is not there. Only what is read later is looked at later.
    pub fn new(
        plan: &Plan,
        format: Format,
        values: impl Fn(usize, Part) -> Option<&'v R>,
    ) -> Result<Self, StreamError> {
        let (grid, kind) = (*plan.grid(), format.carrier());
        let width = usize::try_from(kind.sum_bytes()).unwrap_or(usize::MAX);
        let source = |cell: Cell, (node, part): (usize, Part)| {
            let missing = StreamError::PartMissing { node, part };
            let (Some(file), Some(region)) = (values(node, part), part.region(&grid)) else {
                return Err(missing);
            };
            let place = grid.cell(cell);
            let layout = Layout { offset: 0, columns: region.size().1, width };
            let row = place.rows.start.saturating_sub(region.rows.start);
            let column = place.columns.start.saturating_sub(region.columns.start);
            Ok(Source { file, layout, row, column })
        };
        let sources = |cell| plan.sources(cell).into_iter().map(|of| source(cell, of)).collect();
        let cells: Result<Vec<Vec<_>>, _> = grid.cells().map(sources).collect();
        let shape = grid.shape();
        let dtype = match kind {
            CarrierKind::I8 => Dtype::I32,
            CarrierKind::I16 => Dtype::I64,
            CarrierKind::F32 => Dtype::F32,
        };
        let ready = npy::header(dtype, shape.rows(), shape.columns());
        let values = u64::from(shape.rows()).saturating_mul(shape.columns().into());
        let header = u64::try_from(ready.len()).unwrap_or(u64::MAX);
        Ok(Self {
            kind,
            grid,
            cells: cells?,
            next: Place { row: 0, column: 0, cell: Cell { row: 0, column: 0 } },
            ready,
            given: 0,
            other: Vec::new(),
            length: values.saturating_mul(kind.sum_bytes()).saturating_add(header),
        })
    }

    /// Bytes of the whole file.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.length
    }

    /// Never: there is a header.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Puts together what comes next; nothing at the end. What cannot be read is an error when it comes
    /// first: whoever reads on after it asks for the same again.
    fn fill(&mut self) -> Result<(), StreamError> {
        self.given = 0;
        self.ready.clear();
        while self.next.row < self.grid.shape().rows() && self.ready.len() < AT_ONCE {
            let cell = self.grid.cell(self.next.cell);
            let width = usize::try_from(self.kind.sum_bytes()).unwrap_or(usize::MAX).max(1);
            let before = self.ready.len();
            let room = AT_ONCE.saturating_sub(before).div_ceil(width);
            let room = u32::try_from(room).unwrap_or(u32::MAX);
            let start = self.next.column;
            let columns = start..start.saturating_add(room).min(cell.columns.end);
            match self.append(&columns, (cell.rows.start, cell.columns.start), width) {
                Ok(()) => self.step(columns.end, &cell.rows, cell.columns.end),
                Err(error) => {
                    self.ready.truncate(before);
                    return if before == 0 { Err(error) } else { Ok(()) };
                }
            }
        }
        Ok(())
    }

    /// A piece of one row of a cell, to the end of what is ready.
    fn append(
        &mut self,
        columns: &Range<u32>,
        (top, left): (u32, u32),
        width: usize,
    ) -> Result<(), StreamError> {
        let across = self.grid.splits().columns;
        let Cell { row, column } = self.next.cell;
        let index = u64::from(row).saturating_mul(across.into()).saturating_add(column.into());
        let sources = usize::try_from(index).ok().and_then(|index| self.cells.get(index));
        let (before, length) = (self.ready.len(), columns.len().saturating_mul(width));
        self.ready.resize(before.saturating_add(length), 0);
        self.other.resize(length.max(self.other.len()), 0);
        let sum = self.ready.get_mut(before..).unwrap_or_default();
        let other = self.other.get_mut(..length).unwrap_or_default();
        for (at, source) in sources.into_iter().flatten().enumerate() {
            let row = self.next.row.saturating_sub(top).saturating_add(source.row);
            let from = |column: u32| column.saturating_sub(left).saturating_add(source.column);
            let (rows, columns) =
                (row..row.saturating_add(1), from(columns.start)..from(columns.end));
            let piece = Piece { layout: source.layout, rows: &rows, columns: &columns };
            if at == 0 {
                piece.fill((Which::C, source.file), sum)?;
                continue;
            }
            piece.fill((Which::C, source.file), other)?;
            match self.kind {
                CarrierKind::I8 => add::<i8>(sum, other),
                CarrierKind::I16 => add::<i16>(sum, other),
                CarrierKind::F32 => add::<f32>(sum, other),
            }
        }
        Ok(())
    }

    /// On to the next piece: in this row of the cell, in the cell beside it, or in the next row.
    fn step(&mut self, column: u32, rows: &Range<u32>, end: u32) {
        let next = &mut self.next;
        next.column = column;
        if column < end {
            return;
        }
        next.cell.column = next.cell.column.saturating_add(1);
        if column < self.grid.shape().columns() {
            return;
        }
        next.row = next.row.saturating_add(1);
        (next.column, next.cell.column) = (0, 0);
        if next.row == rows.end {
            next.cell.row = next.cell.row.saturating_add(1);
        }
    }
}

impl<R: ReadAt> Read for Assembled<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.given >= self.ready.len() {
            self.fill().map_err(io::Error::other)?;
        }
        let ready = self.ready.get(self.given..).unwrap_or_default();
        let count = ready.len().min(out.len());
        for (to, byte) in out.iter_mut().zip(ready) {
            *to = *byte;
        }
        self.given = self.given.saturating_add(count);
        Ok(count)
    }
}

/// Adds numbers as they stand in files.
fn add<T: Carrier>(sum: &mut [u8], other: &[u8]) {
    let width = <T::Sum as Element>::BYTES.max(1);
    for (sum, other) in sum.chunks_mut(width).zip(other.chunks(width)) {
        let pair = T::Sum::read(sum).next().zip(T::Sum::read(other).next());
        if let Some((one, another)) = pair {
            T::Sum::write(&[T::add(one, another)], sum);
        }
    }
}
