//! A rank-1 constraint system: rows `(A·z)·(B·z) = C·z` over cells `z`.

use ark_bn254::Fr;
use ark_ff::{One as _, Zero as _};
use sha2::{Digest as _, Sha256};

use crate::iden3;

/// One side of all rows: for each row the cells with their factors, by place.
pub type Matrix = Vec<Vec<(Fr, usize)>>;

/// The rows of a circuit. Cell 0 is the number one, then come the public cells, then the prover's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct System {
    publics: usize,
    cells: usize,
    matrices: [Matrix; 3],
}

/// Why numbers are no solution.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsatisfied {
    /// Too few or too many numbers, or the first is not one.
    #[error("{have} numbers for {need} cells, the first of which is one")]
    Shape {
        /// Numbers that were given.
        have: usize,
        /// Cells that there are.
        need: usize,
    },
    /// This row does not hold.
    #[error("row {0} does not hold")]
    Row(usize),
}

impl System {
    pub(crate) fn new(publics: usize, cells: usize, matrices: [Matrix; 3]) -> Self {
        Self { publics, cells, matrices }
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.matrices.first().map_or(0, Vec::len)
    }

    /// How many cells there are, with the one and the public ones.
    #[must_use]
    pub fn cells(&self) -> usize {
        self.cells
    }

    /// How many cells are public, without the one.
    #[must_use]
    pub fn publics(&self) -> usize {
        self.publics
    }

    /// The sides A, B and C.
    #[must_use]
    pub fn matrices(&self) -> &[Matrix; 3] {
        &self.matrices
    }

    /// The size of the smallest domain that the rows and a row for each public cell fit into, as a
    /// power of two.
    #[must_use]
    pub fn power(&self) -> u32 {
        let needed = self.rows().saturating_add(self.publics).saturating_add(1);
        needed.next_power_of_two().trailing_zeros()
    }

    /// Whether `numbers` satisfy every row.
    ///
    /// # Errors
    /// [`Unsatisfied`] with the first row that does not hold.
    pub fn check(&self, numbers: &[Fr]) -> Result<(), Unsatisfied> {
        let shape = Unsatisfied::Shape { have: numbers.len(), need: self.cells };
        if numbers.len() != self.cells || !numbers.first().is_some_and(Fr::is_one) {
            return Err(shape);
        }
        match (0..self.rows()).find(|row| !self.row_holds(*row, numbers)) {
            Some(row) => Err(Unsatisfied::Row(row)),
            None => Ok(()),
        }
    }

    /// Whether one row holds; one that is not there does.
    #[must_use]
    pub fn row_holds(&self, row: usize, numbers: &[Fr]) -> bool {
        let [a, b, c] = self.matrices.each_ref().map(|matrix| {
            let terms = matrix.get(row).into_iter().flatten();
            terms.fold(Fr::zero(), |sum, (factor, place)| {
                sum + numbers.get(*place).map_or_else(Fr::zero, |number| *factor * number)
            })
        });
        a * b == c
    }

    /// The SHA-256 of the system as a `.r1cs` file.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(iden3::write_r1cs(self)).into()
    }
}
