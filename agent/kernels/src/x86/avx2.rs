//! AVX2: 8-bit numbers are made 16 bits wide, and two products are added in each of eight lanes.
#![expect(unsafe_code, reason = "instructions of a processor that was asked for them")]

use std::arch::x86_64::{
    __m128i, __m256i, _mm256_add_epi32, _mm256_cvtepi8_epi16, _mm256_madd_epi16, _mm256_set1_epi32,
    _mm256_setzero_si256,
};

use crate::packed::{Kernel, Onto, Patch, Places, Step, lay_out, put};

/// A processor that has the instructions. Made only by [`Avx2::detect`].
#[derive(Debug, Clone, Copy)]
pub struct Avx2(());

/// Rows and columns of a patch: 12 of the 16 registers hold sums, and 4 what is multiplied.
const ROWS: usize = 6;
const COLUMNS: usize = 16;

impl Avx2 {
    /// Asks the processor.
    #[must_use]
    pub fn detect() -> Option<Self> {
        is_x86_feature_detected!("avx2").then_some(Self(()))
    }
}

impl Kernel<ROWS, COLUMNS> for Avx2 {
    /// Two pairs, each made wide and ready to be given to every lane.
    type Four = [i32; 2];

    // A panel of B then stays in the first cache, beside one of A.
    const STEPS: usize = 256;

    fn four(numbers: [i8; 4]) -> [i32; 2] {
        let pair = |one: i8, two: i8| (i32::from(two) << 16) | (i32::from(one) & 0xffff);
        let [one, two, three, four] = numbers;
        [pair(one, two), pair(three, four)]
    }

    fn multiply(
        self,
        a: &[[[i32; 2]; ROWS]],
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

/// Each lane holds the sum of a column. The quicker instruction, for unsigned times signed, saturates;
/// this one is exact.
#[target_feature(enable = "avx2")]
fn sums(a: &[[[i32; 2]; ROWS]], b: &[Step<COLUMNS>], patch: &mut Patch<ROWS, COLUMNS>) {
    let mut sums = [[_mm256_setzero_si256(); 2]; ROWS];
    for (a, Step(b)) in a.iter().zip(b) {
        let [low, high, low_after, high_after] = quarters(b);
        add(&mut sums, a.iter().map(|[pair, _]| *pair), low, high);
        add(&mut sums, a.iter().map(|[_, pair]| *pair), low_after, high_after);
    }
    for (row, sums) in patch.0.iter_mut().zip(sums) {
        *row = numbers(sums);
    }
}

/// Adds the products of one pair of each row and of each column.
#[inline]
#[target_feature(enable = "avx2")]
fn add(
    sums: &mut [[__m256i; 2]; ROWS],
    rows: impl Iterator<Item = i32>,
    low: __m128i,
    high: __m128i,
) {
    let (low, high) = (_mm256_cvtepi8_epi16(low), _mm256_cvtepi8_epi16(high));
    for ([one, two], pair) in sums.iter_mut().zip(rows) {
        let pair = _mm256_set1_epi32(pair);
        *one = _mm256_add_epi32(*one, _mm256_madd_epi16(pair, low));
        *two = _mm256_add_epi32(*two, _mm256_madd_epi16(pair, high));
    }
}

/// The first pairs of eight columns and of eight more, then their second pairs.
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

/// The first two numbers of each column, and behind them the other two: each vector of a step then has
/// one pair of eight columns.
#[target_feature(enable = "avx2")]
fn lay_out_wide(rows: [&[i8]; 4], places: Places<'_, COLUMNS>, sums: &mut [i32]) {
    lay_out(rows, places, sums, |step, four| {
        let [one, two, three, four] = four;
        let (first, second) = step.as_flattened_mut().split_at_mut(2 * COLUMNS);
        pairs(first, one, two);
        pairs(second, three, four);
    });
}

#[inline(always)]
fn pairs(to: &mut [i8], one: &[i8; COLUMNS], two: &[i8; COLUMNS]) {
    for (to, (one, two)) in to.as_chunks_mut::<2>().0.iter_mut().zip(one.iter().zip(two)) {
        *to = [*one, *two];
    }
}
