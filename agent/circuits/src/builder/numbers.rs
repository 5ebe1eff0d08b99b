//! The numbers alone.

use ark_bn254::Fr;
use ark_ff::{One as _, Zero as _};

use super::{Builder, Wire};

impl Wire for Fr {
    fn nothing() -> Self {
        Self::zero()
    }

    fn constant(number: Fr) -> Self {
        number
    }

    fn plus(&self, other: &Self) -> Self {
        *self + other
    }

    fn times(&self, factor: Fr) -> Self {
        *self * factor
    }
}

/// Keeps the number of each cell: the one first, then public cells, then the others. Whether they
/// satisfy any row is for [`crate::System::check`] to say.
pub(crate) struct Numbers {
    cells: Vec<Fr>,
}

impl Numbers {
    pub(crate) fn new() -> Self {
        Self { cells: vec![Fr::one()] }
    }

    pub(crate) fn finish(self) -> Vec<Fr> {
        self.cells
    }
}

impl Builder for Numbers {
    type Wire = Fr;

    fn public(&mut self, number: Fr) -> Fr {
        self.cell(number)
    }

    fn cell(&mut self, number: Fr) -> Fr {
        self.cells.push(number);
        number
    }

    fn product(&mut self, a: &Fr, b: &Fr) -> Fr {
        self.cell(*a * b)
    }

    fn require(&mut self, _: &Fr, _: &Fr, _: &Fr) {}

    fn multiply_add(&mut self, a: &Fr, b: &Fr, c: &Fr) -> Fr {
        self.cell(*a * b + c)
    }
}
