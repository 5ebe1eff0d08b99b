//! Proofs as pure functions: RFC 6962 §2.1.1 and §2.1.2, checked as RFC 9162 §2.1.3.2 and §2.1.4.2.
//!
//! Nothing here reads a file: the prover asks a [`Tiles`] for hashes, the verifier is given all.

mod build;
mod verify;

pub use build::{BuildError, Tiles, consistency, inclusion};
pub use verify::{MAX_PATH, ProofError, verify_consistency, verify_inclusion};
