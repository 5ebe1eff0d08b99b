//! Freivalds' check in the processor's own width: the same answer as [`arch_matrix::freivalds::check`].

use std::ops::Range;
use std::thread;

use arch_matrix::freivalds::{Challenge, Check, Lie, Residue, Weights};
use arch_matrix::{Matrix, Region};

use crate::backend::Backend;

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
    let weights = Weights::<i8>::new(challenge.numbers());
    let products = |rows: Range<u32>| products(backend, &weights, b, rows, &region.columns);
    let bx: Vec<Residue> = shared(&region.depth, threads, products).into_iter().flatten().collect();
    let check = Check::of_products(challenge, &bx);
    let wrong = |rows: Range<u32>| first_wrong(backend, &check, a, c, rows, region);
    shared(&region.rows, threads, wrong).into_iter().flatten().next()
}

/// What `work` gives for each thread's share of a range, in order.
fn shared<R: Send>(
    range: &Range<u32>,
    threads: usize,
    work: impl Fn(Range<u32>) -> R + Sync,
) -> Vec<R> {
    let length = range.end.saturating_sub(range.start);
    let share = length.div_ceil(u32::try_from(threads.max(1)).unwrap_or(1)).max(1);
    let step = usize::try_from(share).unwrap_or(usize::MAX);
    let shares = range.clone().step_by(step);
    let mut shares: Vec<_> =
        shares.map(|start| start..start.saturating_add(share).min(range.end)).collect();
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

/// Written once, and compiled for each width.
macro_rules! wide {
    ($($feature:literal)?, $products:ident, $first_wrong:ident) => {
        $(#[target_feature(enable = $feature)])?
        fn $products(
            weights: &Weights<i8>,
            b: &Matrix<i8>,
            rows: Range<u32>,
            columns: &Range<u32>,
        ) -> Vec<Residue> {
            let mut products = Vec::with_capacity(rows.len());
            for row in rows {
                products.push(weights.dot(b.row(row, columns)));
            }
            products
        }

        $(#[target_feature(enable = $feature)])?
        fn $first_wrong(
            check: &Check<i8>,
            a: &Matrix<i8>,
            c: &Matrix<i32>,
            rows: Range<u32>,
            region: &Region,
        ) -> Option<Lie> {
            let width = 0..c.columns();
            for from in rows {
                let row = from.saturating_sub(region.rows.start);
                if !check.holds(a.row(from, &region.depth), c.row(row, &width)) {
                    return Some(Lie { row });
                }
            }
            None
        }
    };
}

wide!(, plain_products, plain_first_wrong);
#[cfg(target_arch = "x86_64")]
wide!("avx2", avx2_products, avx2_first_wrong);
#[cfg(target_arch = "x86_64")]
wide!("avx512f,avx512bw,avx512dq,avx512vl", avx512_products, avx512_first_wrong);

#[cfg_attr(target_arch = "x86_64", expect(unsafe_code, reason = "asked the processor before"))]
fn products(
    backend: Backend,
    weights: &Weights<i8>,
    b: &Matrix<i8>,
    rows: Range<u32>,
    columns: &Range<u32>,
) -> Vec<Residue> {
    match backend {
        Backend::Scalar(_) => plain_products(weights, b, rows, columns),
        // WHY: the compiler does not know that the processor has the instructions.
        // SAFETY: such a backend exists only where they were found.
        #[cfg(target_arch = "x86_64")]
        Backend::Avx2(_) => unsafe { avx2_products(weights, b, rows, columns) },
        #[cfg(target_arch = "x86_64")]
        Backend::Vnni(_) => unsafe { avx512_products(weights, b, rows, columns) },
    }
}

#[cfg_attr(target_arch = "x86_64", expect(unsafe_code, reason = "asked the processor before"))]
fn first_wrong(
    backend: Backend,
    check: &Check<i8>,
    a: &Matrix<i8>,
    c: &Matrix<i32>,
    rows: Range<u32>,
    region: &Region,
) -> Option<Lie> {
    match backend {
        Backend::Scalar(_) => plain_first_wrong(check, a, c, rows, region),
        // WHY and SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Backend::Avx2(_) => unsafe { avx2_first_wrong(check, a, c, rows, region) },
        #[cfg(target_arch = "x86_64")]
        Backend::Vnni(_) => unsafe { avx512_first_wrong(check, a, c, rows, region) },
    }
}
