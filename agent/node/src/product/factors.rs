//! A and B: found by digest, held against the document before anything is reserved, and again before
//! each run.

use std::{collections::BTreeMap, fs::File};

use arch_document::{MatrixSpec, Operand as Asked};
use arch_identity::Digest;
use arch_kernels::{
    Backend,
    stream::{self, Operand, Work},
};
use arch_matrix::{Format, Grid, Part, Plan, Shape, file::Stored};
use arch_policy::Admitted;
use arch_problem::{Problem, codes};

use super::{Product, Share};
use crate::{
    shelf::Shelf,
    supplies::at,
    told::{Told, problem},
};

/// Looks at the inputs of a job, which are in the archive.
///
/// # Errors
/// A problem with its place in the document: a file that is no matrix, sizes that do not fit.
pub(crate) fn look(
    shelf: &Shelf,
    admitted: &Admitted,
    inputs: &BTreeMap<String, Digest>,
) -> Told<Product> {
    let spec = &admitted.job().get().spec;
    let Some(matrix) = spec.matrix() else {
        return Err(problem(codes::WENT_MISSING, "the job asks for no product"));
    };
    let (a, b) = (open(shelf, admitted, inputs, matrix, &matrix.a)?, {
        open(shelf, admitted, inputs, matrix, &matrix.b)?
    });
    let unfit = |error: String| at(admitted, "/spec/matrix", problem(codes::MATRIX_SHAPE, error));
    let shape = Shape::of((a.1.rows, a.1.columns), (b.1.rows, b.1.columns))
        .map_err(|error| unfit(error.to_string()))?;
    prove(&a, &b, matrix.format, shape).map_err(&unfit)?;
    let plan = matrix.is_shared().then(|| Plan::new(&matrix.order(shape, admitted.digest())));
    let plan = plan.transpose().map_err(|error| unfit(error.to_string()))?;
    let workers = workers(admitted);
    let verify = spec.verify.clone().unwrap_or_default();
    let product = Product {
        a,
        b,
        format: matrix.format,
        grid: plan.as_ref().map_or_else(|| Grid::whole(shape), |plan| *plan.grid()),
        shares: shares(plan.as_ref()),
        plan,
        memory: admitted.limits().memory_bytes.checked_div(workers.max(1)).unwrap_or(0),
        workers: usize::try_from(workers).unwrap_or(1),
        overlap: verify.overlap(matrix.shards),
        freivalds: verify.freivalds(),
    };
    product.require_room(admitted.limits().output_bytes).map_err(unfit)?;
    Ok(product)
}

/// That no sum of the whole depth can overflow; partial sums of a depth are added, too.
fn prove(
    a: &(File, Stored),
    b: &(File, Stored),
    format: Format,
    shape: Shape,
) -> Result<(), String> {
    let a = Operand::a(&a.0, a.1, format).map_err(|error| error.to_string())?;
    let b = Operand::b(&b.0, b.1, format).map_err(|error| error.to_string())?;
    let work = Work {
        a: &a,
        b: &b,
        grid: &Grid::whole(shape),
        part: Part::Row { index: 0 },
        memory: u64::MAX,
        backend: Backend::best(),
        threads: 1,
    };
    stream::prove(&work).map(drop).map_err(|error| error.to_string())
}

/// One for each processor, begun ones included.
fn workers(admitted: &Admitted) -> u64 {
    admitted.job().get().spec.resources.cpu.millicores().div_ceil(1_000).clamp(1, 64)
}

fn shares(plan: Option<&Plan>) -> Vec<Share> {
    match plan {
        None => vec![Share { node: 0, part: Part::Row { index: 0 } }],
        Some(plan) => {
            let nodes = plan.nodes().iter().enumerate();
            nodes
                .flat_map(|(node, one)| one.parts().map(move |part| Share { node, part }))
                .collect()
        }
    }
}

fn open(
    shelf: &Shelf,
    admitted: &Admitted,
    inputs: &BTreeMap<String, Digest>,
    matrix: &MatrixSpec,
    asked: &Asked,
) -> Told<(File, Stored)> {
    let pointer = format!("/spec/inputs/{}", asked.input);
    let told = |problem: Box<Problem>| at(admitted, &pointer, problem);
    let digest = inputs.get(&asked.input).copied();
    let digest = digest.ok_or_else(|| told(problem(codes::INPUT_ABSENT, "it is not there")))?;
    let (file, length) = shelf.open_object(&digest).map_err(told)?;
    let unreadable = |error: String| {
        told(problem(codes::MATRIX_FILE, format!("input `{}`: {error}", asked.input)))
    };
    let stored = stream::stored(&file, length, asked.tensor.as_deref())
        .map_err(|error| unreadable(error.to_string()))?;
    // What files a format takes does not depend on which factor it is.
    Operand::a(&file, stored, matrix.format).map_err(|error| unreadable(error.to_string()))?;
    Ok((file, stored))
}
