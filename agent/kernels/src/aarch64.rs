//! 64-bit ARM. Its instructions take both sides as signed, so nothing is added to A and nothing comes off.
#![expect(unsafe_code, reason = "vectors are made from arrays")]

use std::arch::aarch64::{int8x16_t, int32x4_t};

mod dotprod;
mod neon;

pub(crate) use dotprod::Dotprod;
pub(crate) use neon::Neon;

/// Columns of a patch: four vectors of four columns, and a line of the cache.
const COLUMNS: usize = 16;

/// 16 columns of four numbers as four vectors.
#[inline]
#[target_feature(enable = "neon")]
fn quarters(columns: &[[i8; 4]; COLUMNS]) -> [int8x16_t; 4] {
    // WHY: no safe load takes an array.
    // SAFETY: both are 64 bytes of plain numbers, and every pattern of bits is one.
    unsafe { std::mem::transmute::<[[i8; 4]; COLUMNS], [int8x16_t; 4]>(*columns) }
}

#[inline]
#[target_feature(enable = "neon")]
fn numbers(sums: [int32x4_t; 4]) -> [i32; COLUMNS] {
    // WHY: no safe store fills an array.
    // SAFETY: both are 64 bytes of plain numbers, and every pattern of bits is one.
    unsafe { std::mem::transmute::<[int32x4_t; 4], [i32; COLUMNS]>(sums) }
}
