//! AVX-512 VNNI: four products and their sum in each of sixteen lanes, one instruction.
#![expect(unsafe_code, reason = "instructions of a processor that was asked for them")]

use std::arch::x86_64::{__m512i, _mm512_dpbusd_epi32, _mm512_set1_epi32, _mm512_setzero_si512};

use crate::packed::{Kernel, Onto, Patch, Places, Step, by_columns, lay_out, put};

/// A processor that has the instructions. Made only by [`Vnni::detect`].
#[derive(Debug, Clone, Copy)]
pub struct Vnni(pub(super) ());

/// Rows and vectors of a patch: 24 of the 32 registers hold sums.
const ROWS: usize = 12;
const COLUMNS: usize = 32;

impl Vnni {
    /// Asks the processor.
    #[must_use]
    pub fn detect() -> Option<Self> {
        let has = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512vnni");
        has.then_some(Self(()))
    }
}

impl Kernel<ROWS, COLUMNS> for Vnni {
    type Four = [u8; 4];

    // The instruction takes one side as unsigned.
    const OFFSET: u8 = 128;

    fn four(numbers: [i8; 4]) -> [u8; 4] {
        (u32::from_ne_bytes(numbers.map(i8::cast_unsigned)) ^ 0x8080_8080).to_ne_bytes()
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

    fn put(
        self,
        patch: &Patch<ROWS, COLUMNS>,
        c: &mut [i32],
        width: usize,
        at: usize,
        onto: Onto<'_>,
    ) {
        // WHY and SAFETY: as above.
        unsafe { put_wide(patch, c, width, at, onto) }
    }

    fn lay_out(self, rows: [&[i8]; 4], places: Places<'_, COLUMNS>, sums: &mut [i32]) {
        // WHY and SAFETY: as above.
        unsafe { lay_out_wide(rows, places, sums) }
    }

    fn fetch(self, row: &[i32]) {
        super::fetch(row);
    }
}

/// The sum wraps where it must: 255·127·K may not fit, and what was added to A comes off again.
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
fn sums(a: &[[[u8; 4]; ROWS]], b: &[Step<COLUMNS>], patch: &mut Patch<ROWS, COLUMNS>) {
    let mut sums = [[_mm512_setzero_si512(); 2]; ROWS];
    for (a, Step(b)) in a.iter().zip(b) {
        let [low, high] = halves(b);
        for (row, [one, two]) in a.iter().zip(sums.iter_mut()) {
            let four = _mm512_set1_epi32(i32::from_le_bytes(*row));
            *one = _mm512_dpbusd_epi32(*one, four, low);
            *two = _mm512_dpbusd_epi32(*two, four, high);
        }
    }
    for (row, sums) in patch.0.iter_mut().zip(sums) {
        *row = numbers(sums);
    }
}

/// 32 columns of four numbers as two vectors.
#[inline]
#[target_feature(enable = "avx512f")]
fn halves(columns: &[[i8; 4]; COLUMNS]) -> [__m512i; 2] {
    // WHY: no safe load takes an array.
    // SAFETY: both are 128 bytes of plain numbers, and every pattern of bits is one.
    unsafe { std::mem::transmute::<[[i8; 4]; COLUMNS], [__m512i; 2]>(*columns) }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn numbers(sums: [__m512i; 2]) -> [i32; COLUMNS] {
    // WHY: no safe store fills an array.
    // SAFETY: both are 128 bytes of plain numbers, and every pattern of bits is one.
    unsafe { std::mem::transmute::<[__m512i; 2], [i32; COLUMNS]>(sums) }
}

#[target_feature(enable = "avx512f,avx512bw")]
fn put_wide(patch: &Patch<ROWS, COLUMNS>, c: &mut [i32], width: usize, at: usize, onto: Onto<'_>) {
    put(patch, c, width, at, onto);
}

#[target_feature(enable = "avx512f,avx512bw")]
fn lay_out_wide(rows: [&[i8]; 4], places: Places<'_, COLUMNS>, sums: &mut [i32]) {
    lay_out(rows, places, sums, by_columns);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_a_row_are_unsigned_and_128_more() {
        assert_eq!(<Vnni as Kernel<_, _>>::four([-128, -1, 0, 127]), [0, 127, 128, 255]);
    }
}
