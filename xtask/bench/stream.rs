//! A product that is larger than the memory it may take, from files into a file.

use std::fs::File;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use arch_kernels::stream::{Operand, Work, multiply};
use arch_kernels::{Backend, Multiplier};
use arch_matrix::file::{Dtype, Stored};
use arch_matrix::{Format, Grid, Matrix, Part, Shape, Splits};

use crate::matrix::{noise, timed, whole};
use crate::{Bench, Side, Sides};

/// In an eighth of the memory that A, B and C take, beside the same product in memory. The files of A
/// and B are in the system's cache, that of C is a new one each time and is not synced.
pub(crate) const ONE_THREAD: Bench = Bench {
    name: "stream",
    unit: "GOP/s, N = 4096, one thread, in 12 MiB",
    prepare: || stream(4_096, 1),
};

/// The same by two threads each.
pub(crate) const TWO_THREADS: Bench = Bench {
    name: "stream-2t",
    unit: "GOP/s, N = 4096, two threads, in 12 MiB",
    prepare: || stream(4_096, 2),
};

fn stream(side: u32, threads: usize) -> Result<Sides, String> {
    let told = |error: &dyn std::fmt::Display| error.to_string();
    let both = Arc::new((noise(side, side, 3), noise(side, side, 5)));
    let folder = tempfile::tempdir().map_err(|error| told(&error))?;
    let (a, of_a) = stored(folder.path(), "a", &both.0)?;
    let a = Operand::a(a, of_a, Format::I8).map_err(|error| told(&error))?;
    let (b, of_b) = stored(folder.path(), "b", &both.1)?;
    let b = Operand::b(b, of_b, Format::I8).map_err(|error| told(&error))?;
    let long = u64::from(side);
    let shape = Shape::new(long, long, long).map_err(|error| told(&error))?;
    let grid = Grid::new(shape, Splits::even(1)).map_err(|error| told(&error))?;
    // One byte of A and of B, four of C.
    let memory = long.saturating_mul(long).saturating_mul(6) >> 3;
    let work = 2e-9 * f64::from(side).powi(3);
    let ours: Side = Box::new(move || {
        let mut result = Err("not run".to_owned());
        let seconds = timed(|| {
            result =
                tempfile::tempfile_in(folder.path()).map_err(|error| told(&error)).and_then(|c| {
                    let (part, backend) = (Part::Row { index: 0 }, Backend::best());
                    let work = Work { a: &a, b: &b, grid: &grid, part, memory, backend, threads };
                    multiply(&work, 0, &c, |_| ControlFlow::Continue(()))
                        .map_err(|error| told(&error))
                });
        });
        result.map(|()| work / seconds)
    });
    let region = whole(side)?;
    let mut multiplier = Multiplier::new(Backend::best(), threads);
    let mut c = Matrix::zero(side, side);
    let peer: Side = Box::new(move || {
        let (a, b) = &*both;
        Ok(work / timed(|| multiplier.product_into(a, b, &region, &mut c)))
    });
    Ok(Sides { ours, peer: Some(peer) })
}

fn stored(folder: &Path, name: &str, matrix: &Matrix<i8>) -> Result<(File, Stored), String> {
    let bytes: Vec<u8> = matrix.values().iter().map(|value| value.cast_unsigned()).collect();
    let path = folder.join(name);
    std::fs::write(&path, bytes).map_err(|error| error.to_string())?;
    let (rows, columns) = (matrix.rows().into(), matrix.columns().into());
    let stored = Stored { dtype: Dtype::I8, rows, columns, offset: 0 };
    let file = File::open(&path).map_err(|error| error.to_string())?;
    Ok((file, stored))
}
