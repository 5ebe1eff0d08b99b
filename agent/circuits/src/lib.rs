//! Statements about tiles of a product, and proofs of them that stock tools verify.
//!
//! ```text
//! TileStep, statement ──> Assignment ── prove (key, chance) ──> Groth16Proof, 128 bytes
//!                                          checked before it is given out    │
//! statement, VerifyingKey ─────────────────────────────────────────────> verify: yes or no
//! ```
//!
//! A circuit is a function over a builder; [`Circuit`] names those there are, [`System`] is what it
//! comes to in rows. Keys are read strictly: one that anybody could forge with is no [`VerifyingKey`].
//! This crate has no file, no clock and no chance of its own; it computes on all processors.
//!
//! ```
//! use arch_circuits::tile::{Inputs, TileShape, TileStep, context};
//! let shape = TileShape::new(1, 1, 2, Inputs::I8).unwrap();
//! let step = TileStep::compute(shape, vec![3, 4], vec![5, -6], vec![100]).unwrap();
//! assert_eq!(step.after(), [91]);
//! let statement = step.statement(context(b"an example"));
//! let system = arch_circuits::tile_system(shape);
//! assert!(system.check(&arch_circuits::tile_numbers(&statement, &step)).is_ok());
//! ```

#![cfg_attr(
    test,
    allow(clippy::arithmetic_side_effects, clippy::as_conversions, reason = "tests may be blunt")
)]

mod builder;
mod circuit;
pub mod field;
pub mod fold;
pub mod groth16;
pub mod iden3;
mod poseidon2;
pub mod registry;
pub mod solidity;
mod system;
pub mod tile;

pub use ark_bn254::Fr;
pub use circuit::{Assignment, Circuit, tile_numbers, tile_system};
pub use system::{Matrix, System, Unsatisfied};
