//! Two matrices for the demo, and their product as the definition gives it.

use std::path::PathBuf;

use arch_identity::Digest;
use arch_matrix::file::{Dtype, npy};
use arch_matrix::{Element, Matrix, Region, Shape};

use super::folder::Folder;
use crate::answer::Stop;

/// Rows of A, its columns, columns of B: none of them is a multiple of what it is cut into.
const SIZE: (u32, u32, u32) = (300, 200, 260);

/// A, B and what they give.
#[derive(Debug)]
pub(super) struct Factors {
    pub(super) a: Factor,
    pub(super) b: Factor,
    pub(super) shape: Shape,
    /// `A·B`, row by row, computed by this program: it believes no worker.
    pub(super) c: Matrix<i32>,
    /// Digest of C as an .npy file.
    pub(super) product: Digest,
}

/// A matrix in a file.
#[derive(Debug)]
pub(super) struct Factor {
    pub(super) file: PathBuf,
    pub(super) bytes: Vec<u8>,
}

impl Factors {
    /// Writes both files.
    pub(super) fn make(folder: &Folder) -> Result<Self, Stop> {
        let (rows, depth, columns) = SIZE;
        let (a, b) = (numbers(rows, depth, 5)?, numbers(depth, columns, 9)?);
        let shape = Shape::new(rows.into(), depth.into(), columns.into());
        let shape = shape.map_err(|error| ours(&error))?;
        let c = arch_matrix::product(&a, &b, &Region::whole(shape));
        let factor = |name: &str, matrix: &Matrix<i8>| -> Result<Factor, Stop> {
            let bytes = npy_file(Dtype::I8, matrix);
            let file = folder.put(&format!("inputs/{name}.npy"), &bytes, 0o644)?;
            Ok(Factor { file, bytes })
        };
        let (a, b) = (factor("a", &a)?, factor("b", &b)?);
        let product = Digest::of(&npy_file(Dtype::I32, &c));
        Ok(Self { a, b, shape, c, product })
    }

    /// In words.
    pub(super) fn words(&self) -> String {
        let (rows, depth, columns) = (self.shape.rows(), self.shape.depth(), self.shape.columns());
        format!("A is {rows} × {depth} and B is {depth} × {columns}, both of int8")
    }
}

/// Small numbers in no pattern, the same in every demo.
fn numbers(rows: u32, columns: u32, seed: u64) -> Result<Matrix<i8>, Stop> {
    let mut state = seed;
    let next = |_place| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let [_, _, _, byte, ..] = state.to_le_bytes();
        byte.cast_signed()
    };
    let places = 0..u64::from(rows).saturating_mul(columns.into());
    Matrix::new(rows, columns, places.map(next).collect()).map_err(|error| ours(&error))
}

fn npy_file<T: Element>(dtype: Dtype, matrix: &Matrix<T>) -> Vec<u8> {
    let mut values = vec![0; matrix.values().len().saturating_mul(T::BYTES)];
    T::write(matrix.values(), &mut values);
    let mut bytes = npy::header(dtype, matrix.rows(), matrix.columns());
    bytes.append(&mut values);
    bytes
}

fn ours(error: &dyn std::fmt::Display) -> Stop {
    Stop::could_not(format!("the demo's matrices: {error}"), "this is an error of ours")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_hold_what_their_product_was_computed_from() {
        let folder = Folder::make(None).unwrap();
        let factors = Factors::make(&folder).unwrap();
        let length = u64::try_from(factors.a.bytes.len()).unwrap();
        let stored = npy::read(&factors.a.bytes, length).unwrap();
        assert_eq!((stored.rows, stored.columns), (300, 200));
        assert_eq!(std::fs::read(&factors.b.file).unwrap(), factors.b.bytes);
        // One sum by hand.
        let value = |bytes: &[u8], width: usize, row: usize, column: usize| {
            let body = &bytes[bytes.len() % 64..];
            let body = &body[body.len() - (bytes.len() - 128)..];
            i32::from(body[row * width + column].cast_signed())
        };
        let (a, b) = (&factors.a.bytes, &factors.b.bytes);
        let sum: i32 = (0..200).map(|k| value(a, 200, 7, k) * value(b, 260, k, 11)).sum();
        assert_eq!(factors.c.row(7, &(11..12)), [sum]);
    }
}
