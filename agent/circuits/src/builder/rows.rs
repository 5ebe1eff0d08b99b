//! The rows alone.

use std::cmp::Ordering;

use ark_bn254::Fr;
use ark_ff::{One as _, Zero as _};

use super::{Builder, Wire};
use crate::system::{Matrix, System};

/// Cells with their factors, by place; no factor is zero.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Combination(Vec<(Fr, usize)>);

/// Where the constant one stands.
const ONE: usize = 0;

impl Wire for Combination {
    fn nothing() -> Self {
        Self::default()
    }

    fn constant(number: Fr) -> Self {
        if number.is_zero() { Self::default() } else { Self(vec![(number, ONE)]) }
    }

    fn plus(&self, other: &Self) -> Self {
        let mut sum = Vec::with_capacity(self.0.len().saturating_add(other.0.len()));
        let (mut ours, mut theirs) = (self.0.iter().peekable(), other.0.iter().peekable());
        loop {
            let next = match (ours.peek(), theirs.peek()) {
                (Some((a, place)), Some((b, other))) => match place.cmp(other) {
                    Ordering::Less => ours.next().copied(),
                    Ordering::Greater => theirs.next().copied(),
                    Ordering::Equal => {
                        let both = (*a + b, *place);
                        ours.next();
                        theirs.next();
                        if both.0.is_zero() {
                            continue;
                        }
                        Some(both)
                    }
                },
                (Some(_), None) => ours.next().copied(),
                (None, _) => theirs.next().copied(),
            };
            match next {
                Some(term) => sum.push(term),
                None => return Self(sum),
            }
        }
    }

    fn times(&self, factor: Fr) -> Self {
        if factor.is_zero() {
            return Self::default();
        }
        Self(self.0.iter().map(|(number, place)| (*number * factor, *place)).collect())
    }
}

/// Keeps the rows; numbers that come with cells are not looked at.
pub(crate) struct Rows {
    publics: usize,
    cells: usize,
    matrices: [Matrix; 3],
}

impl Rows {
    pub(crate) fn new() -> Self {
        Self { publics: 0, cells: 1, matrices: Default::default() }
    }

    pub(crate) fn finish(self) -> System {
        System::new(self.publics, self.cells, self.matrices)
    }
}

impl Builder for Rows {
    type Wire = Combination;

    fn public(&mut self, number: Fr) -> Combination {
        debug_assert_eq!(self.cells, self.publics.saturating_add(1), "public cells come first");
        self.publics = self.publics.saturating_add(1);
        self.cell(number)
    }

    fn cell(&mut self, _: Fr) -> Combination {
        let place = self.cells;
        self.cells = self.cells.saturating_add(1);
        Combination(vec![(Fr::one(), place)])
    }

    fn product(&mut self, a: &Combination, b: &Combination) -> Combination {
        let cell = self.cell(Fr::zero());
        self.require(a, b, &cell);
        cell
    }

    fn require(&mut self, a: &Combination, b: &Combination, c: &Combination) {
        for (matrix, side) in self.matrices.iter_mut().zip([a, b, c]) {
            matrix.push(side.0.clone());
        }
    }

    fn multiply_add(&mut self, a: &Combination, b: &Combination, c: &Combination) -> Combination {
        let cell = self.cell(Fr::zero());
        self.require(a, b, &cell.minus(c));
        cell
    }
}
