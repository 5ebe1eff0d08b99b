//! A and B, from files that somebody names or from the archive.

use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};

use arch_archive::Archive;
use arch_dispute::{Factor, Factors, Ground, Roots, Source};
use arch_document::{Job, SignedDocument};
use arch_identity::Digest;
use arch_kernels::stream::{self, Operand, OperandError, StreamError};
use arch_ledger::Record;
use arch_matrix::file::Stored;
use arch_matrix::{CarrierKind, Element, Format, Matrix};
use arch_problem::codes;

use super::flaw::Flaw;
use crate::ledger_folder::LedgerFolder;

/// Which files A and B are in.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Files {
    /// A: a .npy file, or with `--a-tensor` a safetensors file
    #[arg(long, value_name = "FILE")]
    a: PathBuf,
    /// B, likewise
    #[arg(long, value_name = "FILE")]
    b: PathBuf,
    /// The tensor of A
    #[arg(long, value_name = "NAME")]
    a_tensor: Option<String>,
    /// The tensor of B
    #[arg(long, value_name = "NAME")]
    b_tensor: Option<String>,
}

/// The same, where they may be left out.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct MaybeFiles {
    /// A: a .npy file, or with `--a-tensor` a safetensors file
    #[arg(long, value_name = "FILE", requires = "b")]
    a: Option<PathBuf>,
    /// B, likewise
    #[arg(long, value_name = "FILE", requires = "a")]
    b: Option<PathBuf>,
    /// The tensor of A
    #[arg(long, value_name = "NAME", requires = "a")]
    a_tensor: Option<String>,
    /// The tensor of B
    #[arg(long, value_name = "NAME", requires = "b")]
    b_tensor: Option<String>,
}

impl MaybeFiles {
    pub(crate) fn given(self) -> Option<Files> {
        let Self { a, b, a_tensor, b_tensor } = self;
        Some(Files { a: a?, b: b?, a_tensor, b_tensor })
    }
}

impl Files {
    /// Reads what a dispute about this place asks for.
    pub(crate) fn factors(&self, ground: &Ground) -> Result<Factors, Flaw> {
        let open = |path: &Path| {
            let cannot = |error| format!("{} cannot be read: {error}", path.display());
            File::open(path).map_err(|error| Flaw::missing(codes::MATRIX_FILE, cannot(error)))
        };
        let a = (open(&self.a)?, self.a.display().to_string(), self.a_tensor.as_deref());
        let b = (open(&self.b)?, self.b.display().to_string(), self.b_tensor.as_deref());
        factors(ground, [a, b])
    }
}

/// The roots of the job's A and B, if the archive has both.
pub(crate) fn archived(
    ledger: &LedgerFolder,
    archive: &Archive,
    job: &Digest,
    ground: &Ground,
) -> Result<Roots, Flaw> {
    let absent = |what: String| Flaw::missing(codes::NOT_ARCHIVED, what);
    let document = archive.document(job)?;
    let document = SignedDocument::parse(&job.to_string(), &document).map_err(Flaw::Missing)?;
    if document.digest() != *job {
        return Err(absent(format!(
            "what the archive has as the document of {job} is another one"
        )));
    }
    let job_document: Job = document.read().map_err(Flaw::Missing)?;
    let matrix = job_document.spec.matrix();
    let matrix = matrix.ok_or_else(|| absent(format!("the job {job} asks for no product")))?;
    let entries =
        ledger.reader.entries().map_err(|error| Flaw::missing(error.code(), error.to_string()))?;
    let accepted = entries.filter_map(Result::ok).find_map(|entry| match entry.record {
        Record::Accepted { document, inputs, .. } if document == *job => Some(inputs),
        _ => None,
    });
    let accepted = accepted.unwrap_or_default();
    let open = |operand: &arch_document::Operand| {
        let digest = accepted.get(&operand.input);
        let none = || absent(format!("the ledger names no input `{}` of the job", operand.input));
        Ok::<_, Flaw>(archive.open_object(digest.ok_or_else(none)?)?)
    };
    let a = (open(&matrix.a)?, "A".to_owned(), matrix.a.tensor.as_deref());
    let b = (open(&matrix.b)?, "B".to_owned(), matrix.b.tensor.as_deref());
    Ok(factors(ground, [a, b])?.roots())
}

type Opened<'a> = (File, String, Option<&'a str>);

/// [`Operand::a`] or [`Operand::b`].
type FactorFile = fn(File, Stored, Format) -> Result<Operand<File>, OperandError>;

fn factors(ground: &Ground, [a, b]: [Opened<'_>; 2]) -> Result<Factors, Flaw> {
    let [rows, depth, columns] = ground.sides;
    let a = operand(a, (ground.format, Operand::a), (rows, depth))?;
    let b = operand(b, (ground.format, Operand::b), (depth, columns))?;
    Factors::load(ground, &Operands { format: ground.format, a, b })
        .map_err(|error| Flaw::missing(codes::MATRIX_FILE, error.to_string()))
}

fn operand(
    (file, name, tensor): Opened<'_>,
    (format, factor): (Format, FactorFile),
    (rows, columns): (u32, u32),
) -> Result<Operand<File>, Flaw> {
    let wrong = |code, why: String| Flaw::wrong(code, format!("{name}: {why}"));
    let length = file.metadata().map(|found| found.len());
    let length = length.map_err(|error| wrong(codes::MATRIX_FILE, error.to_string()))?;
    let stored = stream::stored(&file, length, tensor)
        .map_err(|error| wrong(codes::MATRIX_FILE, error.to_string()))?;
    let operand = factor(file, stored, format)
        .map_err(|error| wrong(codes::MATRIX_FILE, error.to_string()))?;
    let size = (operand.rows(), operand.columns());
    if size != (rows, columns) {
        let why = format!("it has {} × {} numbers, not {rows} × {columns}", size.0, size.1);
        return Err(wrong(codes::MATRIX_SHAPE, why));
    }
    Ok(operand)
}

/// Both, as integers of the format.
struct Operands {
    format: Format,
    a: Operand<File>,
    b: Operand<File>,
}

impl Source for Operands {
    type Error = StreamError;

    fn piece(
        &self,
        of: Factor,
        rows: &Range<u32>,
        columns: &Range<u32>,
    ) -> Result<Vec<u8>, StreamError> {
        let operand = match of {
            Factor::A => &self.a,
            Factor::B => &self.b,
        };
        match self.format.carrier() {
            CarrierKind::I8 => operand.piece::<i8>(rows, columns).map(|piece| bytes(&piece)),
            // Floats were refused when the operand was made.
            CarrierKind::I16 | CarrierKind::F32 => {
                operand.piece::<i16>(rows, columns).map(|piece| bytes(&piece))
            }
        }
    }
}

fn bytes<T: Element>(piece: &Matrix<T>) -> Vec<u8> {
    let mut bytes = vec![0; piece.values().len().saturating_mul(T::BYTES)];
    T::write(piece.values(), &mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use arch_matrix::commit::{Commitment, LeafTree};
    use arch_matrix::file::{Dtype, npy};
    use arch_matrix::{Cell, Grid, Part, Shape, Splits};

    use super::*;

    #[expect(clippy::arithmetic_side_effects, reason = "tests count small things")]
    fn wide(rows: u32, columns: u32) -> Matrix<i16> {
        let numbers = (0..rows * columns).map(|n| i16::try_from(n).unwrap() - 700);
        Matrix::new(rows, columns, numbers.collect()).unwrap()
    }

    fn write<T: Element>(path: &Path, dtype: Dtype, matrix: &Matrix<T>) {
        let file = [npy::header(dtype, matrix.rows(), matrix.columns()), bytes(matrix)].concat();
        std::fs::write(path, file).unwrap();
    }

    fn ground(format: Format) -> Ground {
        let grid = Grid::new(Shape::new(20, 70, 18).unwrap(), Splits::even(2)).unwrap();
        let of = |part: Part| {
            let (rows, columns) = part.region(&grid).unwrap().size();
            Commitment::of(format, grid, part, &Matrix::<i64>::zero(rows, columns)).unwrap()
        };
        let (row, column) = (of(Part::Row { index: 0 }), of(Part::Column { index: 0 }));
        Ground::common(&row, &column, Cell { row: 0, column: 0 }, 0).unwrap()
    }

    #[test]
    fn wide_numbers_and_floats_become_the_integers_whose_roots_are_disputed() {
        let place = tempfile::tempdir().unwrap();
        let [a, b] = ["a.npy", "b.npy"].map(|name| place.path().join(name));
        let files = Files { a: a.clone(), b: b.clone(), a_tensor: None, b_tensor: None };
        let (left, right) = (wide(20, 70), wide(70, 18));
        write(&a, Dtype::I16, &left);
        write(&b, Dtype::I16, &right);
        let root = |format, matrix: &Matrix<i16>| {
            let (rows, columns) = (0..matrix.rows(), 0..matrix.columns());
            LeafTree::of_cell(format, matrix, &rows, &columns).root()
        };
        let roots = files.factors(&ground(Format::I16)).unwrap().roots();
        assert_eq!(roots.a, root(Format::I16, &left));
        assert_eq!(roots.b, root(Format::I16, &right));
        assert!(files.factors(&ground(Format::I8)).is_err(), "numbers of another type");

        // Floats: halves of them, times two.
        let fixed: Format = "q1/i16".parse().unwrap();
        let halves = |matrix: &Matrix<i16>| {
            let half = matrix.values().iter().map(|number| f32::from(*number) / 2.0).collect();
            Matrix::new(matrix.rows(), matrix.columns(), half).unwrap()
        };
        write::<f32>(&a, Dtype::F32, &halves(&left));
        write::<f32>(&b, Dtype::F32, &halves(&right));
        let roots = files.factors(&ground(fixed)).unwrap().roots();
        assert_eq!((roots.a, roots.b), (root(fixed, &left), root(fixed, &right)));

        write(&a, Dtype::F32, &Matrix::<f32>::zero(20, 69));
        assert!(files.factors(&ground(fixed)).is_err(), "another size");
        std::fs::remove_file(&a).unwrap();
        assert!(matches!(files.factors(&ground(fixed)), Err(Flaw::Missing(_))));
    }
}
