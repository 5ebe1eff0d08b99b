//! The real program over real sockets: what it proves, what it refuses, and that no unverified proof
//! leaves it.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests may be blunt"
)]

#[cfg(test)]
#[path = "prover/asker.rs"]
mod asker;
#[cfg(test)]
#[path = "prover/confinement.rs"]
mod confinement;
#[cfg(test)]
#[path = "prover/digests.rs"]
mod digests;
#[cfg(test)]
#[path = "prover/doors.rs"]
mod doors;
#[cfg(test)]
#[path = "prover/faults.rs"]
mod faults;
#[cfg(test)]
#[path = "prover/frames.rs"]
mod frames;
#[cfg(test)]
#[path = "prover/keys.rs"]
mod keys;
#[cfg(test)]
#[path = "prover/proofs.rs"]
mod proofs;
