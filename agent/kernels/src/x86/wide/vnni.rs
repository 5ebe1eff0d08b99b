//! AVX-512 VNNI: two products and their sum in each of sixteen lanes, one instruction.
#![expect(unsafe_code, reason = "instructions of a processor that was asked for them")]

use std::arch::x86_64::{__m512i, _mm512_dpwssd_epi32, _mm512_set1_epi32, _mm512_setzero_si512};

use super::super::Vnni;
use super::{Apart, Pairs, Wide, put_together};

/// Rows and columns of a patch: 24 of the 32 registers hold sums.
const ROWS: usize = 6;
const COLUMNS: usize = 32;

impl Wide<ROWS, COLUMNS> for Vnni {
    fn multiply(
        self,
        a: &[[Apart; ROWS]],
        b: &[Pairs<COLUMNS>],
        patch: &mut [[i64; COLUMNS]; ROWS],
    ) {
        // WHY: the compiler does not know that the processor has the instructions.
        // SAFETY: a value of this type exists only where `detect` found all that `sums` enables.
        unsafe { sums(a, b, patch) }
    }
}

/// With "vl", or the compiler keeps sums that end as shorter vectors in half of the registers.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
fn sums(a: &[[Apart; ROWS]], b: &[Pairs<COLUMNS>], patch: &mut [[i64; COLUMNS]; ROWS]) {
    let mut sums = [[_mm512_setzero_si512(); 4]; ROWS];
    for (a, Pairs(b)) in a.iter().zip(b) {
        let [left, right] = halves(b);
        for (row, [one, two, three, four]) in a.iter().zip(sums.iter_mut()) {
            let (upper, lower) = (_mm512_set1_epi32(row.upper), _mm512_set1_epi32(row.lower));
            *one = _mm512_dpwssd_epi32(*one, upper, left);
            *two = _mm512_dpwssd_epi32(*two, upper, right);
            *three = _mm512_dpwssd_epi32(*three, lower, left);
            *four = _mm512_dpwssd_epi32(*four, lower, right);
        }
    }
    for (row, [one, two, three, four]) in patch.iter_mut().zip(sums) {
        put_together(numbers([one, two]), numbers([three, four]), row);
    }
}

/// 32 columns of two numbers as two vectors.
#[inline]
#[target_feature(enable = "avx512f")]
fn halves(columns: &[[i16; 2]; COLUMNS]) -> [__m512i; 2] {
    // WHY: no safe load takes an array.
    // SAFETY: both are 128 bytes of plain numbers, and every pattern of bits is one.
    unsafe { std::mem::transmute::<[[i16; 2]; COLUMNS], [__m512i; 2]>(*columns) }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn numbers(sums: [__m512i; 2]) -> [i32; COLUMNS] {
    // WHY: no safe store fills an array.
    // SAFETY: both are 128 bytes of plain numbers, and every pattern of bits is one.
    unsafe { std::mem::transmute::<[__m512i; 2], [i32; COLUMNS]>(sums) }
}
