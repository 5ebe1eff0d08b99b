//! AVX2: two products and their sum in each of eight lanes, added up by a second instruction.
#![expect(unsafe_code, reason = "instructions of a processor that was asked for them")]

use std::arch::x86_64::{
    __m256i, _mm256_add_epi32, _mm256_madd_epi16, _mm256_set1_epi32, _mm256_setzero_si256,
};

use super::super::Avx2;
use super::{Apart, Pairs, Wide, put_together};

/// Rows and columns of a patch: 8 of the 16 registers hold sums, and 5 more what is multiplied.
const ROWS: usize = 2;
const COLUMNS: usize = 16;

impl Wide<ROWS, COLUMNS> for Avx2 {
    fn multiply(
        self,
        a: &[[Apart; ROWS]],
        b: &[Pairs<COLUMNS>],
        patch: &mut [[i64; COLUMNS]; ROWS],
    ) {
        // WHY: the compiler does not know that the processor has the instructions.
        // SAFETY: a value of this type exists only where `detect` found what `sums` enables.
        unsafe { sums(a, b, patch) }
    }
}

#[target_feature(enable = "avx2")]
fn sums(a: &[[Apart; ROWS]], b: &[Pairs<COLUMNS>], patch: &mut [[i64; COLUMNS]; ROWS]) {
    let mut sums = [[[_mm256_setzero_si256(); 2]; 2]; ROWS];
    for (a, Pairs(b)) in a.iter().zip(b) {
        let columns = halves(b);
        for (row, [upper, lower]) in a.iter().zip(sums.iter_mut()) {
            let (high, low) = (_mm256_set1_epi32(row.upper), _mm256_set1_epi32(row.lower));
            for ((upper, lower), columns) in upper.iter_mut().zip(lower).zip(columns) {
                *upper = _mm256_add_epi32(*upper, _mm256_madd_epi16(high, columns));
                *lower = _mm256_add_epi32(*lower, _mm256_madd_epi16(low, columns));
            }
        }
    }
    for (row, [upper, lower]) in patch.iter_mut().zip(sums) {
        put_together(numbers(upper), numbers(lower), row);
    }
}

/// 16 columns of two numbers as two vectors.
#[inline]
#[target_feature(enable = "avx2")]
fn halves(columns: &[[i16; 2]; COLUMNS]) -> [__m256i; 2] {
    // WHY: no safe load takes an array.
    // SAFETY: both are 64 bytes of plain numbers, and every pattern of bits is one.
    unsafe { std::mem::transmute::<[[i16; 2]; COLUMNS], [__m256i; 2]>(*columns) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn numbers(sums: [__m256i; 2]) -> [i32; COLUMNS] {
    // WHY: no safe store fills an array.
    // SAFETY: both are 64 bytes of plain numbers, and every pattern of bits is one.
    unsafe { std::mem::transmute::<[__m256i; 2], [i32; COLUMNS]>(sums) }
}
