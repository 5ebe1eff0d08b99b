//! What a circuit is written over.
//!
//! A circuit is written once, as a function over a [`Builder`]. [`Rows`] keeps its rows and no numbers,
//! so that no row can depend on a number; [`Numbers`] keeps the number of each cell and no rows, which
//! takes a hundredth of the time. Both see the same steps, hence the same cells in the same order.

mod numbers;
mod rows;

use ark_bn254::Fr;
use ark_ff::One as _;

pub(crate) use numbers::Numbers;
pub(crate) use rows::Rows;

/// A sum of cells, each times a constant.
pub(crate) trait Wire: Clone {
    fn nothing() -> Self;
    fn constant(number: Fr) -> Self;
    #[must_use]
    fn plus(&self, other: &Self) -> Self;
    #[must_use]
    fn times(&self, factor: Fr) -> Self;
    #[must_use]
    fn minus(&self, other: &Self) -> Self {
        self.plus(&other.times(-Fr::one()))
    }
}

/// Takes in a circuit, step by step.
pub(crate) trait Builder {
    type Wire: Wire;

    /// A public cell. All of them come before any other.
    fn public(&mut self, number: Fr) -> Self::Wire;

    /// A cell of the prover's choice, until a row says more about it.
    fn cell(&mut self, number: Fr) -> Self::Wire;

    /// A cell that is `a·b`, and its row.
    fn product(&mut self, a: &Self::Wire, b: &Self::Wire) -> Self::Wire;

    /// The row `a·b = c`.
    fn require(&mut self, a: &Self::Wire, b: &Self::Wire, c: &Self::Wire);

    /// A cell that is `a·b + c`, and its row `a·b = cell - c`.
    fn multiply_add(&mut self, a: &Self::Wire, b: &Self::Wire, c: &Self::Wire) -> Self::Wire;

    /// The row `(a - b)·1 = 0`.
    fn require_equal(&mut self, a: &Self::Wire, b: &Self::Wire) {
        self.require(&a.minus(b), &Self::Wire::constant(Fr::one()), &Self::Wire::nothing());
    }

    /// A cell that equals `wire`, and the row that says so: what is used often is kept short.
    fn copy(&mut self, wire: &Self::Wire) -> Self::Wire {
        self.multiply_add(wire, &Self::Wire::constant(Fr::one()), &Self::Wire::nothing())
    }

    /// A cell that is 0 or 1, and the row `bit·(bit - 1) = 0`.
    fn bit(&mut self, bit: bool) -> Self::Wire {
        let cell = self.cell(Fr::from(bit));
        let less_one = cell.minus(&Self::Wire::constant(Fr::one()));
        self.require(&cell, &less_one, &Self::Wire::nothing());
        cell
    }

    /// `length` bits of a number, the lowest first.
    fn bits(&mut self, number: u64, length: usize) -> Vec<Self::Wire> {
        (0..length)
            .map(|place| self.bit(number.checked_shr(place_of(place)).is_some_and(odd)))
            .collect()
    }
}

fn place_of(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

fn odd(number: u64) -> bool {
    number & 1 == 1
}
