//! NEON with dot products: four products and their sum in each of four lanes, one instruction.
#![expect(unsafe_code, reason = "instructions of a processor that was asked for them")]

use std::arch::aarch64::{int8x16_t, int32x4_t, vdupq_n_s32};
use std::arch::{asm, is_aarch64_feature_detected};

use super::{COLUMNS, numbers, quarters};
use crate::packed::{Kernel, Patch, Step};

/// A processor that has the instructions. Made only by [`Dotprod::detect`].
#[derive(Debug, Clone, Copy)]
pub struct Dotprod(());

/// Rows of a patch: 24 of the 32 registers hold sums, and 6 what is multiplied.
const ROWS: usize = 6;

impl Dotprod {
    /// Asks the processor.
    #[must_use]
    pub fn detect() -> Option<Self> {
        // The other order of bytes would lay out vectors in another way than they are read here.
        let has = cfg!(target_endian = "little")
            && is_aarch64_feature_detected!("neon")
            && is_aarch64_feature_detected!("dotprod");
        has.then_some(Self(()))
    }
}

impl Kernel<ROWS, COLUMNS> for Dotprod {
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
        // SAFETY: a value of this type exists only where `detect` found all that `sums` enables.
        unsafe { sums(a, b, patch) }
    }
}

#[target_feature(enable = "neon,dotprod")]
fn sums(a: &[[[u8; 4]; ROWS]], b: &[Step<COLUMNS>], patch: &mut Patch<ROWS, COLUMNS>) {
    let mut sums = [[vdupq_n_s32(0); 4]; ROWS];
    let [one, two, three, four, five, six] = &mut sums;
    for (a, Step(b)) in a.iter().zip(b) {
        let columns = quarters(b);
        // A vector has four rows; both have the middle ones.
        let ([upper @ .., _, _], [_, _, lower @ ..]) = (a, a);
        let (upper, lower) = (rows(upper), rows(lower));
        add::<0>(one, columns, upper);
        add::<1>(two, columns, upper);
        add::<2>(three, columns, upper);
        add::<3>(four, columns, upper);
        add::<2>(five, columns, lower);
        add::<3>(six, columns, lower);
    }
    for (row, sums) in patch.0.iter_mut().zip(sums) {
        *row = numbers(sums);
    }
}

/// Adds the products of 16 columns and the row that is the vector's `ROW`-th.
#[inline]
#[target_feature(enable = "neon,dotprod")]
fn add<const ROW: usize>(sums: &mut [int32x4_t; 4], columns: [int8x16_t; 4], rows: int8x16_t) {
    for (sum, columns) in sums.iter_mut().zip(columns) {
        // WHY: in this version of Rust the intrinsic is not stable.
        // SAFETY: works on registers alone, and whoever calls this has the instruction.
        unsafe {
            asm!(
                "sdot {sum:v}.4s, {columns:v}.16b, {rows:v}.4b[{row}]",
                sum = inout(vreg) *sum,
                columns = in(vreg) columns,
                rows = in(vreg) rows,
                row = const ROW,
                options(pure, nomem, nostack, preserves_flags),
            );
        }
    }
}

#[inline]
#[target_feature(enable = "neon")]
fn rows(four: &[[u8; 4]; 4]) -> int8x16_t {
    // WHY: no safe load takes an array.
    // SAFETY: both are 16 bytes of plain numbers, and every pattern of bits is one.
    unsafe { std::mem::transmute::<[[u8; 4]; 4], int8x16_t>(*four) }
}
