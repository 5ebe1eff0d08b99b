//! What goes wrong around a job: processes that are killed at the worst moment, an executor that
//! lies, a clock that jumps, a disk that is full, more work than a day brings. Every job ends once.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests may be blunt"
)]

#[cfg(test)]
mod clocks;
#[cfg(test)]
mod endurance;
#[cfg(test)]
mod flood;
#[cfg(test)]
mod full_disk;
#[cfg(test)]
mod kills;
#[cfg(test)]
mod left;
#[cfg(test)]
mod liars;
#[cfg(test)]
mod order;
#[cfg(test)]
mod points;

/// Says hello on standard output.
const HELLO: &str = r#"(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "hello\n")
  (func (export "_start")
    (i32.store (i32.const 0) (i32.const 16))
    (i32.store (i32.const 4) (i32.const 6))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))"#;
