//! Two factors in files, and a job that asks for their product.

use std::fs;

use arch_identity::Digest;
use arch_kernels::{Backend, Multiplier};
use arch_matrix::{
    Carrier, Element, Matrix, Region, Shape,
    file::{Dtype, npy},
    product,
};

use crate::{JobText, World};

/// What factors can hold here.
pub trait Number: Carrier {
    /// The format of a job.
    const FORMAT: &str;
    /// The type of their files.
    const DTYPE: Dtype;
    /// The type of the product's file.
    const SUMS: Dtype;

    /// All of the product.
    fn multiply(a: &Matrix<Self>, b: &Matrix<Self>, whole: &Region) -> Matrix<Self::Sum>;
}

impl Number for i8 {
    const FORMAT: &str = "i8";
    const DTYPE: Dtype = Dtype::I8;
    const SUMS: Dtype = Dtype::I32;

    /// Held against the definition elsewhere, and quicker.
    fn multiply(a: &Matrix<Self>, b: &Matrix<Self>, whole: &Region) -> Matrix<i32> {
        Multiplier::new(Backend::best(), 1).product(a, b, whole)
    }
}

impl Number for i16 {
    const FORMAT: &str = "i16";
    const DTYPE: Dtype = Dtype::I16;
    const SUMS: Dtype = Dtype::I64;

    fn multiply(a: &Matrix<Self>, b: &Matrix<Self>, whole: &Region) -> Matrix<i64> {
        product(a, b, whole)
    }
}

/// Numbers in no pattern, of all sizes that there are.
///
/// # Panics
/// Never: there is a number for each place.
#[must_use]
pub fn numbers<T: Element>(rows: u32, columns: u32, seed: u64) -> Matrix<T> {
    let mut state = seed | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let bytes = state.to_le_bytes();
        T::read(bytes.get(3..).unwrap_or_default()).next().expect("five bytes have one")
    };
    let values = (0..rows).flat_map(|_| 0..columns).map(|_| next()).collect();
    Matrix::new(rows, columns, values).expect("a number for each place")
}

/// A matrix as an .npy file.
#[must_use]
pub fn npy_file<T: Element>(dtype: Dtype, matrix: &Matrix<T>) -> Vec<u8> {
    let mut bytes = npy::header(dtype, matrix.rows(), matrix.columns());
    let mut values = vec![0; matrix.values().len().saturating_mul(T::BYTES)];
    T::write(matrix.values(), &mut values);
    bytes.append(&mut values);
    bytes
}

/// Two factors in files, and what they give.
#[derive(Debug)]
pub struct Factors {
    /// The line `inputs` of a job.
    pub inputs: String,
    /// The format of a job.
    format: &'static str,
    /// Digest of the product as an .npy file.
    pub product: Digest,
}

impl Factors {
    /// Writes two of 8-bit numbers into the data folder.
    ///
    /// # Panics
    /// When the folder takes no file.
    #[must_use]
    pub fn new(world: &World, size: (u32, u32, u32)) -> Self {
        Self::of::<i8>(world, size)
    }

    /// Writes two of such numbers into the data folder: rows, depth and columns of the product.
    ///
    /// # Panics
    /// When the folder takes no file.
    #[must_use]
    pub fn of<T: Number>(world: &World, (rows, depth, columns): (u32, u32, u32)) -> Self {
        let (a, b) = (numbers::<T>(rows, depth, 5), numbers::<T>(depth, columns, 9));
        let shape = Shape::new(rows.into(), depth.into(), columns.into()).expect("no side is 0");
        let c = T::multiply(&a, &b, &Region::whole(shape));
        let format = T::FORMAT;
        let named = [("a", a), ("b", b)].map(|(name, matrix)| {
            let bytes = npy_file(T::DTYPE, &matrix);
            let path = world.path(format!("data/{name}-{format}-{rows}-{depth}-{columns}.npy"));
            fs::write(&path, &bytes).expect("the data folder takes a file");
            format!("{name}: \"file://{}@{}\"", path.display(), Digest::of(&bytes))
        });
        let inputs = format!("  inputs: {{ {} }}", named.join(", "));
        Self { inputs, format, product: Digest::of(&npy_file(T::SUMS, &c)) }
    }

    /// A job that asks for the product; `matrix` is added to `spec.matrix`, such as `, shards: 3`.
    #[must_use]
    pub fn job(&self, matrix: &str) -> JobText {
        let format = self.format;
        let matrix = format!("a: {{ input: a }}, b: {{ input: b }}, format: {format}{matrix}");
        let outputs =
            "  outputs: { product: \"archive:\", commitments: \"archive:\", audit: \"archive:\" }";
        JobText::product("product", &matrix, World::now()).spec(&self.inputs).spec(outputs).cpu("2")
    }
}
