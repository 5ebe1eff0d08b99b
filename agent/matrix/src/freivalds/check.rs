//! The check itself, row by row, so that nothing needs to be in memory whole.

use serde::{Deserialize, Serialize};

use super::challenge::Challenge;
use super::field::Residue;
use super::weights::Weights;
use crate::commit::LEAF;
use crate::element::{Carrier, Element, Integer};
use crate::grid::Region;
use crate::matrix::Matrix;

/// A row of C that is not what A and B give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lie {
    /// Which row of the part, from 0.
    pub row: u32,
}

/// The first piece of such a row that is wrong, as long as a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suspect {
    /// Which row of the part, from 0.
    pub row: u32,
    /// Which columns of the part begin the piece, from 0.
    pub column: u32,
}

/// `B·x` is known: rows of A and C can be held against each other.
#[derive(Debug)]
pub struct Check<T: Carrier<Sum: Integer>> {
    x: Weights<T::Sum>,
    bx: Weights<T>,
    /// The largest sum that there can be.
    most: u64,
}

impl<T: Carrier<Sum: Integer> + Integer> Check<T> {
    /// Multiplies B with the challenge: `b` gives the rows of B in the part's depth, each from the
    /// part's columns.
    pub fn new<'b>(challenge: &Challenge, b: impl Iterator<Item = &'b [T]>) -> Self {
        let weights = Weights::<T>::new(challenge.numbers());
        let bx: Vec<Residue> = b.map(|row| weights.dot(row)).collect();
        Self::of_products(challenge, &bx)
    }

    /// From the products of the rows of B, in the part's depth, and the challenge.
    #[must_use]
    pub fn of_products(challenge: &Challenge, bx: &[Residue]) -> Self {
        let depth = u64::try_from(bx.len()).unwrap_or(u64::MAX);
        let most = T::MOST.saturating_mul(T::MOST).saturating_mul(depth);
        Self { x: Weights::new(challenge.numbers()), bx: Weights::new(bx), most }
    }

    /// Whether a row of C follows from that row of A, from the part's depth.
    #[must_use]
    pub fn holds(&self, a: &[T], c: &[T::Sum]) -> bool {
        let possible = |value: &T::Sum| -> bool {
            let value: i64 = (*value).into();
            value.unsigned_abs() <= self.most
        };
        // Whether all are, without leaving early: that is one pass of wide instructions.
        let possible = c.iter().fold(true, |all, value| all & possible(value));
        possible && self.x.dot(c) == self.bx.dot(a)
    }
}

/// Whether there is a value for each place of the part, and a number of the challenge for each column;
/// what is not looked at is not checked.
#[must_use]
pub fn is_whole<S: Element>(region: &Region, c: &Matrix<S>, challenge: &Challenge) -> bool {
    let (rows, columns) = region.size();
    (c.rows(), c.columns()) == (rows, columns)
        && u32::try_from(challenge.numbers().len()) == Ok(columns)
}

/// Checks a part whose values are all in memory. `None` if it is what A and B give, else the first row
/// that is not; the first of all if the values or the challenge are not of the part's size.
#[must_use]
pub fn check<T: Carrier<Sum: Integer> + Integer>(
    a: &Matrix<T>,
    b: &Matrix<T>,
    region: &Region,
    c: &Matrix<T::Sum>,
    challenge: &Challenge,
) -> Option<Lie> {
    if !is_whole(region, c, challenge) {
        return Some(Lie { row: 0 });
    }
    let check = Check::new(challenge, region.depth.clone().map(|row| b.row(row, &region.columns)));
    let width = 0..c.columns();
    let mut rows = (0..).zip(region.rows.clone());
    let wrong =
        rows.find(|(row, from)| !check.holds(a.row(*from, &region.depth), c.row(*row, &width)));
    wrong.map(|(row, _)| Lie { row })
}

impl Lie {
    /// Finds the first piece of the row that is wrong: the row's own multiply-adds are done again, of
    /// one row and no more. `None` if there is none: then it was no lie.
    #[must_use]
    pub fn locate<T: Carrier<Sum: Integer>>(
        &self,
        a: &Matrix<T>,
        b: &Matrix<T>,
        region: &Region,
        c: &Matrix<T::Sum>,
    ) -> Option<Suspect> {
        let row = region.rows.start.checked_add(self.row)?;
        let one = Region { rows: row..row.checked_add(1)?, ..region.clone() };
        let right = crate::reference::product(a, b, &one);
        let claimed = c.row(self.row, &(0..c.columns()));
        let mut pairs = (0_u32..).zip(claimed.iter().zip(right.values()));
        let (column, _) = pairs.find(|(_, (claimed, right))| claimed != right)?;
        let column = column.checked_div(LEAF)?.checked_mul(LEAF)?;
        Some(Suspect { row: self.row, column })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::commit::Hash;
    use crate::reference::product;
    use crate::shape::Shape;

    fn numbers(seed: u64) -> impl Iterator<Item = u64> {
        let mut state = seed | 1;
        std::iter::repeat_with(move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        })
    }

    fn matrix<T>(rows: u32, columns: u32, seed: u64, one: impl Fn(u64) -> T) -> Matrix<T>
    where
        T: crate::element::Element,
    {
        let values = numbers(seed).map(one).take((rows * columns) as usize).collect();
        Matrix::new(rows, columns, values).unwrap()
    }

    fn challenge(seed: u64, columns: u32) -> Challenge {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        Challenge::draw(&bytes, &Hash::from(blake3::hash(b"part")), columns)
    }

    proptest! {
        #[test]
        fn an_honest_part_holds_and_one_wrong_element_anywhere_is_found(
            (m, k, n) in (1_u32..90, 1_u32..60, 1_u32..150),
            seed in any::<u64>(), row in any::<prop::sample::Index>(),
            column in any::<prop::sample::Index>(), off in any::<i32>(),
        ) {
            let (a, b) = (matrix(m, k, seed, |v| v as i8), matrix(k, n, seed ^ 7, |v| v as i8));
            let region = Region::whole(Shape::new(m.into(), k.into(), n.into()).unwrap());
            let mut c = product(&a, &b, &region);
            let challenge = challenge(seed, n);
            prop_assert_eq!(check(&a, &b, &region, &c, &challenge), None);
            let (row, column) = (row.index(m as usize) as u32, column.index(n as usize) as u32);
            let element = &mut c.row_mut(row, &(column..column + 1))[0];
            *element = element.wrapping_add(if off == 0 { 1 } else { off });
            let lie = check(&a, &b, &region, &c, &challenge);
            prop_assert_eq!(lie, Some(Lie { row }));
            let suspect = lie.unwrap().locate(&a, &b, &region, &c);
            prop_assert_eq!(suspect, Some(Suspect { row, column: column / 64 * 64 }));
        }

        #[test]
        fn wide_sums_that_are_off_by_the_prime_are_found(
            (m, k, n) in (1_u32..20, 1_u32..20, 1_u32..20), seed in any::<u64>(), times in -3_i64..=3,
        ) {
            let (a, b) = (matrix(m, k, seed, |v| v as i16), matrix(k, n, seed ^ 7, |v| v as i16));
            let region = Region::whole(Shape::new(m.into(), k.into(), n.into()).unwrap());
            let mut c = product(&a, &b, &region);
            prop_assert_eq!(check(&a, &b, &region, &c, &challenge(seed, n)), None);
            c.values_mut()[0] += times * ((1 << 61) - 1);
            let found = check(&a, &b, &region, &c, &challenge(seed, n));
            prop_assert_eq!(found.is_some(), times != 0);
        }
    }

    #[test]
    fn values_that_are_not_there_and_columns_without_a_challenge_are_no_proof() {
        let zero = |rows, columns| Matrix::<i8>::zero(rows, columns);
        let region = Region::whole(Shape::new(3, 2, 5).unwrap());
        let found = |c: &Matrix<i32>, columns| {
            check(&zero(3, 2), &zero(2, 5), &region, c, &challenge(1, columns))
        };
        assert_eq!(found(&Matrix::zero(3, 5), 5), None);
        for (rows, columns, long) in [(2, 5, 5), (3, 4, 5), (4, 5, 5), (3, 5, 4), (3, 5, 6)] {
            assert_eq!(found(&Matrix::zero(rows, columns), long), Some(Lie { row: 0 }));
        }
    }

    #[test]
    fn errors_that_cancel_each_other_do_not_cancel_under_the_challenge() {
        let (a, b) = (matrix(4, 4, 5, |v| v as i8), matrix(4, 4, 6, |v| v as i8));
        let region = Region::whole(Shape::new(4, 4, 4).unwrap());
        let mut c = product(&a, &b, &region);
        c.values_mut()[0] += 5;
        c.values_mut()[1] -= 5;
        assert_eq!(check(&a, &b, &region, &c, &challenge(1, 4)), Some(Lie { row: 0 }));
    }
}
