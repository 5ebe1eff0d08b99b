//! A vector modulo p, cut up so that a row of integers can be multiplied with it in plain 64 bits.

use std::marker::PhantomData;

use super::field::Residue;
use crate::element::Integer;

/// A vector to multiply rows of `T` with.
///
/// Each number is cut into limbs so short that a chunk of products adds up within 64 bits: two limbs
/// for 8 and 16 bits, three for 32. Numbers of 64 bits are multiplied one by one.
#[derive(Debug, Clone)]
pub struct Weights<T> {
    limbs: Vec<Vec<i32>>,
    whole: Vec<Residue>,
    rows_of: PhantomData<T>,
}

/// How numbers are cut: bits of a limb, how many limbs 61 bits need, and how many products of a limb
/// and an element add up to less than 2^62.
struct Limbs {
    bits: u32,
    count: u32,
    chunk: usize,
}

const fn limbs(most: u64) -> Option<Limbs> {
    match most {
        // 15 + 31 + 16 bits.
        0..=0x8000 => Some(Limbs { bits: 31, count: 2, chunk: 1 << 16 }),
        // 31 + 21 + 10 bits.
        0x8001..=0x8000_0000 => Some(Limbs { bits: 21, count: 3, chunk: 1 << 10 }),
        _ => None,
    }
}

impl<T: Integer> Weights<T> {
    const LIMBS: Option<Limbs> = limbs(T::MOST);

    /// Cuts the numbers up.
    #[must_use]
    pub fn new(numbers: &[Residue]) -> Self {
        let Some(Limbs { bits, count, .. }) = Self::LIMBS else {
            return Self { limbs: Vec::new(), whole: numbers.to_vec(), rows_of: PhantomData };
        };
        let limb = |place: u32| {
            let shift = place.saturating_mul(bits);
            let mask = 1_u64.checked_shl(bits).and_then(|limit| limit.checked_sub(1));
            let cut = |number: &Residue| {
                let above = number.value().checked_shr(shift).unwrap_or_default();
                i32::try_from(above & mask.unwrap_or_default()).unwrap_or_default()
            };
            numbers.iter().map(cut).collect()
        };
        let limbs = (0..count).map(limb).collect();
        Self { limbs, whole: Vec::new(), rows_of: PhantomData }
    }

    /// The sum of the products, modulo p. What the row has more, or less, counts as nothing.
    #[must_use]
    pub fn dot(&self, row: &[T]) -> Residue {
        let Some(Limbs { bits, chunk, .. }) = Self::LIMBS else { return self.one_by_one(row) };
        // The highest limb first, as a number is read digit by digit.
        self.limbs.iter().rev().fold(Residue::default(), |total, limb| {
            let chunks = row.chunks(chunk).zip(limb.chunks(chunk));
            chunks.fold(total.shifted(bits), |sum, (values, weights)| {
                sum.plus(Residue::of_signed(short_dot(values, weights)))
            })
        })
    }

    fn one_by_one(&self, row: &[T]) -> Residue {
        row.iter().zip(&self.whole).fold(Residue::default(), |sum, (value, weight)| {
            sum.plus(Residue::of_signed((*value).into()).times(*weight))
        })
    }
}

/// At most one chunk long, so that the sum fits.
fn short_dot<T: Integer>(values: &[T], weights: &[i32]) -> i64 {
    let products = values.iter().zip(weights);
    products.fold(0_i64, |sum, (value, weight)| {
        let value: i64 = (*value).into();
        sum.wrapping_add(value.wrapping_mul(i64::from(*weight)))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// With long numbers, one by one.
    fn slow<T: Integer>(numbers: &[u64], row: &[T]) -> u64 {
        let p = (1_i128 << 61) - 1;
        let products = numbers.iter().zip(row).map(|(number, value)| {
            let value: i64 = (*value).into();
            i128::from(*number) * i128::from(value) % p
        });
        (products.sum::<i128>().rem_euclid(p)).try_into().unwrap()
    }

    fn same<T: Integer>(numbers: &[u64], row: &[T]) {
        let residues: Vec<_> = numbers.iter().map(|number| Residue::new(*number)).collect();
        let numbers: Vec<_> = residues.iter().map(|residue| residue.value()).collect();
        assert_eq!(Weights::new(&residues).dot(row).value(), slow(&numbers, row));
    }

    #[test]
    fn the_extremes_add_up_without_overflow() {
        let (numbers, long) = (vec![(1 << 61) - 2; 200_000], 200_000);
        same(&numbers, &vec![i8::MIN; long]);
        same(&numbers, &vec![i16::MIN; long]);
        same(&numbers, &vec![i32::MIN; long]);
        same(&numbers, &vec![i32::MAX; long]);
        same(&numbers[..9_000], &vec![i64::MIN; 9_000]);
    }

    proptest! {
        #[test]
        fn every_width_gives_what_long_numbers_give(
            pairs in prop::collection::vec((any::<u64>(), any::<i64>()), 0..3_000),
        ) {
            let (numbers, row): (Vec<u64>, Vec<i64>) = pairs.into_iter().unzip();
            same(&numbers, &row);
            same(&numbers, &row.iter().map(|v| *v as i32).collect::<Vec<_>>());
            same(&numbers, &row.iter().map(|v| *v as i16).collect::<Vec<_>>());
            same(&numbers, &row.iter().map(|v| *v as i8).collect::<Vec<_>>());
        }
    }
}
