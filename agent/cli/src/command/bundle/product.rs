//! Whether the product in a bundle is that of its factors: nobody is believed, and nothing is computed again
//! but two products with a vector that was drawn here and now.

use std::fs::File;
use std::path::Path;

use arch_archive::bundle::Bundle;
use arch_document::{MatrixSpec, Operand as Asked};
use arch_kernels::Backend;
use arch_kernels::stream::{self, Behind, Operand, Work};
use arch_matrix::file::{Dtype, Stored};
use arch_matrix::freivalds::Challenge;
use arch_matrix::{CarrierKind, Grid, Part, Shape, Splits};
use arch_problem::{Problem, codes};

use crate::answer::Stop;
use crate::chance;

/// The check takes what its vectors need and some megabytes, and no more than this.
const MEMORY: u64 = 1 << 32;

/// `None` if the node kept the digest alone of a file that is needed.
pub(super) fn holds(
    folder: &Path,
    bundle: &Bundle,
    matrix: &MatrixSpec,
) -> Result<Option<bool>, Stop> {
    let names = [
        format!("inputs/{}", matrix.a.input),
        format!("inputs/{}", matrix.b.input),
        "outputs/product".to_owned(),
    ];
    let there = |name: &String| {
        bundle.files().any(|(file, _)| file == name) && !bundle.absent().contains(name)
    };
    if !names.iter().all(there) {
        return Ok(None);
    }
    let [a, b, c] = names.map(|name| folder.join(name));
    let factor = |path: &Path, asked: &Asked| open(path, asked.tensor.as_deref());
    let (a, b) = (factor(&a, &matrix.a)?, factor(&b, &matrix.b)?);
    let c = open(&c, None)?;
    let shape = Shape::of((a.1.rows, a.1.columns), (b.1.rows, b.1.columns)).map_err(invalid)?;
    let grid = Grid::new(shape, Splits::even(1)).map_err(invalid)?;
    let size = (u64::from(shape.rows()), u64::from(shape.columns()));
    let sums = match matrix.format.carrier() {
        CarrierKind::I8 => Dtype::I32,
        CarrierKind::I16 => Dtype::I64,
        CarrierKind::F32 => Dtype::F32,
    };
    if (c.1.rows, c.1.columns, c.1.dtype) != (size.0, size.1, sums) {
        return Ok(Some(false));
    }
    let a = Operand::a(a.0, a.1, matrix.format).map_err(invalid)?;
    let b = Operand::b(b.0, b.1, matrix.format).map_err(invalid)?;
    let work = Work {
        a: &a,
        b: &b,
        grid: &grid,
        part: Part::Row { index: 0 },
        memory: MEMORY,
        backend: Backend::best(),
        threads: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
    };
    // Drawn after the product is there, and by whoever wants to know: no entry need be believed.
    let seed = chance::bytes::<32>()?;
    let challenge = Challenge::of_file(&seed, bundle.document().as_bytes(), shape.columns());
    let behind = Behind { bytes: c.0, offset: c.1.offset };
    let lie = stream::audit(&work, &behind, &challenge).map_err(invalid)?;
    Ok(Some(lie.is_none()))
}

fn open(path: &Path, tensor: Option<&str>) -> Result<(File, Stored), Stop> {
    let told = |error: &dyn std::fmt::Display| invalid(format!("`{}`: {error}", path.display()));
    let file = File::open(path).map_err(|error| told(&error))?;
    let length = file.metadata().map_err(|error| told(&error))?.len();
    let stored = stream::stored(&file, length, tensor).map_err(|error| told(&error))?;
    Ok((file, stored))
}

fn invalid(error: impl std::fmt::Display) -> Stop {
    Stop::from(Problem::new(codes::BUNDLE_INVALID, error.to_string()))
}
