//! AVX2: 8-bit numbers are made 16 bits wide, and two products are added in each of eight lanes.
#![expect(unsafe_code, reason = "instructions of a processor that was asked for them")]

use std::arch::x86_64::{
    __m128i, __m256i, _mm_set1_epi32, _mm256_add_epi32, _mm256_cvtepi8_epi16, _mm256_hadd_epi32,
    _mm256_madd_epi16, _mm256_permute4x64_epi64, _mm256_setzero_si256,
};

use crate::packed::{Kernel, Onto, Patch, Places, Step, lay_out, put};

/// A processor that has the instructions. Made only by [`Avx2::detect`].
#[derive(Debug, Clone, Copy)]
pub struct Avx2(());

/// Rows and columns of a patch. Four vectors of pairs for each row: 8 of the 16 registers hold sums, and
/// 5 more what is multiplied.
const ROWS: usize = 2;
const COLUMNS: usize = 16;

impl Avx2 {
    /// Asks the processor.
    #[must_use]
    pub fn detect() -> Option<Self> {
        is_x86_feature_detected!("avx2").then_some(Self(()))
    }
}

impl Kernel<ROWS, COLUMNS> for Avx2 {
    // The quicker instruction for unsigned times signed saturates; this one is exact.
    const OFFSET: u8 = 0;

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

/// Each lane holds the sum of one pair of a column's four; two neighbours are added at the end.
#[target_feature(enable = "avx2")]
fn sums(a: &[[[u8; 4]; ROWS]], b: &[Step<COLUMNS>], patch: &mut Patch<ROWS, COLUMNS>) {
    let mut sums = [[_mm256_setzero_si256(); 4]; ROWS];
    for (a, Step(b)) in a.iter().zip(b) {
        let columns = quarters(b).map(|four| _mm256_cvtepi8_epi16(four));
        for (row, sums) in a.iter().zip(sums.iter_mut()) {
            let four = _mm256_cvtepi8_epi16(_mm_set1_epi32(i32::from_le_bytes(*row)));
            for (sum, columns) in sums.iter_mut().zip(columns) {
                *sum = _mm256_add_epi32(*sum, _mm256_madd_epi16(four, columns));
            }
        }
    }
    for (row, [one, two, three, four]) in patch.0.iter_mut().zip(sums) {
        // The instruction adds neighbours within each half; the halves are put in order again.
        let first = _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_hadd_epi32(one, two));
        let second = _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_hadd_epi32(three, four));
        *row = numbers([first, second]);
    }
}

/// 16 columns of four numbers as four vectors.
#[inline]
#[target_feature(enable = "avx2")]
fn quarters(columns: &[[i8; 4]; COLUMNS]) -> [__m128i; 4] {
    // WHY: no safe load takes an array.
    // SAFETY: both are 64 bytes of plain numbers, and every pattern of bits is one.
    unsafe { std::mem::transmute::<[[i8; 4]; COLUMNS], [__m128i; 4]>(*columns) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn numbers(sums: [__m256i; 2]) -> [i32; COLUMNS] {
    // WHY: no safe store fills an array.
    // SAFETY: both are 64 bytes of plain numbers, and every pattern of bits is one.
    unsafe { std::mem::transmute::<[__m256i; 2], [i32; COLUMNS]>(sums) }
}

#[target_feature(enable = "avx2")]
fn put_wide(patch: &Patch<ROWS, COLUMNS>, c: &mut [i32], width: usize, at: usize, onto: Onto<'_>) {
    put(patch, c, width, at, onto);
}

#[target_feature(enable = "avx2")]
fn lay_out_wide(rows: [&[i8]; 4], places: Places<'_, COLUMNS>, sums: &mut [i32]) {
    lay_out(rows, places, sums);
}
