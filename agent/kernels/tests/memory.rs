//! What is held at once, counted by the allocator: never more than was allowed. Stacks of threads come
//! from elsewhere and are not counted.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests may be blunt"
)]
#![allow(unsafe_code, reason = "an allocator that counts")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::io;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use arch_kernels::Backend;
use arch_kernels::stream::{
    Operand, ReadAt, StreamError, Tiles, Work, WriteAt, audit, leaves_of_tile, locate, multiply,
};
use arch_matrix::commit::LeafTree;
use arch_matrix::file::{Dtype, Stored};
use arch_matrix::freivalds::{Challenge, Lie};
use arch_matrix::{Format, Grid, Part, Shape, Splits};

struct Counting;

static HELD: AtomicU64 = AtomicU64::new(0);
static PEAK: AtomicU64 = AtomicU64::new(0);

#[global_allocator]
static COUNTING: Counting = Counting;

// SAFETY: hands everything on as it is; numbers that are counted decide nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let held = HELD.fetch_add(layout.size() as u64, SeqCst) + layout.size() as u64;
        PEAK.fetch_max(held, SeqCst);
        // SAFETY: the caller's promise, handed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size() as u64, SeqCst);
        // SAFETY: the caller's promise, handed on.
        unsafe { System.dealloc(place, layout) }
    }
}

/// The most that `work` held on top of what was held before.
fn peak<R>(work: impl FnOnce() -> R) -> (u64, R) {
    let before = HELD.load(SeqCst);
    PEAK.store(before, SeqCst);
    let result = work();
    (PEAK.load(SeqCst) - before, result)
}

/// A file of no size in memory: every byte is made when it is read, and what is written is dropped.
struct Made(u64);

impl ReadAt for Made {
    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        for (at, byte) in (offset..).zip(out) {
            // The high byte of a float must not be that of one without end.
            *byte = ((at * self.0) >> 3) as u8 & 0x3f;
        }
        Ok(())
    }
}

impl WriteAt for Made {
    fn write_at(&self, _: u64, _: &[u8]) -> io::Result<()> {
        Ok(())
    }
}

fn stored(format: Format, rows: u32, columns: u32) -> Stored {
    let dtype = match format {
        Format::I8 => Dtype::I8,
        Format::I16 => Dtype::I16,
        _ => Dtype::F32,
    };
    Stored { dtype, rows: rows.into(), columns: columns.into(), offset: 0 }
}

fn need(refused: StreamError) -> u64 {
    match refused {
        StreamError::TooLittleMemory { need, .. } => need,
        other => panic!("{other}"),
    }
}

// One test: the allocator counts for the whole process.
#[test]
fn no_more_memory_is_held_than_was_allowed() {
    let mut fullest = 0.0_f64;
    for (format, (m, k, n), splits) in [
        ("i8", (400, 500, 600), Splits::even(1)),
        ("i8", (1, 3_000, 700), Splits::even(1)),
        ("i8", (700, 70, 3), Splits::even(1)),
        ("i8", (2, 40, 9_000), Splits::even(1)),
        ("i8", (150, 2_503, 221), Splits { rows: 2, columns: 3, depth: 1 }),
        ("q3*q1", (200, 100, 300), Splits::even(2)),
        ("i16", (130, 90, 140), Splits::even(1)),
        ("q7/i16", (90, 200, 70), Splits::even(1)),
    ] {
        let format: Format = format.parse().unwrap();
        let a = Operand::a(Made(3), stored(format, m, k), format).unwrap();
        let b = Operand::b(Made(5), stored(format, k, n), format).unwrap();
        let grid = Grid::new(Shape::new(m.into(), k.into(), n.into()).unwrap(), splits).unwrap();
        for part in [Part::Row { index: 0 }, Part::Reduction { index: splits.depth - 1 }] {
            let least = need(Tiles::new(&grid, part, format, 0).unwrap_err());
            for memory in [least, least + 100_000, least + 700_000, 1 << 26] {
                for backend in Backend::available() {
                    // Many threads in the least memory once: they need lists and handles.
                    let many = if memory == least { 200 } else { 3 };
                    for threads in [1, many] {
                        let (a, b, grid) = (&a, &b, &grid);
                        let work = Work { a, b, grid, part, memory, backend, threads };
                        let name = format!("{format} {m} {k} {n} {part:?} {backend} {threads}");
                        fullest = fullest.max(computed(&work, format, &name));
                        audited(&work, &name);
                    }
                }
            }
        }
    }
    // The bound is not so wide that it would hold by itself.
    assert!(fullest > 0.8, "{fullest}");
}

/// Computes, and hashes each tile while it is held. How full the memory was.
fn computed(work: &Work<'_, Made, Made>, format: Format, name: &str) -> f64 {
    let tiles = work.tiles().unwrap();
    // From a tile in the middle, so that what follows is larger than what came first.
    let from = tiles.len() / 3;
    let (held, ()) = peak(|| {
        multiply(work, from, &Made(7), |index| {
            let tile = tiles.get(index).unwrap();
            leaves_of_tile(work.grid, work.part, format, &tile, &Made(7)).unwrap();
            ControlFlow::Continue(())
        })
        .unwrap();
    });
    assert!(held <= work.memory, "{name}: {held} of {}", work.memory);
    held as f64 / work.memory as f64
}

fn audited(work: &Work<'_, Made, Made>, name: &str) {
    let width = work.part.region(work.grid).unwrap().size().1;
    let challenge = Challenge::draw(&[1; 32], &LeafTree::new(vec![]).root(), width);
    let none = Work { memory: 0, ..*work };
    let least = need(audit(&none, &Made(7), &challenge).unwrap_err());
    let lie = Lie { row: 0 };
    let placed = need(locate(&none, &Made(7), &lie).unwrap_err());
    for more in [0, 50_000, 1 << 23] {
        let tight = Work { memory: least + more, ..*work };
        let (held, found) = peak(|| audit(&tight, &Made(7), &challenge).unwrap());
        assert!(held <= tight.memory && found.is_some(), "{name}: {held} of {}", tight.memory);
        let tight = Work { memory: placed + more, ..*work };
        let (held, found) = peak(|| locate(&tight, &Made(7), &lie).unwrap());
        assert!(held <= tight.memory && found.is_some(), "{name}: {held} of {}", tight.memory);
    }
}
