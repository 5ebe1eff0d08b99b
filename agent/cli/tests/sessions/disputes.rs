//! Disputes: read, judged once more, taken elsewhere, and carried by files.
#![allow(clippy::arithmetic_side_effects, reason = "tests may be blunt")]

mod by_files;
mod clerk;
#[path = "../../../dispute/tests/circuits/dev.rs"]
mod dev;
mod numbers;
mod play;
mod reading;
mod stage;
mod taken_along;
mod tampered;
