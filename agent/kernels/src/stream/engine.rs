//! How numbers of each kind are multiplied, and audited.

use arch_matrix::freivalds::{Challenge, Residue};
use arch_matrix::prepare::Quantised;
use arch_matrix::reference::product;
use arch_matrix::{Carrier, Integer, Matrix, Region};

use crate::audit::{Factors, Rows, for_bytes, quick_rows};
use crate::backend::{Backend, Multiplier};
use crate::blocked::{Begin, Layout};
use crate::threads::{share, together};

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
    /// How many threads.
    type Engine = usize;

    fn engine(_: Backend, threads: usize) -> usize {
        threads
    }

    /// By the definition, each thread some rows.
    fn multiply(
        threads: &mut usize,
        (a, b): (&Matrix<Self>, &Matrix<Self>),
        (begin, _): (Begin, Layout),
        c: &mut Matrix<i64>,
    ) {
        let region = whole(a, b);
        let share = share(region.rows.len(), *threads);
        let step = u32::try_from(share).unwrap_or(u32::MAX);
        let bands = c.values_mut().chunks_mut(share.saturating_mul(region.columns.len()).max(1));
        let work = region.rows.clone().step_by(share).zip(bands).map(|(start, band)| {
            let rows = start..start.saturating_add(step).min(region.rows.end);
            let region = Region { rows, ..region.clone() };
            move || {
                if begin == Begin::Afresh {
                    band.fill(0);
                }
                let new = product(a, b, &region);
                band.iter_mut()
                    .zip(new.values())
                    .for_each(|(sum, new)| *sum = Self::add(*sum, *new));
            }
        });
        together(work);
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
