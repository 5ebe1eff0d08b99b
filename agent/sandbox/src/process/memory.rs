//! The allocator of the executor: as the system's, but a child that is refused memory says so by its
//! exit code.
//!
//! The library's way is to abort, which takes calls that no child's filter has: it would look like an
//! attack, and be tried again, although the next attempt needs the same memory.
#![expect(unsafe_code, reason = "an allocator is made of unsafe functions")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, Ordering};

use super::{End, fork::exit};

const CODE: i32 = 112;

/// How a child ends that was refused memory by its limits, or by the machine.
pub const OUT_OF_MEMORY: End = End::Exit(CODE);

static CHILD: AtomicBool = AtomicBool::new(false);

/// From now on this process ends when it is refused memory.
pub(crate) fn end_without_memory() {
    CHILD.store(true, Ordering::Relaxed);
}

/// To be the executor's `#[global_allocator]`.
#[derive(Debug, Clone, Copy)]
pub struct Allocator;

// WHY: the library asks for an unsafe implementation.
// SAFETY: every call is the system allocator's, with the arguments that came.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // WHY: as above.
        // SAFETY: the caller keeps to the contract of `alloc`, which is the same.
        given(unsafe { System.alloc(layout) })
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // WHY: as above.
        // SAFETY: the caller keeps to the contract of `alloc_zeroed`, which is the same.
        given(unsafe { System.alloc_zeroed(layout) })
    }

    unsafe fn realloc(&self, old: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // WHY: as above.
        // SAFETY: the caller keeps to the contract of `realloc`, which is the same.
        given(unsafe { System.realloc(old, layout, size) })
    }

    unsafe fn dealloc(&self, old: *mut u8, layout: Layout) {
        // WHY: as above.
        // SAFETY: the caller keeps to the contract of `dealloc`, which is the same.
        unsafe { System.dealloc(old, layout) }
    }
}

fn given(memory: *mut u8) -> *mut u8 {
    if memory.is_null() && CHILD.load(Ordering::Relaxed) {
        exit(CODE)
    }
    memory
}
