//! The product in blocks that fit into the processor's caches: B is laid out once, A a block at a
//! time, and each patch of C is read, added to and written once for each part of the depth.

use std::ops::Range;

use arch_matrix::{Matrix, Region};

use crate::packed::{Kernel, Onto, Patch, Step};
use crate::threads::together;

/// Rows of A in one block, as panels: it stays in the second cache.
const PANELS: usize = 16;

/// Multiplies with one kernel, and keeps the room that it needed for the next time.
#[derive(Debug)]
pub(crate) struct Blocked<K: Kernel<MR, NR>, const MR: usize, const NR: usize> {
    kernel: K,
    parts: Vec<Part<NR>>,
    panels: Vec<Vec<[K::Four; MR]>>,
    /// Sum of each column of B, times what was added to A's numbers: it has to come off again.
    off: Vec<i32>,
}

/// What a product does with C.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Begin {
    /// C becomes the product.
    Afresh,
    /// The product comes on top of what C has.
    OnTop,
}

/// Whether B is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Not yet.
    New,
    /// It was by the product before, which had the same B, columns and depth.
    Kept,
}

/// A part of the depth of B, panel by panel.
#[derive(Debug, Default)]
struct Part<const NR: usize> {
    depth: Range<u32>,
    steps: usize,
    panels: Vec<Step<NR>>,
    /// Sum of each column.
    sums: Vec<i32>,
}

impl<K: Kernel<MR, NR>, const MR: usize, const NR: usize> Blocked<K, MR, NR> {
    pub(crate) fn new(kernel: K) -> Self {
        Self { kernel, parts: Vec::new(), panels: Vec::new(), off: Vec::new() }
    }

    /// The product, into all of `c`, which has the region's size.
    pub(crate) fn product(
        &mut self,
        (a, b): (&Matrix<i8>, &Matrix<i8>),
        region: &Region,
        threads: usize,
        (begin, layout): (Begin, Layout),
        c: &mut Matrix<i32>,
    ) {
        let (rows, columns) = (number(c.rows()), number(c.columns()));
        if rows == 0 || columns == 0 {
            return;
        }
        if region.depth.is_empty() {
            // Nothing is added up, so nothing would be written over what stood there.
            return if begin == Begin::Afresh {
                c.values_mut().fill(0)
            };
        }
        let threads = threads.max(1);
        if layout == Layout::New {
            self.lay_out(b, region, threads);
        }
        self.panels.resize_with(threads.max(self.panels.len()), Vec::new);
        // Whole panels for each thread.
        let share = rows.div_ceil(threads).div_ceil(MR).saturating_mul(MR);
        let (kernel, parts, off) = (self.kernel, &self.parts, &self.off);
        let mut first = region.rows.start;
        let bands = c.values_mut().chunks_mut(share.saturating_mul(columns));
        let bands = bands.zip(&mut self.panels).map(|(band, panels)| {
            let count = band.len().checked_div(columns).unwrap_or(0);
            let rows = first..first.saturating_add(u32::try_from(count).unwrap_or(u32::MAX));
            first = rows.end;
            move || Band { kernel, a, rows, parts, off, columns, begin }.product(panels, band)
        });
        together(bands);
    }

    fn lay_out(&mut self, b: &Matrix<i8>, region: &Region, threads: usize) {
        let deep = K::STEPS.saturating_mul(4);
        let starts = region.depth.clone().step_by(deep);
        let more = starts.len().saturating_sub(self.parts.len());
        self.parts.reserve_exact(more);
        self.parts.resize_with(starts.len(), Part::default);
        let end = |start: u32| start.saturating_add(u32::try_from(deep).unwrap_or(u32::MAX));
        let width = region.columns.len();
        for (part, start) in self.parts.iter_mut().zip(starts) {
            part.resize(start..end(start).min(region.depth.end), width);
        }
        // Each thread takes some panels of every part.
        let share = width.div_ceil(NR).div_ceil(threads).max(1);
        let mut hands: Vec<Vec<Piece<'_, NR>>> = Vec::new();
        for part in &mut self.parts {
            for (at, piece) in part.pieces(share, &region.columns).enumerate() {
                hands.resize_with(hands.len().max(at.saturating_add(1)), Vec::new);
                if let Some(hand) = hands.get_mut(at) {
                    hand.push(piece);
                }
            }
        }
        let kernel = self.kernel;
        together(hands.into_iter().map(|hand| {
            move || hand.into_iter().for_each(|piece| piece.lay_out::<K, MR>(kernel, b))
        }));
        self.off.clear();
        resize(&mut self.off, width, 0);
        for part in &self.parts {
            for (off, sum) in self.off.iter_mut().zip(&part.sums) {
                *off = off.wrapping_add(sum.wrapping_mul(i32::from(K::OFFSET)));
            }
        }
    }
}

/// Some rows of C.
struct Band<'a, K, const NR: usize> {
    kernel: K,
    a: &'a Matrix<i8>,
    rows: Range<u32>,
    parts: &'a [Part<NR>],
    off: &'a [i32],
    columns: usize,
    begin: Begin,
}

impl<K, const NR: usize> Band<'_, K, NR> {
    fn product<const MR: usize>(self, panels: &mut Vec<[K::Four; MR]>, c: &mut [i32])
    where
        K: Kernel<MR, NR>,
    {
        let height = MR.saturating_mul(PANELS);
        let starts = self.rows.clone().step_by(height);
        for (first, c) in starts.zip(c.chunks_mut(height.saturating_mul(self.columns))) {
            let mut onto = match self.begin {
                Begin::Afresh => Onto::Nothing(self.off),
                Begin::OnTop => Onto::Others(self.off),
            };
            for part in self.parts {
                pack::<K, MR, NR>(self.a, first..self.rows.end, part, panels);
                self.add_block(panels, part, onto, c);
                onto = Onto::Sums;
            }
        }
    }

    /// One block of A with one part of B.
    fn add_block<const MR: usize>(
        &self,
        a: &[[K::Four; MR]],
        part: &Part<NR>,
        onto: Onto<'_>,
        c: &mut [i32],
    ) where
        K: Kernel<MR, NR>,
    {
        let (kernel, columns, steps) = (self.kernel, self.columns, part.steps.max(1));
        let mut patch = Patch([[0; NR]; MR]);
        for (at, b) in (0..columns).step_by(NR).zip(part.panels.chunks(steps)) {
            let wide = at..at.saturating_add(NR).min(columns);
            for (c, a) in c.chunks_mut(MR.saturating_mul(columns)).zip(a.chunks(steps)) {
                for row in c.chunks(columns) {
                    kernel.fetch(row.get(wide.clone()).unwrap_or_default());
                }
                kernel.multiply(a, b, &mut patch);
                kernel.put(&patch, c, columns, at, onto);
            }
        }
    }
}

/// Lays out as many rows of A as a block has, panel by panel.
fn pack<K: Kernel<MR, NR>, const MR: usize, const NR: usize>(
    a: &Matrix<i8>,
    rows: Range<u32>,
    part: &Part<NR>,
    panels: &mut Vec<[K::Four; MR]>,
) {
    let rows = rows.take(MR.saturating_mul(PANELS));
    let count = rows.len().div_ceil(MR).saturating_mul(part.steps);
    resize(panels, count, [K::four([0; 4]); MR]);
    let mut rows = rows.map(|row| a.row(row, &part.depth));
    for panel in panels.chunks_mut(part.steps.max(1)) {
        let rows: [&[i8]; MR] = std::array::from_fn(|_| rows.next().unwrap_or_default());
        pack_panel(rows, K::four, panel);
    }
}

/// Step after step, so that what is written follows what was written.
fn pack_panel<F, const MR: usize>(
    rows: [&[i8]; MR],
    four: impl Fn([i8; 4]) -> F,
    panel: &mut [[F; MR]],
) {
    let rows = rows.map(|row| row.as_chunks::<4>());
    let whole = rows.iter().map(|(fours, _)| fours.len()).min().unwrap_or(0);
    let (first, last) = panel.split_at_mut(whole.min(panel.len()));
    let fours = rows.map(|(fours, _)| fours.get(..first.len()).unwrap_or_default());
    for (at, step) in first.iter_mut().enumerate() {
        for (to, fours) in step.iter_mut().zip(fours) {
            *to = four(fours.get(at).copied().unwrap_or_default());
        }
    }
    // What is not whole, and rows that are not there at all.
    for (at, step) in (first.len()..).zip(last) {
        for (to, (fours, over)) in step.iter_mut().zip(rows) {
            let numbers =
                fours.get(at).map_or(if at == fours.len() { over } else { &[] }, |four| four);
            let mut filled = [0; 4];
            filled.iter_mut().zip(numbers).for_each(|(to, number)| *to = *number);
            *to = four(filled);
        }
    }
}

impl<const NR: usize> Part<NR> {
    fn resize(&mut self, depth: Range<u32>, width: usize) {
        self.steps = depth.len().div_ceil(4);
        self.depth = depth;
        let length = self.steps.saturating_mul(width.div_ceil(NR));
        resize(&mut self.panels, length, Step([[0; 4]; NR]));
        self.sums.clear();
        resize(&mut self.sums, width, 0);
    }

    /// Its panels, `share` at a time, with their columns.
    fn pieces(
        &mut self,
        share: usize,
        columns: &Range<u32>,
    ) -> impl Iterator<Item = Piece<'_, NR>> {
        let (depth, steps) = (&self.depth, self.steps.max(1));
        let panels = self.panels.chunks_mut(share.saturating_mul(steps));
        let sums = self.sums.chunks_mut(share.saturating_mul(NR));
        let mut left = columns.start;
        panels.zip(sums).map(move |(panels, sums)| {
            let columns = left..left.saturating_add(u32::try_from(sums.len()).unwrap_or(u32::MAX));
            left = columns.end;
            Piece { depth: depth.clone(), columns, steps, panels, sums }
        })
    }
}

/// Some panels of a part of B, about to be laid out.
struct Piece<'a, const NR: usize> {
    depth: Range<u32>,
    columns: Range<u32>,
    steps: usize,
    panels: &'a mut [Step<NR>],
    sums: &'a mut [i32],
}

impl<const NR: usize> Piece<'_, NR> {
    fn lay_out<K: Kernel<MR, NR>, const MR: usize>(self, kernel: K, b: &Matrix<i8>) {
        for (step, start) in self.depth.clone().step_by(4).enumerate() {
            let mut rows = (start..self.depth.end).map(|row| b.row(row, &self.columns));
            let four = std::array::from_fn(|_| rows.next().unwrap_or_default());
            let places = self.panels.iter_mut().skip(step).step_by(self.steps);
            kernel.lay_out(four, places, self.sums);
        }
    }
}

/// Room for exactly so many, never for twice as many; where there is too little, the old goes first.
/// What stands in it then is of no meaning.
fn resize<T: Clone>(values: &mut Vec<T>, length: usize, fill: T) {
    if values.capacity() < length {
        *values = Vec::new();
        values.reserve_exact(length);
    }
    values.resize(length, fill);
}

fn number(side: u32) -> usize {
    usize::try_from(side).unwrap_or(usize::MAX)
}
