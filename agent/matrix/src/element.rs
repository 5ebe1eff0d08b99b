//! What stands in a matrix.

use std::fmt::Debug;

/// A number that can stand in a matrix; [`Element::write`] gives its bytes, lowest first.
pub trait Element:
    Copy + Default + PartialEq + Debug + Send + Sync + sealed::Sealed + 'static
{
    /// Length in bytes.
    const BYTES: usize;

    /// Writes the numbers' bytes, lowest first, as far as there is room.
    fn write(numbers: &[Self], out: &mut [u8]);

    /// Reads numbers from their bytes; a rest shorter than one number is left.
    fn read(bytes: &[u8]) -> impl Iterator<Item = Self> + '_;
}

/// What A and B hold. Products are added up as [`Carrier::Sum`].
pub trait Carrier: Element {
    /// What C holds: wide enough for every sum that [`crate::bound`] lets pass.
    type Sum: Element;

    /// `sum + a·b`, in exactly this way. Integers never wrap here, since the bound was proven first.
    fn multiply_add(sum: Self::Sum, a: Self, b: Self) -> Self::Sum;

    /// `sum + other`.
    fn add(sum: Self::Sum, other: Self::Sum) -> Self::Sum;
}

/// Numbers whose sums do not depend on the order; what [`crate::freivalds`] can check.
pub trait Integer: Element + Into<i64> {
    /// The most that the absolute value of one can be.
    const MOST: u64;
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! elements {
    ($($number:ty),*) => {$(
        impl sealed::Sealed for $number {}

        impl Element for $number {
            const BYTES: usize = size_of::<$number>();

            fn write(numbers: &[Self], out: &mut [u8]) {
                let places = out.as_chunks_mut::<{ size_of::<$number>() }>().0;
                for (place, number) in places.iter_mut().zip(numbers) {
                    *place = number.to_le_bytes();
                }
            }

            fn read(bytes: &[u8]) -> impl Iterator<Item = Self> + '_ {
                bytes.as_chunks().0.iter().map(|bytes| Self::from_le_bytes(*bytes))
            }
        }
    )*};
}

elements!(i8, i16, i32, i64, f32);

macro_rules! carriers {
    ($($number:ty => $sum:ty),*) => {$(
        impl Carrier for $number {
            type Sum = $sum;

            fn multiply_add(sum: $sum, a: $number, b: $number) -> $sum {
                sum.wrapping_add(<$sum>::from(a).wrapping_mul(<$sum>::from(b)))
            }

            fn add(sum: $sum, other: $sum) -> $sum {
                sum.wrapping_add(other)
            }
        }
    )*};
}

carriers!(i8 => i32, i16 => i64);

impl Carrier for f32 {
    type Sum = Self;

    /// Two roundings, to nearest, ties to even: Rust never joins them into one.
    fn multiply_add(sum: Self, a: Self, b: Self) -> Self {
        sum + a * b
    }

    fn add(sum: Self, other: Self) -> Self {
        sum + other
    }
}

macro_rules! integers {
    ($($number:ty),*) => {$(
        impl Integer for $number {
            #[expect(clippy::as_conversions, reason = "no From in a constant; widening")]
            const MOST: u64 = <$number>::MIN.unsigned_abs() as u64;
        }
    )*};
}

integers!(i8, i16, i32, i64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_lowest_byte_first_and_read_back() {
        let mut bytes = [9; 9];
        Element::write(&[-2_i32, 513, 7], &mut bytes);
        assert_eq!(bytes, [254, 255, 255, 255, 1, 2, 0, 0, 9]);
        assert_eq!(<i32 as Element>::read(&bytes).collect::<Vec<_>>(), [-2, 513]);
    }

    #[test]
    fn a_float_product_is_rounded_before_it_is_added() {
        let (a, sum) = (1.0 + f32::EPSILON, -1.0 - 2.0 * f32::EPSILON);
        assert_eq!(f32::multiply_add(sum, a, a), 0.0);
        assert_ne!(a.mul_add(a, sum), 0.0);
    }
}
