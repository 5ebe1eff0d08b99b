//! NEON as every 64-bit ARM has it: eight products of 16 bits, of which pairs are added to four lanes.
#![expect(unsafe_code, reason = "instructions of a processor that was asked for them")]

use std::arch::aarch64::{
    int8x16_t, int32x4_t, vdupq_n_s32, vget_low_s8, vmull_high_s8, vmull_s8, vpadalq_s16,
    vpaddq_s32, vreinterpretq_s8_s32,
};
use std::arch::is_aarch64_feature_detected;

use super::{COLUMNS, numbers, quarters};
use crate::packed::{Kernel, Patch, Step};

/// A processor that has the instructions. Made only by [`Neon::detect`].
#[derive(Debug, Clone, Copy)]
pub struct Neon(());

/// Rows of a patch: 16 of the 32 registers hold sums, two for each four columns of a row. With a third
/// row the compiler runs out of them, as it spreads each vector of columns over two.
const ROWS: usize = 2;

impl Neon {
    /// Asks the processor.
    #[must_use]
    pub fn detect() -> Option<Self> {
        // The other order of bytes would lay out vectors in another way than they are read here.
        let has = cfg!(target_endian = "little") && is_aarch64_feature_detected!("neon");
        has.then_some(Self(()))
    }
}

impl Kernel<ROWS, COLUMNS> for Neon {
    type Four = [u8; 4];

    fn four(numbers: [i8; 4]) -> [u8; 4] {
        numbers.map(i8::cast_unsigned)
    }

    fn multiply(
        self,
        a: &[[[u8; 4]; ROWS]],
        b: &[Step<COLUMNS>],
        patch: &mut Patch<ROWS, COLUMNS>,
    ) {
        // WHY: the compiler does not know that the processor has the instructions.
        // SAFETY: a value of this type exists only where `detect` found what `sums` enables.
        unsafe { sums(a, b, patch) }
    }
}

/// Each lane holds the sum of one pair of a column's four; two neighbours are added at the end.
#[target_feature(enable = "neon")]
fn sums(a: &[[[u8; 4]; ROWS]], b: &[Step<COLUMNS>], patch: &mut Patch<ROWS, COLUMNS>) {
    let mut sums = [[[vdupq_n_s32(0); 2]; 4]; ROWS];
    // Row by row and not in a loop, so that the compiler keeps all sums in registers.
    let [first, second] = &mut sums;
    for ([one, two], Step(b)) in a.iter().zip(b) {
        let columns = quarters(b);
        add(first, *one, columns);
        add(second, *two, columns);
    }
    for (row, sums) in patch.0.iter_mut().zip(sums) {
        *row = numbers(sums.map(|[low, high]| vpaddq_s32(low, high)));
    }
}

/// Adds the products of 16 columns and a row. One is 2^14 at most and fits into 16 bits; two together
/// need not, and are added as 32.
#[inline]
#[target_feature(enable = "neon")]
fn add(sums: &mut [[int32x4_t; 2]; 4], row: [u8; 4], columns: [int8x16_t; 4]) {
    let row = vreinterpretq_s8_s32(vdupq_n_s32(i32::from_le_bytes(row)));
    for ([low, high], columns) in sums.iter_mut().zip(columns) {
        *low = vpadalq_s16(*low, vmull_s8(vget_low_s8(columns), vget_low_s8(row)));
        *high = vpadalq_s16(*high, vmull_high_s8(columns, row));
    }
}
