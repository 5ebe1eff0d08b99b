//! The constants of the permutation, drawn as the designers' script draws them.

use std::sync::OnceLock;

use ark_bn254::Fr;
use ark_ff::One as _;

use super::{WIDTH, grain::Grain};

/// Rounds in which every element is raised, half of them before the partial ones.
pub(super) const FULL_ROUNDS: usize = 8;

/// Rounds in which one element is.
pub(super) const PARTIAL_ROUNDS: usize = 57;

/// Diagonals that were drawn before ours, and are none: their matrices fail the script's test against
/// subspaces that stay the same (Poseidon2, §5.3).
const REFUSED_DIAGONALS: usize = 6;

/// What is added in each round, and what the matrix of the partial rounds has beyond ones.
pub(super) struct Constants {
    pub(super) first: [[Fr; WIDTH]; FULL_ROUNDS / 2],
    pub(super) partial: [Fr; PARTIAL_ROUNDS],
    pub(super) last: [[Fr; WIDTH]; FULL_ROUNDS / 2],
    /// The diagonal, less one.
    pub(super) diagonal: [Fr; WIDTH],
}

/// Drawn once a process; a few milliseconds.
pub(super) fn constants() -> &'static Constants {
    static CONSTANTS: OnceLock<Constants> = OnceLock::new();
    CONSTANTS.get_or_init(|| {
        let mut grain = Grain::new(WIDTH, FULL_ROUNDS, PARTIAL_ROUNDS);
        let first = std::array::from_fn(|_| std::array::from_fn(|_| grain.below_modulus()));
        let partial = std::array::from_fn(|_| grain.below_modulus());
        let last = std::array::from_fn(|_| std::array::from_fn(|_| grain.below_modulus()));
        for _ in 0..REFUSED_DIAGONALS * WIDTH {
            grain.reduced();
        }
        let diagonal = std::array::from_fn(|_| grain.reduced() - Fr::one());
        Constants { first, partial, last, diagonal }
    })
}
