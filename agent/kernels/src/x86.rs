//! x86-64.
#![expect(unsafe_code, reason = "a hint that takes an address")]

use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};

mod avx2;
mod bytes;
mod pairs;
mod vnni;
mod wide;

pub(crate) use avx2::Avx2;
pub(crate) use bytes::{ForBytes, ForWords};
pub(crate) use pairs::{BytesByDigits, WordsByDigits};
pub(crate) use vnni::Vnni;
pub(crate) use wide::add as add_wide;

/// Numbers in a line of the cache.
const LINE: usize = 16;

/// Asks for the lines of a row, without waiting for them.
fn fetch(row: &[i32]) {
    for line in row.chunks(LINE) {
        // WHY: no safe call gives the hint, and without it each patch of C waits for memory.
        // SAFETY: the processor may ignore the hint; it reads nothing and cannot fault.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(line.as_ptr().cast()) }
    }
}
