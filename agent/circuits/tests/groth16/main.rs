//! Keys, proofs and numbers, good and forged.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "tests may be blunt"
)]

mod files;
mod keys;
mod proofs;
mod world;
