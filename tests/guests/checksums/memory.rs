//! Where the adapter that makes a component of this module keeps its state: in memory of ours.
//!
//! Without this it grows the memory itself, before our allocator begins. That of wasi-libc before 2023
//! then takes everything up to the end of the memory for its own, and a folder of some dozen files is
//! written over the adapter's state, which ends the run with `unreachable`.

use std::alloc::{self, Layout};

/// `cabi_realloc` of the canonical ABI, as far as the adapter needs it: it never gives a piece back.
#[no_mangle]
pub extern "C" fn cabi_realloc(
    old: *mut u8,
    _old_length: usize,
    align: usize,
    length: usize,
) -> *mut u8 {
    match Layout::from_size_align(length, align) {
        // SAFETY: the layout has a size.
        Ok(layout) if old.is_null() && length > 0 => unsafe { alloc::alloc(layout) },
        _ => std::ptr::null_mut(),
    }
}
