//! Mutants of documents and envelopes: whatever is accepted means one thing, keeps the limits, and
//! was not signed by anybody who did not sign it.
//!
//! `cargo xtask soak fuzz-yaml` and `… fuzz-envelope` draw others.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests may be blunt"
)]

mod corpus;
mod envelopes;
#[path = "../world/mod.rs"]
mod world;
mod yaml;
