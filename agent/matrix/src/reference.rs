//! The product as its definition says it: what every quicker way is held against.

use std::ops::Range;

use crate::element::Carrier;
use crate::grid::{Grid, Region};
use crate::matrix::Matrix;
use crate::plan::Part;

/// `A[rows, depth] · B[depth, columns]`, the depth in ascending order from zero. Integers must have
/// been proven not to overflow ([`crate::bound`]).
///
/// What lies outside A or B counts as nothing; shapes are checked where they come in.
#[must_use]
pub fn product<T: Carrier>(a: &Matrix<T>, b: &Matrix<T>, region: &Region) -> Matrix<T::Sum> {
    let height = region.rows.end.saturating_sub(region.rows.start);
    let width = region.columns.end.saturating_sub(region.columns.start);
    let mut c = Matrix::zero(height, width);
    for (to, row) in (0..height).zip(region.rows.clone()) {
        let sums = c.row_mut(to, &(0..width));
        for (factor, depth) in a.row(row, &region.depth).iter().zip(region.depth.clone()) {
            for (sum, value) in sums.iter_mut().zip(b.row(depth, &region.columns)) {
                *sum = T::multiply_add(*sum, *factor, *value);
            }
        }
    }
    c
}

/// The values of a part, its cells side by side as they stand in C; `None` if the grid has no such part.
///
/// Over the whole depth one part of it comes after the other, and their sums are added in their order.
/// For integers that is [`product`]; for `f32s` it is the definition, since the sums of floats depend
/// on where they are cut.
#[must_use]
pub fn part<T: Carrier>(
    a: &Matrix<T>,
    b: &Matrix<T>,
    grid: &Grid,
    part: Part,
) -> Option<Matrix<T::Sum>> {
    let region = part.region(grid)?;
    Some(match part.is_final() {
        true => by_parts(a, b, &region.rows, &region.columns, grid),
        false => product(a, b, &region),
    })
}

fn by_parts<T: Carrier>(
    a: &Matrix<T>,
    b: &Matrix<T>,
    rows: &Range<u32>,
    columns: &Range<u32>,
    grid: &Grid,
) -> Matrix<T::Sum> {
    let part =
        |index| Region { rows: rows.clone(), columns: columns.clone(), depth: grid.depth(index) };
    let mut sum = product(a, b, &part(0));
    for index in 1..grid.splits().depth {
        add::<T>(&mut sum, &product(a, b, &part(index)));
    }
    sum
}

/// Adds `other` to `sum`, element by element.
pub fn add<T: Carrier>(sum: &mut Matrix<T::Sum>, other: &Matrix<T::Sum>) {
    for (sum, value) in sum.values_mut().iter_mut().zip(other.values()) {
        *sum = T::add(*sum, *value);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::grid::Splits;
    use crate::shape::Shape;

    fn matrices() -> impl Strategy<Value = (Matrix<i8>, Matrix<i8>, Splits)> {
        let side = 1_u32..14;
        (side.clone(), side.clone(), side, 1_u32..5, 1_u32..5, 1_u32..5).prop_flat_map(
            |(m, k, n, p, q, r)| {
                let values = |count: u32| prop::collection::vec(any::<i8>(), count as usize);
                let splits = Splits { rows: p.min(m), columns: q.min(n), depth: r.min(k) };
                (values(m * k), values(k * n), Just(splits)).prop_map(move |(a, b, splits)| {
                    (Matrix::new(m, k, a).unwrap(), Matrix::new(k, n, b).unwrap(), splits)
                })
            },
        )
    }

    proptest! {
        #[test]
        fn rows_columns_depths_and_blocks_give_the_same_product((a, b, splits) in matrices()) {
            let shape = Shape::new(a.rows().into(), a.columns().into(), b.columns().into()).unwrap();
            let grid = Grid::new(shape, splits).unwrap();
            let whole = product(&a, &b, &Region::whole(shape));
            let (all_rows, all_columns) = (0..shape.rows(), 0..shape.columns());
            prop_assert_eq!(&by_parts(&a, &b, &all_rows, &all_columns, &grid), &whole);
            let mut blocks = Matrix::zero(shape.rows(), shape.columns());
            for cell in grid.cells() {
                let region = grid.cell(cell);
                let piece = by_parts(&a, &b, &region.rows, &region.columns, &grid);
                prop_assert_eq!(&piece, &product(&a, &b, &region));
                blocks.put(region.rows.start, region.columns.start, &piece);
            }
            prop_assert_eq!(&blocks, &whole);
        }
    }

    #[test]
    fn strict_floats_depend_on_where_the_depth_is_cut() {
        let a = Matrix::new(1, 4, vec![1.0_f32, 1.0e8, -1.0e8, 1.0]).unwrap();
        let b = Matrix::new(4, 1, vec![1.0_f32; 4]).unwrap();
        let shape = Shape::new(1, 4, 1).unwrap();
        let cut = |depth| {
            let grid = Grid::new(shape, Splits { rows: 1, columns: 1, depth }).unwrap();
            by_parts(&a, &b, &(0..1), &(0..1), &grid).values().to_vec()
        };
        assert_eq!((cut(1), cut(2)), (vec![1.0], vec![0.0]));
    }
}
