//! Exact products on the processor, what a commitment to one costs, and what an audit of one costs.

use std::sync::Arc;
use std::time::Instant;

use arch_kernels::{Backend, Multiplier, check_i8};
use arch_matrix::commit::{Hash, LeafTree};
use arch_matrix::freivalds::Challenge;
use arch_matrix::{Cell, Comparison, Format, Matrix, Region, Shape, compare};

use crate::python::{NUMPY, Python, TORCH};
use crate::{Bench, Side, Sides, places};

/// Beside 32-bit floats by OpenBLAS, as NumPy brings it.
pub(crate) const ONE_THREAD: Bench =
    Bench { name: "matmul-cpu-i8-1t", unit: "GOP/s, N = 2048", prepare: || floats(2_048, 1) };

/// The same by two threads each.
pub(crate) const TWO_THREADS: Bench =
    Bench { name: "matmul-cpu-i8-2t", unit: "GOP/s, N = 2048", prepare: || floats(2_048, 2) };

/// A small one.
pub(crate) const SMALL: Bench =
    Bench { name: "matmul-cpu-i8-1t-1024", unit: "GOP/s, N = 1024", prepare: || floats(1_024, 1) };

/// A large one.
pub(crate) const LARGE: Bench =
    Bench { name: "matmul-cpu-i8-1t-4096", unit: "GOP/s, N = 4096", prepare: || floats(4_096, 1) };

/// Beside the same product of 8-bit integers by torch, one thread each.
pub(crate) const BESIDE_TORCH: Bench =
    Bench { name: "matmul-cpu-vs-torch", unit: "GOP/s, N = 2048", prepare: || torch(2_048, 1) };

/// The commitment to a product, as a share of the product, one thread each.
pub(crate) const COMMIT: Bench =
    Bench { name: "commit-4096", unit: "ms, one thread, beside the product's", prepare: commit };

/// Comparing the leaves of all of C and Freivalds' check of it, as a share of the product.
pub(crate) const AUDIT: Bench = Bench {
    name: "audit-4096",
    unit: "ms, one thread, beside the product's",
    prepare: || audit(4_096, 4_096),
};

/// The same where it weighs less; of the product a sixteenth is computed, and counted sixteen times.
pub(crate) const AUDIT_LARGE: Bench = Bench {
    name: "audit-16384",
    unit: "ms, one thread, beside the product's",
    prepare: || audit(16_384, 1_024),
};

pub(crate) fn noise(rows: u32, columns: u32, seed: u64) -> Matrix<i8> {
    let mut matrix = Matrix::zero(rows, columns);
    let mut state = seed;
    for value in matrix.values_mut() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let [.., byte, _, _] = state.to_le_bytes();
        *value = byte.cast_signed();
    }
    matrix
}

fn floats(side: u32, threads: usize) -> Result<Sides, String> {
    matmul(side, threads, ("NumPy", "ARCH_PEER_NUMPY", NUMPY))
}

fn torch(side: u32, threads: usize) -> Result<Sides, String> {
    matmul(side, threads, ("torch", "ARCH_PEER_TORCH", TORCH))
}

/// Beside a library of Python, if there is one.
fn matmul(
    side: u32,
    threads: usize,
    (library, place, script): (&str, &str, &str),
) -> Result<Sides, String> {
    let (a, b, region) = (noise(side, side, 3), noise(side, side, 5), whole(side)?);
    let work = 2e-9 * f64::from(side).powi(3);
    // As NumPy's, into a matrix that is there.
    let mut multiplier = Multiplier::new(Backend::best(), threads);
    let mut c = Matrix::zero(side, side);
    let ours: Side = Box::new(move || {
        // Once uncounted: threads of the peer go on asking for work for a while after a product.
        multiplier.product_into(&a, &b, &region, &mut c);
        let seconds = timed(|| multiplier.product_into(&a, &b, &region, &mut c));
        Ok(work / seconds)
    });
    let python = places::other(place).ok_or_else(|| format!("there is no {library}"));
    let python = python.and_then(|python| Python::start(&python, script, side, threads));
    let peer = match python {
        Ok(mut python) => {
            let peer: Side = Box::new(move || python.product().map(|seconds| work / seconds));
            Some(peer)
        }
        Err(why) => {
            eprintln!("SKIPPED because {why}: the row has no peer");
            None
        }
    };
    Ok(Sides { ours, peer })
}

fn commit() -> Result<Sides, String> {
    let side = 4_096;
    let (a, b, region) = (noise(side, side, 3), noise(side, side, 5), whole(side)?);
    let c = Multiplier::new(Backend::best(), 2).product(&a, &b, &region);
    let all = 0..side;
    let ours = move || Ok(1e3 * timed(|| LeafTree::of_cell(Format::I8, &c, &all, &all)));
    let mut multiplier = Multiplier::new(Backend::best(), 1);
    let mut again = Matrix::zero(side, side);
    let peer = move || Ok(1e3 * timed(|| multiplier.product_into(&a, &b, &region, &mut again)));
    Ok(Sides { ours: Box::new(ours), peer: Some(Box::new(peer)) })
}

/// Of the product that is the peer, `rows` of A are multiplied.
fn audit(side: u32, rows: u32) -> Result<Sides, String> {
    let both = Arc::new((noise(side, side, 3), noise(side, side, 5)));
    let region = whole(side)?;
    let c = Multiplier::new(Backend::best(), 2).product(&both.0, &both.1, &region);
    let all = 0..side;
    let tree = LeafTree::of_cell(Format::I8, &c, &all, &all);
    let (other, root) = (LeafTree::new(tree.leaves().to_vec()), tree.root());
    let some = Region { rows: 0..rows, ..region.clone() };
    let times = f64::from(side) / f64::from(rows);
    let factors = Arc::clone(&both);
    let ours = move || {
        let (a, b) = &*factors;
        let mut honest = false;
        let seconds = timed(|| honest = audited(&tree, &other, a, b, &region, &c, &root));
        if honest {
            Ok(1e3 * seconds)
        } else {
            Err("an honest product was not believed".to_owned())
        }
    };
    let mut multiplier = Multiplier::new(Backend::best(), 1);
    let mut again = Matrix::zero(rows, side);
    let peer = move || {
        let (a, b) = &*both;
        Ok(1e3 * times * timed(|| multiplier.product_into(a, b, &some, &mut again)))
    };
    Ok(Sides { ours: Box::new(ours), peer: Some(Box::new(peer)) })
}

fn audited(
    tree: &LeafTree,
    other: &LeafTree,
    a: &Matrix<i8>,
    b: &Matrix<i8>,
    region: &Region,
    c: &Matrix<i32>,
    root: &Hash,
) -> bool {
    let (rows, columns) = region.size();
    let equal = compare(Cell { row: 0, column: 0 }, (rows, columns), tree, other);
    let challenge = Challenge::draw(&[9; 32], root, columns);
    let lie = check_i8(Backend::best(), a, b, region, c, &challenge, 1);
    equal == Some(Comparison::Equal) && lie.is_none()
}

pub(crate) fn whole(side: u32) -> Result<Region, String> {
    let side = u64::from(side);
    Shape::new(side, side, side).map(Region::whole).map_err(|error| error.to_string())
}

pub(crate) fn timed<R>(work: impl FnOnce() -> R) -> f64 {
    let started = Instant::now();
    std::hint::black_box(work());
    started.elapsed().as_secs_f64()
}
