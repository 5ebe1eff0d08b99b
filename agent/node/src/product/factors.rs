//! A and B: found by digest, held against the document before anything is reserved, and again before
//! each run.

use std::{collections::BTreeMap, fs::File};

use arch_document::{MatrixSpec, Operand as Asked};
use arch_identity::Digest;
use arch_kernels::{
    Backend,
    stream::{self, Operand, Tiles, Work},
};
use arch_matrix::{Format, Grid, Part, Plan, Shape, Splits, file::Stored};
use arch_policy::Admitted;
use arch_problem::{Problem, codes};

use super::{Product, Share, audit};
use crate::{
    shelf::Shelf,
    supplies::at,
    told::{Told, problem},
};

/// How much room values may take until the job has ended, as a multiple of what its outputs may have.
const SCRATCH: u64 = 8;

/// The most parts that are computed on one machine.
const MOST_PARTS: usize = 512;

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
    let kind = matrix.format.carrier();
    prove(&a, &b, matrix.format, shape).map_err(&unfit)?;
    let plan = matrix.is_shared().then(|| Plan::new(&matrix.order(shape, admitted.digest())));
    let plan = plan.transpose().map_err(|error| unfit(error.to_string()))?;
    let grid = match &plan {
        Some(plan) => *plan.grid(),
        None => Grid::new(shape, Splits::even(1)).map_err(|error| unfit(error.to_string()))?,
    };
    let shares = shares(plan.as_ref());
    if shares.len() > MOST_PARTS {
        let text = format!("{} parts; one machine computes at most {MOST_PARTS}", shares.len());
        return Err(unfit(text));
    }
    let bytes = u64::from(shape.rows())
        .saturating_mul(shape.columns().into())
        .saturating_mul(kind.sum_bytes())
        .saturating_add(4_096);
    let limit = admitted.limits().output_bytes;
    if bytes > limit {
        return Err(unfit(format!("the product has {bytes} bytes, and outputs may have {limit}")));
    }
    let need = audit::need(shape, matrix.format);
    if need > audit::MEMORY {
        let most = audit::MEMORY;
        return Err(unfit(format!("its check needs {need} bytes of memory, and may have {most}")));
    }
    let all = shares.iter().fold(0_u64, |sum, share| {
        sum.saturating_add(super::bytes_of(&grid, matrix.format, share.part))
    });
    let room = limit.saturating_mul(SCRATCH);
    if all > room {
        return Err(unfit(format!(
            "all parts together have {all} bytes of values; {SCRATCH} times what outputs may have is {room}"
        )));
    }
    let workers = workers(admitted);
    let share_of_memory = admitted.limits().memory_bytes.checked_div(workers.max(1)).unwrap_or(0);
    for share in &shares {
        Tiles::new(&grid, share.part, matrix.format, share_of_memory)
            .map_err(|error| unfit(error.to_string()))?;
    }
    let verify = spec.verify.clone().unwrap_or_default();
    Ok(Product {
        a,
        b,
        format: matrix.format,
        grid,
        plan,
        shares,
        memory: share_of_memory,
        workers: usize::try_from(workers).unwrap_or(1),
        overlap: verify.overlap(matrix.shards),
        freivalds: verify.freivalds(),
    })
}

/// That no sum of the whole depth can overflow; partial sums of a depth are added, too.
fn prove(
    a: &(File, Stored),
    b: &(File, Stored),
    format: Format,
    shape: Shape,
) -> Result<(), String> {
    let a = Operand::new(&a.0, a.1, format).map_err(|error| error.to_string())?;
    let b = Operand::new(&b.0, b.1, format).map_err(|error| error.to_string())?;
    let grid = Grid::new(shape, Splits::even(1)).map_err(|error| error.to_string())?;
    let work = Work {
        a: &a,
        b: &b,
        grid: &grid,
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
    Operand::new(&file, stored, matrix.format).map_err(|error| unreadable(error.to_string()))?;
    Ok((file, stored))
}
