//! A matrix in a file, held against what a job says of it.

use std::fs::File;

use arch_document::{Fault, MatrixSpec, Operand as Asked};
use arch_kernels::Backend;
use arch_kernels::stream::{self, HeaderError, Operand, Proof, StreamError, Work};
use arch_matrix::file::{Dtype, FileError, Stored};
use arch_matrix::{CarrierKind, Format, Grid, Part, PlanError, Shape, Splits, bound};
use arch_problem::codes;

/// One side of a product, in the words of the document.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Factor<'a> {
    /// `a` or `b`.
    pub(crate) name: &'static str,
    pub(crate) operand: &'a Asked,
}

impl<'a> Factor<'a> {
    pub(crate) fn both(matrix: &'a MatrixSpec) -> [Self; 2] {
        [Self { name: "a", operand: &matrix.a }, Self { name: "b", operand: &matrix.b }]
    }

    /// Where its numbers stand in the file, if they are of the type that the format takes.
    pub(crate) fn stored(&self, file: &File, format: Format) -> Result<Stored, Fault> {
        let told = |what: String| {
            let text = format!("input `{}`: {what}", self.operand.input);
            Fault::new(format!("/spec/matrix/{}", self.name), codes::MATRIX_FILE, text)
        };
        let tensor = self.operand.tensor.as_deref();
        let length = file.metadata().map_err(|error| told(error.to_string()))?.len();
        let stored = stream::stored(file, length, tensor).map_err(|error| {
            let fault = told(error.to_string());
            match (&error, tensor) {
                (HeaderError::File(FileError::Kind(_)), None) => fault.help(
                    "write the matrix with `numpy.save`, or name the `tensor` of a safetensors file",
                ),
                (HeaderError::File(FileError::NoTensor { .. }), _) => fault.help("name one of its tensors"),
                _ => fault,
            }
        })?;
        match dtype(format) {
            Some(need) if need != stored.dtype => {
                let (has, need) = (word(stored.dtype), word(need));
                Err(told(format!("it holds numbers of type {has}, and `{format}` takes {need}"))
                    .help(format!("store them as {need}, or write another `format`")))
            }
            _ => Ok(stored),
        }
    }
}

/// What files hold for a format; `None` for one that no node runs.
fn dtype(format: Format) -> Option<Dtype> {
    match format {
        Format::I8 => Some(Dtype::I8),
        Format::I16 => Some(Dtype::I16),
        Format::Fixed8(_) | Format::Fixed16(_) => Some(Dtype::F32),
        Format::F32Strict => None,
    }
}

/// The type in the words of NumPy's users.
pub(crate) fn word(dtype: Dtype) -> &'static str {
    match dtype {
        Dtype::I8 => "int8",
        Dtype::I16 => "int16",
        Dtype::I32 => "int32",
        Dtype::I64 => "int64",
        Dtype::F32 => "float32",
    }
}

/// The size of the product.
pub(crate) fn shape(a: &Stored, b: &Stored) -> Result<Shape, Fault> {
    Shape::of((a.rows, a.columns), (b.rows, b.columns)).map_err(|error| {
        Fault::new("/spec/matrix", codes::MATRIX_SHAPE, error.to_string()).on_key()
    })
}

/// That no sum can overflow, and why. Where the depth alone is no proof, all numbers are read.
pub(crate) fn proven(
    matrix: &MatrixSpec,
    shape: Shape,
    [a, b]: [(&File, &Stored); 2],
) -> Result<String, Fault> {
    let told = |error: &dyn std::fmt::Display| {
        Fault::new("/spec/matrix/format", codes::MATRIX_SHAPE, error.to_string())
    };
    let a = Operand::a(a.0, *a.1, matrix.format).map_err(|error| told(&error))?;
    let b = Operand::b(b.0, *b.1, matrix.format).map_err(|error| told(&error))?;
    let work = Work {
        a: &a,
        b: &b,
        grid: &Grid::new(shape, Splits::even(1)).map_err(|error| told(&error))?,
        part: Part::Row { index: 0 },
        memory: u64::MAX,
        backend: Backend::best(),
        threads: 1,
    };
    match stream::prove(&work) {
        Ok(Proof::Depth) => {
            let any = bound::deepest(matrix.format.carrier()).unwrap_or(u64::MAX);
            Ok(format!("no sum overflows, up to a depth of {any}, whatever the numbers"))
        }
        Ok(Proof::Numbers { a, b }) => {
            Ok(format!("no sum overflows, since no number is beyond {a} in A and {b} in B"))
        }
        Err(error @ StreamError::NotFinite { .. }) => {
            Err(Fault::new("/spec/matrix", codes::MATRIX_FILE, error.to_string()))
        }
        Err(error) => Err(told(&error)),
    }
}

/// The document's own rules hold already; what is left is that a side is too short for its parts.
pub(crate) fn no_plan(matrix: &MatrixSpec, error: PlanError) -> Fault {
    let at = if matrix.splits.is_some() { "splits" } else { "shards" };
    let fault = Fault::new(format!("/spec/matrix/{at}"), codes::MATRIX_SHAPE, error.to_string());
    match error {
        PlanError::Cut(_) => fault.help("cut it into fewer parts, or have fewer shards"),
        _ => fault,
    }
}

/// Bits of a number of C.
pub(crate) fn sum_bits(kind: CarrierKind) -> u64 {
    kind.sum_bytes().saturating_mul(8)
}
