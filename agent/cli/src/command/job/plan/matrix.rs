//! The product that a job asks for: its factors, its size, its bound, and who would compute what.

mod cover;

use std::fs::File;

use arch_archive::Archive;
use arch_document::{Fault, Job, MatrixSpec, Operand, Verified};
use arch_matrix::file::Stored;
use arch_matrix::{Plan, Splits};

use super::inputs::{Origin, Origins};
use super::node::Node;
use super::step::Step;
use crate::matrix_file::{self, Factor};
pub(super) use cover::Cover;

/// The steps of a product, and its cover plan if several shards have a part in it.
pub(super) fn product(
    job: &Verified<Job>,
    node: &Node,
    origins: &Origins,
) -> (Vec<Step>, Option<Cover>) {
    let Some(matrix) = job.get().spec.matrix() else { return (Vec::new(), None) };
    let mut steps = Vec::new();
    let look = Look { job, matrix, node, origins };
    let cover = match look.factors(&mut steps) {
        Some(found) => look.cover(&found, &mut steps).unwrap_or_else(|fault| {
            steps.push(look.no("product", fault));
            None
        }),
        None => None,
    };
    (steps, cover)
}

/// An open file, and where the matrix stands in it.
type Found = (File, Stored);

struct Look<'a> {
    job: &'a Verified<Job>,
    matrix: &'a MatrixSpec,
    node: &'a Node,
    origins: &'a Origins,
}

impl Look<'_> {
    /// Both, if both could be read; what an input's own step refused needs no second word.
    fn factors(&self, steps: &mut Vec<Step>) -> Option<[Found; 2]> {
        let [a, b] = Factor::both(self.matrix).map(|factor| {
            let (step, stored) = self.factor(&factor)?;
            steps.push(step);
            stored
        });
        Some([a?, b?])
    }

    fn factor(&self, factor: &Factor<'_>) -> Option<(Step, Option<Found>)> {
        let (operand, check) = (factor.operand, format!("matrix {}", factor.name));
        if matches!(self.origins.get(&operand.input)?, Origin::Untold) {
            let text = format!("the agent reads `{}` when it has it", operand.input);
            return Some((Step::unknown(&check, text), None));
        }
        let file = self.open(operand)?;
        Some(match factor.stored(&file, self.matrix.format) {
            Ok(stored) => {
                let tensor = operand.tensor.as_deref();
                let of = tensor.map_or(String::new(), |tensor| format!("tensor `{tensor}` of "));
                let (rows, columns) = (stored.rows, stored.columns);
                let dtype = matrix_file::word(stored.dtype);
                let text = format!("{of}`{}`: {rows} × {columns} of {dtype}", operand.input);
                (Step::ok(&check, text), Some((file, stored)))
            }
            Err(fault) => (self.no(&check, fault), None),
        })
    }

    /// The file again: it was read before for its digest, and is not kept, since it may be large.
    fn open(&self, operand: &Operand) -> Option<File> {
        match self.origins.get(&operand.input)? {
            Origin::File(path) => arch_files::open_without_links(path).ok().map(|(file, _)| file),
            Origin::Archive(digest) => {
                let state = self.node.state.as_ref()?;
                Archive::to_read(&state.join("archive")).open_object(digest).ok()
            }
            Origin::Untold => None,
        }
    }

    fn cover(&self, found: &[Found; 2], steps: &mut Vec<Step>) -> Result<Option<Cover>, Fault> {
        let [(file_a, a), (file_b, b)] = found;
        let shape = matrix_file::shape(a, b)?;
        let why = matrix_file::proven(self.matrix, shape, [(file_a, a), (file_b, b)])?;
        let (rows, depth, columns) = (shape.rows(), shape.depth(), shape.columns());
        let bits = matrix_file::sum_bits(self.matrix.format.carrier());
        let text =
            format!("{rows} × {depth} times {depth} × {columns}, sums of {bits} bits; {why}");
        steps.push(Step::ok("product", text));
        let plan = match self.matrix.is_shared() {
            true => {
                let order = self.matrix.order(shape, self.job.document().digest());
                let plan = Plan::new(&order);
                Some(plan.map_err(|error| matrix_file::no_plan(self.matrix, error))?)
            }
            false => None,
        };
        let cover = plan.as_ref().map(Cover::of);
        steps.push(Step::ok(
            "cover",
            match &cover {
                Some(cover) => cover.in_a_line(),
                None => "one shard computes all of it".to_owned(),
            },
        ));
        steps.push(Step::ok("audit", self.audit()));
        Ok(cover)
    }

    fn audit(&self) -> String {
        let spec = &self.job.get().spec;
        let overlap = match (spec.overlap(), self.matrix.is_shared()) {
            (true, _) => "what several shards computed is compared",
            (false, true) => "what several shards computed is not compared, as the job says",
            (false, false) => "nothing overlaps",
        };
        let freivalds = match spec.freivalds() {
            true => "Freivalds' test on each shard",
            false => "no Freivalds' test, as the job says",
        };
        format!("{overlap}; {freivalds}")
    }

    fn no(&self, check: &str, fault: Fault) -> Step {
        Step::no(check, self.job.document().problem(fault))
    }
}

/// `3 × 4 × 5`, as rows, columns and depth.
fn parts(splits: Splits) -> String {
    format!("{} × {} × {}", splits.rows, splits.columns, splits.depth)
}
