//! Exact products as quickly as this processor can.
//!
//! ```text
//! A, B, Region ──> packed B (once) ─┐
//!                  packed A (a block at a time) ──> patch by patch ──> C
//!                                   └── one instruction set, chosen when the program runs
//! ```
//!
//! Every instruction set gives the bytes of [`arch_matrix::product`]; tests hold each that the machine
//! has against it. Nothing here opens a file or reads a clock, and nothing decides anything; what is
//! larger than memory is read and written through two small traits ([`stream`]). `unsafe` stands only
//! where it must: to call instructions that the processor was asked about before.
//!
//! ```
//! use arch_kernels::{Backend, Multiplier};
//! use arch_matrix::{Matrix, Region, Shape, product};
//! let a = Matrix::new(2, 3, vec![1_i8, 2, 3, 4, 5, 6]).unwrap();
//! let b = Matrix::new(3, 1, vec![7_i8, 8, 9]).unwrap();
//! let region = Region::whole(Shape::new(2, 3, 1).unwrap());
//! for backend in Backend::available() {
//!     let mut multiplier = Multiplier::new(backend, 2);
//!     assert_eq!(multiplier.product(&a, &b, &region), product(&a, &b, &region));
//! }
//! ```
#![cfg_attr(
    test,
    allow(clippy::arithmetic_side_effects, clippy::as_conversions, reason = "tests may be blunt")
)]

#[cfg(target_arch = "aarch64")]
mod aarch64;
mod audit;
mod backend;
mod blocked;
mod packed;
mod scalar;
pub mod stream;
mod threads;
mod words;
#[cfg(target_arch = "x86_64")]
mod x86;

pub use audit::check_i8;
pub use backend::{Backend, Multiplier};
