//! A and B of a job that was accepted, and the values of a leaf as somebody of ours committed to them: all
//! of it from the archive.

use std::{fs::File, thread};

use arch_dispute::{Factor, Factors, Ground, OneFactor, Source};
use arch_document::{Job, Operand as Asked, SignedDocument};
use arch_identity::Digest;
use arch_kernels::stream::{self, Operand, OperandError, ReadAt as _, StreamError};
use arch_matrix::{
    CarrierKind, Cell, Element, Format, Matrix, Part,
    commit::{Commitment, leaf_hash},
    file::Stored,
};
use arch_problem::codes;

use crate::{
    memory::KnownJob,
    node::Node,
    product::{found, stored_values},
    told::{Told, problem},
};

/// A and B, as the job's format takes them.
pub(super) struct Operands {
    a: Operand<File>,
    b: Operand<File>,
}

impl Operands {
    /// Those of a job.
    pub(super) fn of(node: &Node, digest: &Digest, job: &KnownJob) -> Told<Self> {
        let source = node.stores.shelf.document(digest)?;
        let document = SignedDocument::parse(&digest.to_string(), &source)?;
        let read: Job = document.read()?;
        let matrix = read.spec.matrix();
        let matrix =
            matrix.ok_or_else(|| problem(codes::WENT_MISSING, "no product is asked for"))?;
        // Each is hashed, to see whether it still is what the ledger names.
        let format = matrix.format;
        let (a, b) = side_by_side(
            || open(node, job, (&matrix.a, format), Operand::a),
            || open(node, job, (&matrix.b, format), Operand::b),
        );
        Ok(Self { a: a?, b: b? })
    }

    /// What a dispute about this place can ask for. Reads all of A and B, side by side.
    pub(super) fn around(&self, ground: &Ground) -> Told<Factors> {
        let told = |error: StreamError| {
            problem(codes::FILE_MACHINE, format!("A or B of the job: {error}"))
        };
        let load = |of| OneFactor::load(ground, self, of).map_err(told);
        let (a, b) = side_by_side(|| load(Factor::A), || load(Factor::B));
        Ok(Factors::of(ground, a?, b?))
    }
}

/// Both, on a thread each: large matrices take most of a second.
fn side_by_side<T: Send>(
    one: impl FnOnce() -> Told<T> + Send,
    other: impl FnOnce() -> Told<T>,
) -> (Told<T>, Told<T>) {
    thread::scope(|scope| {
        let one = scope.spawn(one);
        let other = other();
        let broke = |_panic| Err(problem(codes::FILE_MACHINE, "reading A or B broke off"));
        (one.join().unwrap_or_else(broke), other)
    })
}

fn open(
    node: &Node,
    job: &KnownJob,
    (asked, format): (&Asked, Format),
    factor: fn(File, Stored, Format) -> Result<Operand<File>, OperandError>,
) -> Told<Operand<File>> {
    let unusable = |why: String| {
        problem(codes::WENT_MISSING, format!("input `{}` of the job: {why}", asked.input))
    };
    let digest = job.inputs.to_map().get(&asked.input).copied();
    let digest = digest.ok_or_else(|| unusable("the ledger does not name it".to_owned()))?;
    let (file, length) = node.stores.shelf.open_object(&digest)?;
    let stored = stream::stored(&file, length, asked.tensor.as_deref())
        .map_err(|error| unusable(error.to_string()))?;
    factor(file, stored, format).map_err(|error| unusable(error.to_string()))
}

impl Source for Operands {
    type Error = StreamError;

    fn piece(
        &self,
        of: Factor,
        rows: &std::ops::Range<u32>,
        columns: &std::ops::Range<u32>,
    ) -> Result<Vec<u8>, StreamError> {
        let operand = match of {
            Factor::A => &self.a,
            Factor::B => &self.b,
        };
        Ok(match operand.format().carrier() {
            CarrierKind::I16 => bytes(&operand.piece::<i16>(rows, columns)?),
            _ => bytes(&operand.piece::<i8>(rows, columns)?),
        })
    }
}

fn bytes<T: Element>(piece: &Matrix<T>) -> Vec<u8> {
    let mut bytes = vec![0; piece.values().len().saturating_mul(T::BYTES)];
    T::write(piece.values(), &mut bytes);
    bytes
}

/// The values of a leaf that somebody committed to: as the evidence shows them, else from the product
/// itself. None if they are not kept.
pub(super) fn leaf(
    node: &Node,
    job: &KnownJob,
    ground: &Ground,
    cell: Cell,
    commitment: &Commitment,
) -> Told<Option<Vec<u8>>> {
    let outputs = job.end.as_ref().map(|end| end.outputs.to_map()).unwrap_or_default();
    if let Some(evidence) = outputs.get("evidence") {
        for finding in found(node, evidence)? {
            let shown = finding.shown(cell, &ground.at, commitment);
            if let Some(shown) = shown {
                return Ok(Some(shown.to_vec()));
            }
        }
    }
    let Some(product) = outputs.get("product") else { return Ok(None) };
    // A sum over part of the depth does not stand in C.
    let [_, depth, _] = ground.sides;
    let whole = ground.depth.start == 0 && ground.depth.end == depth;
    if !whole || matches!(commitment.part(), Part::Reduction { .. }) {
        return Ok(None);
    }
    from_product(node, product, ground).map(Some)
}

fn from_product(node: &Node, product: &Digest, ground: &Ground) -> Told<Vec<u8>> {
    let unreadable =
        |why: String| problem(codes::ARCHIVE_IO, format!("the product {product}: {why}"));
    let (file, offset) = stored_values(node, product)?;
    let [_, _, columns] = ground.sides;
    let width = ground.format.carrier().sum_bytes();
    let line = u64::try_from(ground.columns.len()).unwrap_or(u64::MAX).saturating_mul(width);
    let mut bytes = Vec::new();
    for row in ground.rows.clone() {
        let number = u64::from(row).saturating_mul(columns.into());
        let number = number.saturating_add(ground.columns.start.into());
        let at = offset.saturating_add(number.saturating_mul(width));
        let mut values = vec![0; usize::try_from(line).unwrap_or_default()];
        file.read_at(at, &mut values).map_err(|error| unreadable(error.to_string()))?;
        bytes.extend_from_slice(&values);
    }
    Ok(bytes)
}

/// The hash of a leaf's values.
pub(super) fn hash(ground: &Ground, bytes: &[u8]) -> arch_matrix::commit::Hash {
    leaf_hash(ground.format, &ground.at, bytes)
}
