//! The product in blocks that fit into the processor's caches: B is laid out once, A a block at a
//! time, and each tile of C is read, added to and written once for each part of the depth.

use std::ops::Range;
use std::thread;

use arch_matrix::{Matrix, Region};

use crate::packed::{Kernel, Step, Tile};

/// Steps of four along the depth in one block: a panel of B then stays in the first cache.
const STEPS: usize = 256;
/// Rows of A in one block, as panels: it stays in the second cache.
const PANELS: usize = 32;

/// B, laid out: for each part of the depth, panel by panel.
struct PackedB<const NR: usize> {
    parts: Vec<Part<NR>>,
    /// Sum of each column, times what was added to A's numbers: it has to come off again.
    off: Vec<i32>,
}

struct Part<const NR: usize> {
    depth: Range<u32>,
    steps: usize,
    panels: Vec<Step<i8, NR>>,
}

/// The whole product.
pub(crate) fn product<K: Kernel<MR, NR>, const MR: usize, const NR: usize>(
    kernel: K,
    a: &Matrix<i8>,
    b: &Matrix<i8>,
    region: &Region,
    threads: usize,
) -> Matrix<i32> {
    let (height, width) = region.size();
    let mut c = Matrix::zero(height, width);
    let columns = usize::try_from(width).unwrap_or(usize::MAX);
    if columns == 0 || height == 0 {
        return c;
    }
    let packed = PackedB::<NR>::of(b, region, K::OFFSET, threads);
    let rows = usize::try_from(height).unwrap_or(usize::MAX);
    // Whole panels for each thread.
    let share = rows.div_ceil(threads.max(1)).div_ceil(MR).saturating_mul(MR);
    let band = share.saturating_mul(columns).max(columns);
    thread::scope(|scope| {
        let mut first = region.rows.start;
        for band in c.values_mut().chunks_mut(band) {
            let count = u32::try_from(band.len().checked_div(columns).unwrap_or(0)).unwrap_or(0);
            let rows = first..first.saturating_add(count);
            first = rows.end;
            let packed = &packed;
            let mut work = move || rows_of(kernel, a, packed, &rows, columns, band);
            if first >= region.rows.end { work() } else { drop(scope.spawn(work)) }
        }
    });
    c
}

/// Some rows of C, by one thread.
fn rows_of<K: Kernel<MR, NR>, const MR: usize, const NR: usize>(
    kernel: K,
    a: &Matrix<i8>,
    b: &PackedB<NR>,
    rows: &Range<u32>,
    columns: usize,
    c: &mut [i32],
) {
    for row in c.chunks_mut(columns) {
        for (sum, off) in row.iter_mut().zip(&b.off) {
            *sum = off.wrapping_neg();
        }
    }
    let height = MR.saturating_mul(PANELS);
    let starts = rows.clone().step_by(height);
    let mut panels = Vec::new();
    for (first, c) in starts.zip(c.chunks_mut(height.saturating_mul(columns))) {
        for part in &b.parts {
            pack_a(a, first..rows.end, part, K::OFFSET, &mut panels);
            add_block(kernel, &panels, part, columns, c);
        }
    }
}

/// One block of A with one part of B.
fn add_block<K: Kernel<MR, NR>, const MR: usize, const NR: usize>(
    kernel: K,
    a: &[[[u8; 4]; MR]],
    part: &Part<NR>,
    columns: usize,
    c: &mut [i32],
) {
    let steps = part.steps.max(1);
    let starts = (0..columns).step_by(NR);
    for (column, b) in starts.zip(part.panels.chunks(steps)) {
        for (c, a) in c.chunks_mut(MR.saturating_mul(columns)).zip(a.chunks(steps)) {
            let wide = column..column.saturating_add(NR).min(columns);
            c.chunks(columns)
                .for_each(|row| kernel.fetch(row.get(wide.clone()).unwrap_or_default()));
            let mut tile = Tile([[0; NR]; MR]);
            kernel.tile(a, b, &mut tile);
            for (row, sums) in c.chunks_mut(columns).zip(&tile.0) {
                let row = row.get_mut(wide.clone()).unwrap_or_default();
                kernel.add(row, sums);
            }
        }
    }
}

/// Lays out as many rows as a block has, panel by panel.
fn pack_a<const MR: usize, const NR: usize>(
    a: &Matrix<i8>,
    rows: Range<u32>,
    part: &Part<NR>,
    offset: u8,
    panels: &mut Vec<[[u8; 4]; MR]>,
) {
    panels.clear();
    let mut rows = rows.take(MR.saturating_mul(PANELS)).peekable();
    while rows.peek().is_some() {
        let from = panels.len();
        panels.resize(from.saturating_add(part.steps), [[offset; 4]; MR]);
        let panel = panels.get_mut(from..).unwrap_or_default();
        for (place, row) in (0..MR).zip(&mut rows) {
            let row = a.row(row, &part.depth);
            let (fours, over) = row.as_chunks::<4>();
            for (step, four) in panel.iter_mut().zip(fours) {
                if let Some(to) = step.get_mut(place) {
                    *to = four.map(|number| number.cast_unsigned() ^ offset);
                }
            }
            let last = panel.get_mut(fours.len()).and_then(|step| step.get_mut(place));
            for (to, number) in last.into_iter().flatten().zip(over) {
                *to = number.cast_unsigned() ^ offset;
            }
        }
    }
}

impl<const NR: usize> PackedB<NR> {
    fn of(b: &Matrix<i8>, region: &Region, offset: u8, threads: usize) -> Self {
        let deep = u32::try_from(STEPS.saturating_mul(4)).unwrap_or(u32::MAX);
        let ends = |start: u32| start..start.saturating_add(deep).min(region.depth.end);
        let depths: Vec<_> =
            region.depth.clone().step_by(STEPS.saturating_mul(4)).map(ends).collect();
        let share = depths.len().div_ceil(threads.max(1)).max(1);
        let parts = thread::scope(|scope| {
            let work = |depths: Vec<Range<u32>>| -> Vec<Part<NR>> {
                depths.into_iter().map(|depth| Part::of(b, &region.columns, depth)).collect()
            };
            let started: Vec<_> = depths
                .chunks(share)
                .map(|depths| {
                    let depths = depths.to_vec();
                    scope.spawn(move || work(depths))
                })
                .collect();
            let done = started.into_iter().map(|thread| {
                thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            });
            done.flatten().collect::<Vec<_>>()
        });
        let width = usize::try_from(region.size().1).unwrap_or(usize::MAX);
        let mut off = vec![0_i32; width];
        if offset != 0 {
            for depth in region.depth.clone() {
                for (sum, number) in off.iter_mut().zip(b.row(depth, &region.columns)) {
                    *sum = sum.wrapping_add(i32::from(*number));
                }
            }
            off.iter_mut().for_each(|sum| *sum = sum.wrapping_mul(i32::from(offset)));
        }
        Self { parts, off }
    }
}

impl<const NR: usize> Part<NR> {
    fn of(b: &Matrix<i8>, columns: &Range<u32>, depth: Range<u32>) -> Self {
        let length = usize::try_from(depth.end.saturating_sub(depth.start)).unwrap_or(usize::MAX);
        let steps = length.div_ceil(4);
        let width =
            usize::try_from(columns.end.saturating_sub(columns.start)).unwrap_or(usize::MAX);
        let mut panels = vec![Step([[0; 4]; NR]); steps.saturating_mul(width.div_ceil(NR))];
        for (step, start) in depth.clone().step_by(4).enumerate() {
            let four: [&[i8]; 4] = std::array::from_fn(|at| {
                let row = start.saturating_add(u32::try_from(at).unwrap_or(u32::MAX));
                if row < depth.end { b.row(row, columns) } else { &[] }
            });
            let places = panels.iter_mut().skip(step).step_by(steps.max(1));
            let mut from = 0_usize;
            for Step(place) in places {
                let to = from.saturating_add(NR);
                let four = four.map(|row| row.get(from..to.min(row.len())).unwrap_or_default());
                interleave(four, place);
                from = to;
            }
        }
        Self { depth, steps, panels }
    }
}

/// Four rows side by side, number by number.
fn interleave<const NR: usize>(rows: [&[i8]; 4], place: &mut [[i8; 4]; NR]) {
    let whole: [Option<&[i8; NR]>; 4] = rows.map(|row| row.try_into().ok());
    if let [Some(one), Some(two), Some(three), Some(four)] = whole {
        // The same without a look at each end, which the compiler makes wide.
        for ((((to, one), two), three), four) in
            place.iter_mut().zip(one).zip(two).zip(three).zip(four)
        {
            *to = [*one, *two, *three, *four];
        }
        return;
    }
    for (at, row) in rows.iter().enumerate() {
        for (to, number) in place.iter_mut().zip(*row) {
            if let Some(to) = to.get_mut(at) {
                *to = *number;
            }
        }
    }
}
