//! Two factors in files, and a job that asks for their product.

use std::fs;

use arch_identity::Digest;
use arch_kernels::{Backend, Multiplier};
use arch_matrix::{
    Element, Matrix, Region, Shape,
    file::{Dtype, npy},
};

use crate::{JobText, World};

/// Small numbers in no pattern.
///
/// # Panics
/// Never: there is a number for each place.
#[must_use]
pub fn numbers(rows: u32, columns: u32, seed: u64) -> Matrix<i8> {
    let mut state = seed | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        i8::from_le_bytes([state.to_le_bytes()[3]])
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
    /// Digest of the product as an .npy file.
    pub product: Digest,
}

impl Factors {
    /// Writes both into the data folder.
    ///
    /// # Panics
    /// When the folder takes no file.
    #[must_use]
    pub fn new(world: &World, (rows, depth, columns): (u32, u32, u32)) -> Self {
        let (a, b) = (numbers(rows, depth, 5), numbers(depth, columns, 9));
        let shape = Shape::new(rows.into(), depth.into(), columns.into()).expect("no side is 0");
        // Held against the definition elsewhere, and quicker.
        let c = Multiplier::new(Backend::best(), 1).product(&a, &b, &Region::whole(shape));
        let named = [("a", a), ("b", b)].map(|(name, matrix)| {
            let bytes = npy_file(Dtype::I8, &matrix);
            let path = world.path(format!("data/{name}-{rows}-{depth}-{columns}.npy"));
            fs::write(&path, &bytes).expect("the data folder takes a file");
            format!("{name}: \"file://{}@{}\"", path.display(), Digest::of(&bytes))
        });
        let inputs = format!("  inputs: {{ {} }}", named.join(", "));
        Self { inputs, product: Digest::of(&npy_file(Dtype::I32, &c)) }
    }

    /// A job that asks for the product; `matrix` is added to `spec.matrix`, such as `, shards: 3`.
    #[must_use]
    pub fn job(&self, matrix: &str) -> JobText {
        let matrix = format!("a: {{ input: a }}, b: {{ input: b }}, format: i8{matrix}");
        let outputs =
            "  outputs: { product: \"archive:\", commitments: \"archive:\", audit: \"archive:\" }";
        JobText::product("product", &matrix, World::now()).spec(&self.inputs).spec(outputs).cpu("2")
    }
}
