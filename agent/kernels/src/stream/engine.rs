//! How numbers of each kind are multiplied, and audited.

use arch_matrix::freivalds::{Challenge, Residue};
use arch_matrix::prepare::Quantised;
use arch_matrix::{Carrier, Integer, Matrix, Region};

use crate::audit::{Factors, Rows, for_bytes, quick_rows};
use crate::backend::{Backend, Multiplier};
use crate::blocked::{Begin, Layout};
use crate::words;

/// What A and B hold.
pub(super) trait Factor: Carrier<Sum: Integer> + Quantised {
    /// What it keeps from product to product.
    type Engine;

    fn engine(backend: Backend, threads: usize) -> Self::Engine;

    /// The product of two whole matrices, into C, which has its size, or on top of what it has.
    fn multiply(
        engine: &mut Self::Engine,
        factors: (&Matrix<Self>, &Matrix<Self>),
        how: (Begin, Layout),
        c: &mut Matrix<Self::Sum>,
    );

    /// To multiply rows of B with.
    fn factors(backend: Backend, numbers: &[Residue]) -> Box<dyn Factors<Self>>;

    /// To hold rows of A and C against each other.
    fn rows(backend: Backend, challenge: &Challenge, bx: &[Residue]) -> Box<dyn Rows<Self>>;
}

impl Factor for i8 {
    type Engine = Multiplier;

    fn engine(backend: Backend, threads: usize) -> Multiplier {
        Multiplier::new(backend, threads)
    }

    fn multiply(
        engine: &mut Multiplier,
        (a, b): (&Matrix<Self>, &Matrix<Self>),
        how: (Begin, Layout),
        c: &mut Matrix<i32>,
    ) {
        engine.run((a, b), &whole(a, b), how, c);
    }

    fn factors(backend: Backend, numbers: &[Residue]) -> Box<dyn Factors<Self>> {
        for_bytes(backend, numbers)
    }

    fn rows(backend: Backend, challenge: &Challenge, bx: &[Residue]) -> Box<dyn Rows<Self>> {
        quick_rows(backend, challenge, bx)
    }
}

impl Factor for i16 {
    /// With how many threads.
    type Engine = (Backend, usize);

    fn engine(backend: Backend, threads: usize) -> Self::Engine {
        (backend, threads)
    }

    fn multiply(
        engine: &mut Self::Engine,
        (a, b): (&Matrix<Self>, &Matrix<Self>),
        (begin, _): (Begin, Layout),
        c: &mut Matrix<i64>,
    ) {
        words::multiply(*engine, (a, b), &whole(a, b), begin, c);
    }

    fn factors(_: Backend, numbers: &[Residue]) -> Box<dyn Factors<Self>> {
        crate::audit::plain_factors(numbers)
    }

    fn rows(_: Backend, challenge: &Challenge, bx: &[Residue]) -> Box<dyn Rows<Self>> {
        crate::audit::plain_rows(challenge, bx)
    }
}

fn whole<T: Carrier>(a: &Matrix<T>, b: &Matrix<T>) -> Region {
    Region { rows: 0..a.rows(), columns: 0..b.columns(), depth: 0..a.columns() }
}
