//! A matrix in a file, held against what a job says of it.

use arch_document::{Fault, MatrixSpec, Operand};
use arch_matrix::file::{Dtype, FileError, Stored, npy, safetensors};
use arch_matrix::prepare::quantise;
use arch_matrix::{CarrierKind, Format, PlanError, Shape, bound};
use arch_problem::codes;

/// One side of a product, in the words of the document.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Factor<'a> {
    /// `a` or `b`.
    pub(crate) name: &'static str,
    pub(crate) operand: &'a Operand,
}

impl<'a> Factor<'a> {
    pub(crate) fn both(matrix: &'a MatrixSpec) -> [Self; 2] {
        [Self { name: "a", operand: &matrix.a }, Self { name: "b", operand: &matrix.b }]
    }

    /// Where its numbers stand in the file, if they are of the type that the format takes.
    pub(crate) fn stored(&self, file: &[u8], format: Format) -> Result<Stored, Fault> {
        let told = |what: String| {
            let text = format!("input `{}`: {what}", self.operand.input);
            Fault::new(format!("/spec/matrix/{}", self.name), codes::MATRIX_FILE, text)
        };
        let tensor = self.operand.tensor.as_deref();
        let stored = header(file, tensor).map_err(|error| {
            let fault = told(error.to_string());
            match (&error, tensor) {
                (FileError::Kind(_), None) => fault.help(
                    "write the matrix with `numpy.save`, or name the `tensor` of a safetensors file",
                ),
                (FileError::NoTensor { .. }, _) => fault.help("name one of its tensors"),
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

    /// The largest absolute value, as the format holds it.
    fn largest(&self, file: &[u8], stored: &Stored, format: Format) -> Result<u64, Fault> {
        let start = usize::try_from(stored.offset).unwrap_or(usize::MAX);
        let length = stored.length().and_then(|length| usize::try_from(length).ok());
        let end = length.and_then(|length| start.checked_add(length));
        let bytes = end.and_then(|end| file.get(start..end)).unwrap_or_default();
        let small = |n: u16| u64::from(n);
        let largest = match format {
            Format::I8 => bytes.iter().map(|b| small(b.cast_signed().unsigned_abs().into())).max(),
            Format::I16 => numbers(bytes, |pair| small(i16::from_le_bytes(pair).unsigned_abs())),
            Format::Fixed8(scale) => {
                let held =
                    quantise::<i8>(&floats(bytes), scale).map_err(|e| self.not_finite(&e))?;
                held.iter().map(|n| small(n.unsigned_abs().into())).max()
            }
            Format::Fixed16(scale) => {
                let held =
                    quantise::<i16>(&floats(bytes), scale).map_err(|e| self.not_finite(&e))?;
                held.iter().map(|n| small(n.unsigned_abs())).max()
            }
            Format::F32Strict => None,
        };
        Ok(largest.unwrap_or_default())
    }

    fn not_finite(&self, error: &dyn std::fmt::Display) -> Fault {
        let text = format!("input `{}`: {error}", self.operand.input);
        Fault::new(format!("/spec/matrix/{}", self.name), codes::MATRIX_FILE, text)
    }
}

fn header(file: &[u8], tensor: Option<&str>) -> Result<Stored, FileError> {
    let length = u64::try_from(file.len()).unwrap_or(u64::MAX);
    let Some(name) = tensor else { return npy::read(file, length) };
    let size = safetensors::header_length(file, length)?;
    let from = usize::try_from(safetensors::PREFIX).unwrap_or(usize::MAX);
    let end = usize::try_from(size).ok().and_then(|size| size.checked_add(from));
    let header = end.and_then(|end| file.get(from..end)).unwrap_or_default();
    safetensors::find(header, length, name)
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

/// That no sum can overflow, and why; `file` reads the file of `a` or `b`, which is needed where the depth
/// alone is no proof.
pub(crate) fn proven(
    matrix: &MatrixSpec,
    depth: u32,
    stored: [&Stored; 2],
    file: impl Fn(&str) -> Option<Vec<u8>>,
) -> Result<String, Fault> {
    let kind = matrix.format.carrier();
    let any = bound::deepest(kind).unwrap_or(u64::MAX);
    if u64::from(depth) <= any {
        return Ok(format!("no sum overflows, up to a depth of {any}, whatever the numbers"));
    }
    let mut largest = [0_u64; 2];
    for ((factor, stored), largest) in Factor::both(matrix).iter().zip(stored).zip(&mut largest) {
        let bytes = file(factor.name).unwrap_or_default();
        *largest = factor.largest(&bytes, stored, matrix.format)?;
    }
    let [a, b] = largest;
    match bound::prove(kind, depth, a, b) {
        Ok(()) => Ok(format!("no sum overflows, since no number is beyond {a} in A and {b} in B")),
        Err(error) => {
            Err(Fault::new("/spec/matrix/format", codes::MATRIX_SHAPE, error.to_string()))
        }
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

fn numbers(bytes: &[u8], one: impl Fn([u8; 2]) -> u64) -> Option<u64> {
    bytes.as_chunks().0.iter().map(|pair| one(*pair)).max()
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks().0.iter().map(|four| f32::from_le_bytes(*four)).collect()
}
