//! Floats to integers by a power of two.

use super::finite::NotFinite;
use crate::element::Integer;
use crate::format::Scale;

/// An integer that floats are quantised to.
pub trait Quantised: Integer + Into<f64> {
    /// The nearest within the range; `value` is whole.
    fn clamped(value: f64) -> Self;
}

macro_rules! quantised {
    ($($number:ty),*) => {$(
        impl Quantised for $number {
            // A cast from a float to an integer stays within its range.
            fn clamped(value: f64) -> Self {
                value as $number
            }
        }
    )*};
}

quantised!(i8, i16);

/// `x·2^scale`, rounded half to even, clamped to the full range of the integer.
///
/// Exact: a 32-bit float times a power of two within ±64 is a 64-bit float without rounding.
///
/// # Errors
/// [`NotFinite`] with the position of the first value that is no number or without end.
pub fn quantise<T: Quantised>(values: &[f32], scale: Scale) -> Result<Vec<T>, NotFinite> {
    let factor = f64::powi(2.0, scale.power().into());
    let one = |(at, value): (usize, &f32)| match value.is_finite() {
        true => Ok(T::clamped((f64::from(*value) * factor).round_ties_even())),
        false => Err(NotFinite { at, value: *value }),
    };
    values.iter().enumerate().map(one).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn q(power: i64, values: &[f32]) -> Vec<i8> {
        quantise(values, Scale::new(power).unwrap()).unwrap()
    }

    #[test]
    fn halves_go_to_the_even_neighbour() {
        assert_eq!(q(0, &[0.5, 1.5, 2.5, -0.5, -1.5, -2.5]), [0, 2, 2, 0, -2, -2]);
        assert_eq!(q(1, &[0.25, 0.75, 0.749]), [0, 2, 1]);
        assert_eq!(q(-2, &[2.0, 6.0, 10.0]), [0, 2, 2]);
    }

    #[test]
    fn what_is_too_large_is_clamped_to_the_full_range() {
        assert_eq!(q(7, &[1.0, -1.0, 0.9921875, 1e30, -1e30]), [127, -128, 127, 127, -128]);
        assert_eq!(quantise::<i16>(&[-1e9], Scale::new(0).unwrap()).unwrap(), [-32_768]);
    }

    #[test]
    fn what_is_no_number_is_refused_by_its_place() {
        let error = quantise::<i8>(&[0.0, f32::NAN], Scale::new(0).unwrap()).unwrap_err();
        assert_eq!(error.at, 1);
        assert!(quantise::<i8>(&[f32::NEG_INFINITY], Scale::new(0).unwrap()).is_err());
    }

    proptest! {
        #[test]
        fn the_error_is_half_a_step_at_most(value in -100.0_f32..100.0, power in 0_i64..6) {
            let scale = Scale::new(power).unwrap();
            let whole = quantise::<i16>(&[value], scale).unwrap()[0];
            let back = f64::from(whole) / f64::powi(2.0, power as i32);
            prop_assert!((back - f64::from(value)).abs() <= f64::powi(2.0, -(power as i32) - 1));
        }
    }
}
