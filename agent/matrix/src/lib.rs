//! Exact matrix products `C = A·B`, shared out so that strangers can check each other.
//!
//! ```text
//! Shape ──> Plan: who computes which part ──> each part: sums, and a Commitment to them
//!                                                 │
//!           Zone, drawn after all committed ──> compare: equal cells, or the first leaf that differs
//!           Challenge, drawn after that    ──> Freivalds: every element of every part, with no second run
//! ```
//!
//! Integers make it possible: any order, tile, thread count or machine gives the same bytes, as long
//! as no sum can overflow, and [`bound`] proves that before anything runs. This crate has no clock, no
//! chance, no file and no thread; quick kernels live elsewhere and are held against [`product()`].
//!
//! ```
//! use arch_matrix::{Matrix, Region, Shape, product};
//! let a = Matrix::new(2, 3, vec![1_i8, 2, 3, 4, 5, 6]).unwrap();
//! let b = Matrix::new(3, 1, vec![7_i8, 8, 9]).unwrap();
//! let shape = Shape::new(2, 3, 1).unwrap();
//! assert_eq!(product(&a, &b, &Region::whole(shape)).values(), [50_i32, 122]);
//! ```

#![cfg_attr(
    test,
    allow(clippy::arithmetic_side_effects, clippy::as_conversions, reason = "tests may be blunt")
)]

pub mod bound;
pub mod commit;
mod compare;
mod cut;
mod element;
pub mod file;
mod format;
pub mod freivalds;
mod grid;
mod matrix;
pub mod plan;
pub mod prepare;
pub mod reference;
mod shape;
mod zone;

pub use compare::{Comparison, Difference, compare};
pub use cut::{Cut, CutError, MAX_PARTS};
pub use element::{Carrier, Element, Integer};
pub use format::{CarrierKind, Format, FormatError, Scale, Scales};
pub use grid::{Block, Cell, Grid, Region, Splits};
pub use matrix::{Matrix, WrongLength};
pub use plan::{Part, Plan, PlanError, Role};
pub use reference::product;
pub use shape::{MAX_SIDE, Shape, ShapeError};
pub use zone::Zone;
