//! A vector modulo 2^61 − 1, digit by digit, so that the instruction that multiplies pairs of 16-bit
//! numbers can multiply rows with it.
//!
//! A weight is `Σ 2^(8·t)·d_t` over eight digits from −128 to 127. A row of bytes is made 16 bits wide. A
//! number of four bytes is `2^16·h + l` plus a constant, if 2^15 is taken off its lower half, which makes
//! both halves signed; the instruction adds the products of one significance, of which there are ten.
#![expect(unsafe_code, reason = "instructions of a processor that was asked for them")]

use std::arch::x86_64::{
    __m128i, __m256i, _mm256_add_epi32, _mm256_cvtepi8_epi16, _mm256_madd_epi16, _mm256_set1_epi32,
    _mm256_setzero_si256, _mm256_xor_si256,
};

use arch_matrix::freivalds::Residue;

use super::Avx2;

/// Numbers of 16 bits in a vector.
const WIDE: usize = 16;
/// Numbers of four bytes in a vector.
const WORDS: usize = 8;
/// Digits of a weight.
const DIGITS: usize = 8;
/// Significances of the product of a weight and a number of four bytes.
const PLACES: usize = 10;
/// After so many steps the sums are emptied: each adds two products to a lane, of 2^22 at most.
const FULL: usize = 255;

/// A vector, aligned.
#[derive(Debug, Clone, Copy)]
#[repr(align(32))]
struct Line([i16; WIDE]);

/// What rows of 8-bit numbers are multiplied with.
#[derive(Debug)]
pub(crate) struct BytesByDigits {
    avx2: Avx2,
    /// For each 16 numbers of a row, a line of each digit of their weights.
    lines: Vec<[Line; DIGITS]>,
}

/// What rows of 32-bit numbers are multiplied with.
#[derive(Debug)]
pub(crate) struct WordsByDigits {
    avx2: Avx2,
    /// For each 8 numbers of a row, a line of each significance.
    lines: Vec<[Line; PLACES]>,
    /// What making the lower halves signed took off.
    off: Residue,
}

impl BytesByDigits {
    pub(crate) fn new(avx2: Avx2, weights: &[Residue]) -> Self {
        let lines = weights.chunks(WIDE).map(|weights| {
            let mut lines = [Line([0; WIDE]); DIGITS];
            for (at, weight) in weights.iter().enumerate() {
                for (line, digit) in lines.iter_mut().zip(digits(*weight)) {
                    line.put(at, digit);
                }
            }
            lines
        });
        Self { avx2, lines: lines.collect() }
    }

    /// The sum of the products, modulo p.
    pub(crate) fn dot(&self, row: &[i8]) -> Residue {
        let _has_the_instructions: Avx2 = self.avx2;
        let blocks = row.chunks(WIDE.saturating_mul(FULL)).zip(self.lines.chunks(FULL));
        blocks.fold(Residue::default(), |total, (row, lines)| {
            // WHY: the compiler does not know that the processor has the instructions.
            // SAFETY: there is an `Avx2`, so it has them.
            total.plus(of_places(&unsafe { sums_of_bytes(row, lines) }))
        })
    }
}

impl WordsByDigits {
    pub(crate) fn new(avx2: Avx2, weights: &[Residue]) -> Self {
        let lines = weights.chunks(WORDS).map(|weights| {
            let mut lines = [Line([0; WIDE]); PLACES];
            for (number, weight) in weights.iter().enumerate() {
                // The upper half is two digits further up.
                for (half, skipped) in [(0_usize, 0), (1, 2)] {
                    let at = number.saturating_mul(2).saturating_add(half);
                    for (line, digit) in lines.iter_mut().skip(skipped).zip(digits(*weight)) {
                        line.put(at, digit);
                    }
                }
            }
            lines
        });
        let all = weights.iter().fold(Residue::default(), |sum, weight| sum.plus(*weight));
        Self { avx2, lines: lines.collect(), off: all.shifted(15) }
    }

    /// The sum of the products, modulo p, of a row that is as long as there are weights.
    pub(crate) fn dot(&self, row: &[i32]) -> Residue {
        let _has_the_instructions: Avx2 = self.avx2;
        let blocks = row.chunks(WORDS.saturating_mul(FULL)).zip(self.lines.chunks(FULL));
        blocks.fold(self.off, |total, (row, lines)| {
            // WHY and SAFETY: as above.
            total.plus(of_places(&unsafe { sums_of_words(row, lines) }))
        })
    }
}

impl Line {
    fn put(&mut self, at: usize, digit: i8) {
        self.0.iter_mut().skip(at).take(1).for_each(|place| *place = digit.into());
    }
}

/// The lowest first. A byte beyond 127 is that much less than the next digit.
fn digits(weight: Residue) -> [i8; DIGITS] {
    let mut carry = 0;
    weight.value().to_le_bytes().map(|byte| {
        let (digit, over) = byte.overflowing_add(carry);
        carry = u8::from(over || digit > 127);
        digit.cast_signed()
    })
}

/// Sums of one significance each, put together; the highest first, as a number is read.
fn of_places<const PLACES: usize>(sums: &[[i32; WORDS]; PLACES]) -> Residue {
    sums.iter().rev().fold(Residue::default(), |total, lanes| {
        let sum = lanes.iter().fold(0_i64, |sum, lane| sum.wrapping_add((*lane).into()));
        total.shifted(8).plus(Residue::of_signed(sum))
    })
}

#[target_feature(enable = "avx2")]
fn sums_of_bytes(row: &[i8], lines: &[[Line; DIGITS]]) -> [[i32; WORDS]; DIGITS] {
    sums(row, lines, |numbers| _mm256_cvtepi8_epi16(bytes(numbers)))
}

#[target_feature(enable = "avx2")]
fn sums_of_words(row: &[i32], lines: &[[Line; PLACES]]) -> [[i32; WORDS]; PLACES] {
    let to_signed = _mm256_set1_epi32(0x8000);
    sums(row, lines, |numbers| _mm256_xor_si256(words(numbers), to_signed))
}

/// The sums of each place, lane by lane. What the last numbers lack counts as zeros.
#[inline]
#[target_feature(enable = "avx2")]
fn sums<T: Copy + Default, const COUNT: usize, const PLACES: usize>(
    row: &[T],
    lines: &[[Line; PLACES]],
    wide: impl Fn([T; COUNT]) -> __m256i,
) -> [[i32; WORDS]; PLACES] {
    let mut sums = [_mm256_setzero_si256(); PLACES];
    let (whole, over) = row.as_chunks::<COUNT>();
    let mut last = [T::default(); COUNT];
    last.iter_mut().zip(over).for_each(|(to, number)| *to = *number);
    for (numbers, lines) in whole.iter().chain([&last]).zip(lines) {
        let numbers = wide(*numbers);
        for (sum, Line(line)) in sums.iter_mut().zip(lines) {
            *sum = _mm256_add_epi32(*sum, _mm256_madd_epi16(numbers, vector(*line)));
        }
    }
    sums.map(|sum| lanes(sum))
}

#[inline]
#[target_feature(enable = "avx2")]
fn vector(line: [i16; WIDE]) -> __m256i {
    // WHY: no safe load takes an array.
    // SAFETY: both are 32 bytes of plain numbers, and every pattern of bits is one.
    unsafe { std::mem::transmute::<[i16; WIDE], __m256i>(line) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn words(numbers: [i32; WORDS]) -> __m256i {
    // WHY and SAFETY: as above.
    unsafe { std::mem::transmute::<[i32; WORDS], __m256i>(numbers) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn lanes(sums: __m256i) -> [i32; WORDS] {
    // WHY: no safe store fills an array.
    // SAFETY: as above.
    unsafe { std::mem::transmute::<__m256i, [i32; WORDS]>(sums) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn bytes(numbers: [i8; WIDE]) -> __m128i {
    // WHY: no safe load takes an array.
    // SAFETY: both are 16 bytes of plain numbers, and every pattern of bits is one.
    unsafe { std::mem::transmute::<[i8; WIDE], __m128i>(numbers) }
}

#[cfg(test)]
mod tests {
    use arch_matrix::freivalds::Weights;
    use proptest::prelude::*;

    use super::*;

    fn same(numbers: &[u64], row: &[i32]) {
        let Some(avx2) = Avx2::detect() else { return eprintln!("SKIPPED: no AVX2 here") };
        let weights: Vec<_> = numbers.iter().map(|number| Residue::new(*number)).collect();
        let found = WordsByDigits::new(avx2, &weights).dot(row);
        assert_eq!(found, Weights::new(&weights).dot(row));
        let row: Vec<i8> = row.iter().map(|number| (*number >> 24) as i8).collect();
        let found = BytesByDigits::new(avx2, &weights).dot(&row);
        assert_eq!(found, Weights::new(&weights).dot(&row));
    }

    /// Every digit but the highest is −128: each is what a carry leaves of 0x7f, and hands one on.
    const LOWEST_DIGITS: u64 = 0x0f7f_7f7f_7f7f_7f80;

    #[test]
    fn the_extremes_add_up_without_overflow() {
        assert_eq!(digits(Residue::new(LOWEST_DIGITS))[..7], [-128; 7]);
        for number in [LOWEST_DIGITS, (1 << 61) - 2] {
            for value in [i32::MIN, i32::MAX, 0x7fff_0000, -0x7fff_8000] {
                same(&[number; 9_000], &[value; 9_000]);
            }
        }
    }

    proptest! {
        #[test]
        fn any_row_gives_what_plain_weights_give(
            pairs in prop::collection::vec((any::<u64>(), any::<i32>()), 0..5_000),
        ) {
            let (numbers, row): (Vec<u64>, Vec<i32>) = pairs.into_iter().unzip();
            same(&numbers, &row);
        }

        #[test]
        fn the_digits_are_the_weight(number in any::<u64>()) {
            let weight = Residue::new(number);
            let value = digits(weight).iter().rev().fold(0_i128, |value, digit| {
                (value << 8) + i128::from(*digit)
            });
            prop_assert_eq!(value, i128::from(weight.value()));
        }
    }

    #[test]
    fn the_digits_of_the_largest_weight_fit() {
        let most = Residue::new((1 << 61) - 2);
        assert_eq!(digits(most), [-2, 0, 0, 0, 0, 0, 0, 32]);
    }
}
