//! What is done to values before they become a matrix: finite, clamped, smoothed, quantised.
//!
//! In this order, and each step exact: two machines that start from the same bytes get the same
//! integers. Smoothing is a filter and no more; what makes machines agree is the quantisation.

mod ema;
mod finite;
mod fnv;
mod quantise;
mod recipe;

pub use ema::{Alpha, Ema};
pub use finite::{Clamp, NotFinite};
pub use fnv::fnv1a64;
pub use quantise::{Quantised, quantise};
pub use recipe::{Prepared, Recipe};
