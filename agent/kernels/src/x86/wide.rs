//! Products of 16-bit numbers, exact in 64 bits, by instructions that add pairs of products up in 32.
//!
//! Two products may not fit into 32 bits. So a number of A is taken apart into its upper byte, which is
//! signed, and its lower, which is not: `256·h + l`. Products with either fit, and so do their sums over
//! a block of the depth; these are put together in 64 bits. Nothing is laid out but a block of each side,
//! on the stack.

use arch_matrix::{Matrix, Region};

mod avx2;
mod vnni;

/// Numbers along the depth of a block: `256·255·2^15` is just below `2^31`.
const DEPTH: u32 = 256;
/// Pairs of them.
const STEPS: usize = 128;
/// Rows of A in one block, as panels.
const PANELS: usize = 16;

/// Two numbers along the depth, of each column of a panel.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(crate) struct Pairs<const NR: usize>([[i16; 2]; NR]);

/// Two numbers of a row, their upper and their lower bytes, each as two numbers of 16 bits.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Apart {
    upper: i32,
    lower: i32,
}

/// One instruction set's way to multiply a patch of `MR` rows and `NR` columns.
pub(crate) trait Wide<const MR: usize, const NR: usize>: Copy {
    /// The products of at most [`STEPS`] steps, added up.
    fn multiply(self, a: &[[Apart; MR]], b: &[Pairs<NR>], patch: &mut [[i64; NR]; MR]);
}

/// Adds `A[rows, depth] · B[depth, columns]` to C, which has the region's size.
pub(crate) fn add<K: Wide<MR, NR>, const MR: usize, const NR: usize>(
    kernel: K,
    (a, b): (&Matrix<i16>, &Matrix<i16>),
    region: &Region,
    c: &mut [i64],
) {
    let width = region.columns.len().max(1);
    let height = MR.saturating_mul(PANELS);
    let mut panels = [[[Apart::default(); MR]; STEPS]; PANELS];
    let mut columns = [Pairs([[0; 2]; NR]); STEPS];
    let mut patch = [[0; NR]; MR];
    let bands = c.chunks_mut(height.saturating_mul(width));
    for (first, c) in region.rows.clone().step_by(height).zip(bands) {
        for start in region.depth.clone().step_by(STEPS.saturating_mul(2)) {
            let depth = start..start.saturating_add(DEPTH).min(region.depth.end);
            let steps = depth.len().div_ceil(2);
            let mut rows = (first..region.rows.end).map(|row| a.row(row, &depth));
            for panel in &mut panels {
                take_apart(std::array::from_fn(|_| rows.next().unwrap_or_default()), panel);
            }
            for at in (0..width).step_by(NR) {
                let left =
                    region.columns.start.saturating_add(u32::try_from(at).unwrap_or(u32::MAX));
                let wide = left..region.columns.end;
                let mut rows = depth.clone().map(|row| b.row(row, &wide));
                for to in columns.iter_mut().take(steps) {
                    pair([rows.next(), rows.next()].map(Option::unwrap_or_default), to);
                }
                let columns = columns.get(..steps).unwrap_or_default();
                for (c, a) in c.chunks_mut(MR.saturating_mul(width)).zip(&panels) {
                    kernel.multiply(a, columns, &mut patch);
                    for (row, sums) in c.chunks_mut(width).zip(&patch) {
                        let row = row.get_mut(at..).unwrap_or_default();
                        row.iter_mut().zip(sums).for_each(|(to, sum)| *to = to.wrapping_add(*sum));
                    }
                }
            }
        }
    }
}

fn take_apart<const MR: usize>(rows: [&[i16]; MR], panel: &mut [[Apart; MR]; STEPS]) {
    for (at, row) in rows.into_iter().enumerate() {
        let (pairs, last) = row.as_chunks::<2>();
        let last = last.first().map(|number| [*number, 0]);
        let pairs = pairs.iter().copied().chain(last).chain(std::iter::repeat([0; 2]));
        for (step, pair) in panel.iter_mut().zip(pairs) {
            step.iter_mut().skip(at).take(1).for_each(|to| *to = Apart::of(pair));
        }
    }
}

impl Apart {
    fn of(pair: [i16; 2]) -> Self {
        let [[low, high], [other_low, other_high]] = pair.map(i16::to_le_bytes);
        let signed = |byte: u8| i16::from(byte.cast_signed()).to_le_bytes();
        let ([one, sign], [two, other_sign]) = (signed(high), signed(other_high));
        Self {
            upper: i32::from_le_bytes([one, sign, two, other_sign]),
            lower: i32::from_le_bytes([low, 0, other_low, 0]),
        }
    }
}

fn pair<const NR: usize>([one, two]: [&[i16]; 2], Pairs(to): &mut Pairs<NR>) {
    let whole: [Option<&[i16; NR]>; 2] = [one, two].map(<[i16]>::first_chunk);
    if let [Some(one), Some(two)] = whole {
        for (to, (one, two)) in to.iter_mut().zip(one.iter().zip(two)) {
            *to = [*one, *two];
        }
        return;
    }
    let or_zeros = |row: &'_ [i16], at| row.get(at).copied().unwrap_or_default();
    for (at, to) in to.iter_mut().enumerate() {
        *to = [or_zeros(one, at), or_zeros(two, at)];
    }
}

/// The sums of upper bytes count 256 times as much as those of lower.
#[inline(always)]
fn put_together<const NR: usize>(upper: [i32; NR], lower: [i32; NR], sums: &mut [i64; NR]) {
    for (sum, (upper, lower)) in sums.iter_mut().zip(upper.into_iter().zip(lower)) {
        *sum = (i64::from(upper) << 8).wrapping_add(lower.into());
    }
}
