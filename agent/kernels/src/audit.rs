//! Freivalds' check as quickly as this processor can: the same answer as
//! [`arch_matrix::freivalds::check`].

use std::ops::Range;
use std::thread;

use arch_matrix::freivalds::{Challenge, Lie, Residue, Weights, is_whole};
use arch_matrix::{Integer, Matrix, Region};

use crate::backend::Backend;
#[cfg(target_arch = "x86_64")]
use crate::x86::{ForBytes, ForWords};

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
    let products = |rows: Range<u32>| -> Vec<Residue> {
        rows.map(|row| x.dot(b.row(row, &region.columns))).collect()
    };
    let bx: Vec<Residue> = shared(&region.depth, threads, products).into_iter().flatten().collect();
    let (x, bx) = (for_words(backend, challenge.numbers()), for_bytes(backend, &bx));
    let width = 0..c.columns();
    // Sums of 32 bits that differ cannot be equal modulo p, so none needs to be held against a bound.
    let wrong = |rows: Range<u32>| {
        rows.map(|from| (from, from.saturating_sub(region.rows.start)))
            .find(|(from, row)| x.dot(c.row(*row, &width)) != bx.dot(a.row(*from, &region.depth)))
            .map(|(_, row)| Lie { row })
    };
    shared(&region.rows, threads, wrong).into_iter().flatten().next()
}

/// A vector to multiply rows with, modulo p.
trait Factors<T>: Sync {
    fn dot(&self, row: &[T]) -> Residue;
}

impl<T: Integer> Factors<T> for Weights<T> {
    fn dot(&self, row: &[T]) -> Residue {
        Self::dot(self, row)
    }
}

#[cfg(target_arch = "x86_64")]
impl Factors<i8> for ForBytes {
    fn dot(&self, row: &[i8]) -> Residue {
        Self::dot(self, row)
    }
}

#[cfg(target_arch = "x86_64")]
impl Factors<i32> for ForWords {
    fn dot(&self, row: &[i32]) -> Residue {
        Self::dot(self, row)
    }
}

fn for_bytes(backend: Backend, numbers: &[Residue]) -> Box<dyn Factors<i8>> {
    match backend {
        #[cfg(target_arch = "x86_64")]
        Backend::Vnni(vnni) => Box::new(ForBytes::new(vnni, numbers)),
        _ => Box::new(Weights::new(numbers)),
    }
}

fn for_words(backend: Backend, numbers: &[Residue]) -> Box<dyn Factors<i32>> {
    match backend {
        #[cfg(target_arch = "x86_64")]
        Backend::Vnni(vnni) => Box::new(ForWords::new(vnni, numbers)),
        _ => Box::new(Weights::new(numbers)),
    }
}

/// What `work` gives for each thread's share of a range, in order.
fn shared<R: Send>(
    range: &Range<u32>,
    threads: usize,
    work: impl Fn(Range<u32>) -> R + Sync,
) -> Vec<R> {
    let length = range.end.saturating_sub(range.start);
    let share = length.div_ceil(u32::try_from(threads.max(1)).unwrap_or(1)).max(1);
    let starts = range.clone().step_by(usize::try_from(share).unwrap_or(usize::MAX));
    let mut shares: Vec<_> =
        starts.map(|start| start..start.saturating_add(share).min(range.end)).collect();
    let last = shares.pop();
    thread::scope(|scope| {
        let work = &work;
        let started: Vec<_> =
            shares.into_iter().map(|share| scope.spawn(move || work(share))).collect();
        let last = last.map(work);
        let join = |thread: thread::ScopedJoinHandle<'_, R>| {
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        started.into_iter().map(join).chain(last).collect()
    })
}
