//! Whether `C` is `A·B`, without computing `A·B` (Freivalds, 1977).
//!
//! With a vector `x` that nobody knew when C was made, `C·x = A·(B·x)` costs three products of a matrix
//! and a vector instead of one of two matrices. All is taken modulo the prime `p = 2^61 − 1`. If C is
//! wrong anywhere, the difference has an element that is not 0 modulo p, and of all `x` only one in p
//! hides its row. For that a wrong element must not be off by a multiple of p: every claimed one is
//! first held against the largest sum that there can be, at most 2^59, so two of them differ by less
//! than p.
//!
//! Only for integers: sums of floats are not associative, and no such identity holds for them.

mod challenge;
mod check;
mod field;
mod weights;

pub use challenge::Challenge;
pub use check::{Check, Lie, Suspect, check, is_whole};
pub use field::Residue;
pub use weights::Weights;
