//! Freivalds' check as quickly as this processor can: the same answer as
//! [`arch_matrix::freivalds::check`].

use std::ops::Range;

use arch_matrix::freivalds::{Challenge, Check, Lie, Residue, Weights, is_whole};
use arch_matrix::{Carrier, Element, Integer, Matrix, Region};

use crate::backend::Backend;
use crate::threads::{share, shared, together};
#[cfg(target_arch = "x86_64")]
use crate::x86::{BytesByDigits, ForBytes, ForWords, WordsByDigits};

/// Checks a part of 8-bit integers by at most `threads` threads. `None` if it is what A and B give, else
/// its first row that is not.
#[must_use]
pub fn check_i8(
    backend: Backend,
    a: &Matrix<i8>,
    b: &Matrix<i8>,
    region: &Region,
    c: &Matrix<i32>,
    challenge: &Challenge,
    threads: usize,
) -> Option<Lie> {
    if !is_whole(region, c, challenge) {
        return Some(Lie { row: 0 });
    }
    let x = for_bytes(backend, challenge.numbers());
    let mut bx = vec![Residue::default(); region.depth.len()];
    Strip { matrix: b, rows: &region.depth, columns: &region.columns }.times(&*x, threads, &mut bx);
    let rows = quick_rows(backend, challenge, &bx);
    let (height, width) = region.size();
    let a = Strip { matrix: a, rows: &region.rows, columns: &region.depth };
    let c = Strip { matrix: c, rows: &(0..height), columns: &(0..width) };
    a.first_wrong(&c, &*rows, threads).map(|row| Lie { row })
}

/// Some rows of a matrix, from some columns.
pub(crate) struct Strip<'a, T> {
    pub(crate) matrix: &'a Matrix<T>,
    pub(crate) rows: &'a Range<u32>,
    pub(crate) columns: &'a Range<u32>,
}

impl<T: Element> Strip<'_, T> {
    /// Each row times `x`, into as many places.
    pub(crate) fn times(&self, x: &dyn Factors<T>, threads: usize, out: &mut [Residue]) {
        let share = share(self.rows.len(), threads);
        let starts = self.rows.clone().step_by(share);
        together(starts.zip(out.chunks_mut(share)).map(|(start, out)| {
            move || {
                for (row, out) in (start..self.rows.end).zip(out) {
                    *out = x.dot(self.matrix.row(row, self.columns));
                }
            }
        }));
    }
}

impl<T: Carrier> Strip<'_, T> {
    /// Holds rows of A, which this is, and of C against each other: the first that does not follow,
    /// counted from the strip's first.
    pub(crate) fn first_wrong(
        &self,
        c: &Strip<'_, T::Sum>,
        rows: &dyn Rows<T>,
        threads: usize,
    ) -> Option<u32> {
        let wrong = |share: Range<u32>| {
            share.map(|from| (from, from.saturating_sub(self.rows.start))).find_map(
                |(from, row)| {
                    let claimed = c.matrix.row(c.rows.start.saturating_add(row), c.columns);
                    let holds = rows.hold(self.matrix.row(from, self.columns), claimed);
                    (!holds).then_some(row)
                },
            )
        };
        shared(self.rows, threads, wrong).into_iter().flatten().next()
    }
}

/// Says of a row of A and a row of C whether one follows from the other.
pub(crate) trait Rows<T: Carrier>: Sync {
    fn hold(&self, a: &[T], c: &[T::Sum]) -> bool;
}

impl<T: Carrier<Sum: Integer> + Integer> Rows<T> for Check<T> {
    fn hold(&self, a: &[T], c: &[T::Sum]) -> bool {
        self.holds(a, c)
    }
}

/// With the quickest instructions for 8-bit integers.
struct Quick {
    x: Box<dyn Factors<i32>>,
    bx: Box<dyn Factors<i8>>,
}

impl Rows<i8> for Quick {
    // Sums of 32 bits that differ cannot be equal modulo p, so none needs to be held against a bound.
    fn hold(&self, a: &[i8], c: &[i32]) -> bool {
        self.x.dot(c) == self.bx.dot(a)
    }
}

pub(crate) fn quick_rows(
    backend: Backend,
    challenge: &Challenge,
    bx: &[Residue],
) -> Box<dyn Rows<i8>> {
    let x = for_words(backend, challenge.numbers());
    Box::new(Quick { x, bx: for_bytes(backend, bx) })
}

pub(crate) fn plain_rows<T: Carrier<Sum: Integer> + Integer>(
    challenge: &Challenge,
    bx: &[Residue],
) -> Box<dyn Rows<T>> {
    Box::new(Check::of_products(challenge, bx))
}

pub(crate) fn plain_factors<T: Integer>(numbers: &[Residue]) -> Box<dyn Factors<T>> {
    Box::new(Weights::new(numbers))
}

/// A vector to multiply rows with, modulo p.
pub(crate) trait Factors<T>: Sync {
    fn dot(&self, row: &[T]) -> Residue;
}

impl<T: Integer> Factors<T> for Weights<T> {
    fn dot(&self, row: &[T]) -> Residue {
        Self::dot(self, row)
    }
}

/// Those that have a `dot` of their own.
#[cfg(target_arch = "x86_64")]
macro_rules! factors {
    ($($of:ty: $with:ty),* $(,)?) => {
        $(impl Factors<$of> for $with {
            fn dot(&self, row: &[$of]) -> Residue {
                Self::dot(self, row)
            }
        })*
    };
}

#[cfg(target_arch = "x86_64")]
factors!(i8: ForBytes, i32: ForWords, i8: BytesByDigits, i32: WordsByDigits);

pub(crate) fn for_bytes(backend: Backend, numbers: &[Residue]) -> Box<dyn Factors<i8>> {
    match backend {
        #[cfg(target_arch = "x86_64")]
        Backend::Vnni(vnni) => Box::new(ForBytes::new(vnni, numbers)),
        #[cfg(target_arch = "x86_64")]
        Backend::Avx2(avx2) => Box::new(BytesByDigits::new(avx2, numbers)),
        _ => Box::new(Weights::new(numbers)),
    }
}

fn for_words(backend: Backend, numbers: &[Residue]) -> Box<dyn Factors<i32>> {
    match backend {
        #[cfg(target_arch = "x86_64")]
        Backend::Vnni(vnni) => Box::new(ForWords::new(vnni, numbers)),
        #[cfg(target_arch = "x86_64")]
        Backend::Avx2(avx2) => Box::new(WordsByDigits::new(avx2, numbers)),
        _ => Box::new(Weights::new(numbers)),
    }
}
