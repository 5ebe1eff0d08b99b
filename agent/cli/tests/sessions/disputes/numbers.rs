//! A and B, and two products of them, of which one is wrong.

use std::path::Path;

use arch_dispute::{Factor, Ground, Source};
use arch_matrix::{
    Element, Grid, Matrix, Region, Shape, Splits,
    file::{Dtype, npy},
    product,
};

use crate::world::World;

/// Rows, depth and columns.
pub(crate) const SIDES: [u32; 3] = [40, 300, 36];

/// A and B, what they give, and what the respondent says that they give.
pub(crate) struct Numbers {
    pub(crate) a: Matrix<i8>,
    pub(crate) b: Matrix<i8>,
    pub(crate) right: Matrix<i32>,
    pub(crate) wrong: Matrix<i32>,
    pub(crate) grid: Grid,
}

fn numbers(rows: u32, columns: u32, seed: u64) -> Matrix<i8> {
    let mut state = seed;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3].cast_signed()
    };
    Matrix::new(rows, columns, (0..rows * columns).map(|_| next()).collect()).unwrap()
}

impl Numbers {
    pub(crate) fn new() -> Self {
        let [rows, depth, columns] = SIDES;
        let (a, b) = (numbers(rows, depth, 5), numbers(depth, columns, 9));
        let shape = Shape::new(rows.into(), depth.into(), columns.into()).unwrap();
        let grid = Grid::new(shape, Splits::even(2)).unwrap();
        let right = product(&a, &b, &Region::whole(shape));
        let mut wrong = right.clone();
        // In tile 3 of the first leaf: rows 16 to 19, columns 16 and 17.
        wrong.row_mut(17, &(16..17))[0] += 1;
        Self { a, b, right, wrong, grid }
    }

    pub(crate) fn write(&self, world: &World) {
        put(&world.path("a.npy"), Dtype::I8, &self.a);
        put(&world.path("b.npy"), Dtype::I8, &self.b);
        put(&world.path("right.npy"), Dtype::I32, &self.right);
        put(&world.path("wrong.npy"), Dtype::I32, &self.wrong);
    }
}

fn put<T: Element>(path: &Path, dtype: Dtype, matrix: &Matrix<T>) {
    std::fs::write(path, npy_bytes(dtype, matrix)).unwrap();
}

pub(crate) fn npy_bytes<T: Element>(dtype: Dtype, matrix: &Matrix<T>) -> Vec<u8> {
    let mut bytes = npy::header(dtype, matrix.rows(), matrix.columns());
    bytes.extend(element_bytes(matrix));
    bytes
}

fn element_bytes<T: Element>(matrix: &Matrix<T>) -> Vec<u8> {
    let mut bytes = vec![0; matrix.values().len() * T::BYTES];
    T::write(matrix.values(), &mut bytes);
    bytes
}

impl Source for Numbers {
    type Error = std::convert::Infallible;

    fn piece(
        &self,
        of: Factor,
        rows: &std::ops::Range<u32>,
        columns: &std::ops::Range<u32>,
    ) -> Result<Vec<u8>, Self::Error> {
        let matrix = if of == Factor::A { &self.a } else { &self.b };
        Ok(element_bytes(&matrix.piece(rows, columns)))
    }
}

pub(crate) fn leaf(c: &Matrix<i32>, ground: &Ground) -> Vec<u8> {
    element_bytes(&c.piece(&ground.rows, &ground.columns))
}
