//! Products from files: the same bytes as in memory, whatever the memory, and every fault by its place.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests may be blunt"
)]

mod audited;
mod committed;
mod faults;
mod product;
mod tiles;
mod whole;
mod world;
