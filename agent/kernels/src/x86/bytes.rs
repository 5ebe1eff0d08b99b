//! A vector modulo 2^61 − 1, byte by byte, so that the instruction that multiplies bytes can multiply rows
//! with it: 512 of its products take as long as one of two long numbers.
//!
//! A weight is `Σ 2^(8·t)·w_t` over its eight bytes, which are unsigned. With rows of signed bytes that
//! are eight sums, each of one significance. A number of four bytes is `Σ 2^(8·i)·s_i` plus a constant,
//! if 128 is taken off its three lower bytes, which makes all four signed; the products of its bytes with
//! the weight's have eleven significances, and the instruction adds those of one significance by itself.
#![expect(unsafe_code, reason = "instructions of a processor that was asked for them")]

use std::arch::x86_64::{
    __m512i, _mm512_dpbusd_epi32, _mm512_reduce_add_epi32, _mm512_set1_epi32, _mm512_setzero_si512,
    _mm512_xor_si512,
};

use arch_matrix::freivalds::Residue;

use super::Vnni;

/// Bytes of a vector.
const WIDE: usize = 64;
/// Bytes of a weight.
const BYTES: usize = 8;
/// Significances of the product of a weight and a number of four bytes.
const PLACES: usize = 11;
/// After so many steps the sums are emptied: each step adds at most 4·255·128 to each of 16 lanes, which
/// together must fit into 32 bits.
const FULL: usize = 1_000;

/// A vector, aligned.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
struct Line([u8; WIDE]);

/// What rows of 8-bit numbers are multiplied with.
#[derive(Debug)]
pub(crate) struct ForBytes {
    vnni: Vnni,
    /// For each 64 numbers of a row, the lines of each byte of their weights.
    lines: Vec<[Line; BYTES]>,
}

/// What rows of 32-bit numbers are multiplied with.
#[derive(Debug)]
pub(crate) struct ForWords {
    vnni: Vnni,
    /// For each 16 numbers of a row, the lines of each significance.
    lines: Vec<[Line; PLACES]>,
    /// What making the lower bytes signed took off.
    off: Residue,
}

impl ForBytes {
    pub(crate) fn new(vnni: Vnni, weights: &[Residue]) -> Self {
        let lines = weights.chunks(WIDE).map(|weights| {
            let mut lines = [Line([0; WIDE]); BYTES];
            for (at, weight) in weights.iter().enumerate() {
                for (Line(line), byte) in lines.iter_mut().zip(weight.value().to_le_bytes()) {
                    line.iter_mut().skip(at).take(1).for_each(|place| *place = byte);
                }
            }
            lines
        });
        Self { vnni, lines: lines.collect() }
    }

    /// The sum of the products, modulo p.
    pub(crate) fn dot(&self, row: &[i8]) -> Residue {
        let Vnni(()) = self.vnni;
        let blocks = row.chunks(WIDE.saturating_mul(FULL)).zip(self.lines.chunks(FULL));
        blocks.fold(Residue::default(), |total, (row, lines)| {
            // WHY: the compiler does not know that the processor has the instructions.
            // SAFETY: there is a `Vnni`, so it has them.
            total.plus(of_places(&unsafe { sums_of_bytes(row, lines) }))
        })
    }
}

impl ForWords {
    pub(crate) fn new(vnni: Vnni, weights: &[Residue]) -> Self {
        let lines = weights.chunks(WIDE / 4).map(|weights| {
            let mut lines = [Line([0; WIDE]); PLACES];
            for (at, weight) in weights.iter().enumerate() {
                for (low, byte) in weight.value().to_le_bytes().into_iter().enumerate() {
                    // Byte `low` of the weight with byte `high` of the number.
                    for high in 0..4_usize {
                        let place = low.saturating_add(high);
                        let within = at.saturating_mul(4).saturating_add(high);
                        let line = lines.iter_mut().skip(place).take(1);
                        line.for_each(|Line(line)| {
                            line.iter_mut().skip(within).take(1).for_each(|place| *place = byte);
                        });
                    }
                }
            }
            lines
        });
        let all = weights.iter().fold(Residue::default(), |sum, weight| sum.plus(*weight));
        Self { vnni, lines: lines.collect(), off: all.times(Residue::new(0x0080_8080)) }
    }

    /// The sum of the products, modulo p, of a row that is as long as there are weights.
    pub(crate) fn dot(&self, row: &[i32]) -> Residue {
        let Vnni(()) = self.vnni;
        let blocks = row.chunks((WIDE / 4).saturating_mul(FULL)).zip(self.lines.chunks(FULL));
        blocks.fold(self.off, |total, (row, lines)| {
            // WHY and SAFETY: as above.
            total.plus(of_places(&unsafe { sums_of_words(row, lines) }))
        })
    }
}

/// Sums of one significance each, put together; the highest first, as a number is read.
fn of_places(sums: &[i32]) -> Residue {
    sums.iter().rev().fold(Residue::default(), |total, sum| {
        total.shifted(8).plus(Residue::of_signed((*sum).into()))
    })
}

#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
fn sums_of_bytes(row: &[i8], lines: &[[Line; BYTES]]) -> [i32; BYTES] {
    let mut sums = [_mm512_setzero_si512(); BYTES];
    let (whole, over) = row.as_chunks::<WIDE>();
    let mut last = [0; WIDE];
    last.iter_mut().zip(over).for_each(|(to, number)| *to = *number);
    for (numbers, lines) in whole.iter().chain([&last]).zip(lines) {
        let numbers = signed(*numbers);
        for (sum, Line(line)) in sums.iter_mut().zip(lines) {
            *sum = _mm512_dpbusd_epi32(*sum, vector(*line), numbers);
        }
    }
    sums.map(|sum| _mm512_reduce_add_epi32(sum))
}

#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
fn sums_of_words(row: &[i32], lines: &[[Line; PLACES]]) -> [i32; PLACES] {
    let mut sums = [_mm512_setzero_si512(); PLACES];
    let to_signed = _mm512_set1_epi32(0x0080_8080);
    let (whole, over) = row.as_chunks::<{ WIDE / 4 }>();
    let mut last = [0; WIDE / 4];
    last.iter_mut().zip(over).for_each(|(to, number)| *to = *number);
    for (numbers, lines) in whole.iter().chain([&last]).zip(lines) {
        let numbers = _mm512_xor_si512(words(*numbers), to_signed);
        for (sum, Line(line)) in sums.iter_mut().zip(lines) {
            *sum = _mm512_dpbusd_epi32(*sum, vector(*line), numbers);
        }
    }
    sums.map(|sum| _mm512_reduce_add_epi32(sum))
}

#[inline]
#[target_feature(enable = "avx512f")]
fn vector(bytes: [u8; WIDE]) -> __m512i {
    // WHY: no safe load takes an array.
    // SAFETY: both are 64 bytes of plain numbers, and every pattern of bits is one.
    unsafe { std::mem::transmute::<[u8; WIDE], __m512i>(bytes) }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn signed(bytes: [i8; WIDE]) -> __m512i {
    // WHY and SAFETY: as above.
    unsafe { std::mem::transmute::<[i8; WIDE], __m512i>(bytes) }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn words(numbers: [i32; WIDE / 4]) -> __m512i {
    // WHY and SAFETY: as above.
    unsafe { std::mem::transmute::<[i32; WIDE / 4], __m512i>(numbers) }
}
