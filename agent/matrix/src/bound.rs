//! Proof that no sum can overflow, before anything runs.
//!
//! With `|a| ≤ α` and `|b| ≤ β` no sum of `K` products, nor any part of it in any order, is larger
//! than `K·α·β`. If that fits into the sum's type, every way of adding up gives the same number. The
//! full ranges give the limits that hold for any content: 131,071 for `i8`, 8,589,934,591 for `i16`.

use crate::format::CarrierKind;

/// A product whose sums could be too large.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "{depth} products of up to {a} times {b} may reach {most}, and a sum holds {limit}; cut the depth into separate jobs, or scale the values down"
)]
pub struct Overflow {
    /// How many products are added up.
    pub depth: u32,
    /// Largest absolute value in A.
    pub a: u64,
    /// Largest absolute value in B.
    pub b: u64,
    /// The most that a sum could be.
    pub most: u128,
    /// The most that it may be.
    pub limit: u64,
}

/// The most products that may be added up whatever the matrices hold; `None` for floats, whose sums
/// are bounded by [`strict`] instead.
#[must_use]
pub fn deepest(kind: CarrierKind) -> Option<u64> {
    let (most, limit) = limits(kind)?;
    limit.checked_div(most.checked_mul(most)?)
}

/// Proves that `depth` products of values of at most `a` and `b` fit into a sum.
///
/// # Errors
/// [`Overflow`] if they might not.
pub fn prove(kind: CarrierKind, depth: u32, a: u64, b: u64) -> Result<(), Overflow> {
    let Some((_, limit)) = limits(kind) else { return Ok(()) };
    let product = u128::from(a).checked_mul(u128::from(b));
    let most = product.and_then(|product| product.checked_mul(u128::from(depth)));
    match most.unwrap_or(u128::MAX) {
        most if most <= u128::from(limit) => Ok(()),
        most => Err(Overflow { depth, a, b, most, limit }),
    }
}

/// The largest absolute value of a carrier, and of its sums.
fn limits(kind: CarrierKind) -> Option<(u64, u64)> {
    match kind {
        CarrierKind::I8 => Some((1 << 7, i32::MAX.unsigned_abs().into())),
        CarrierKind::I16 => Some((1 << 15, i64::MAX.unsigned_abs())),
        CarrierKind::F32 => None,
    }
}

/// Why a number cannot stand in a matrix of strict floats.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NotStrict {
    /// Not a number, or without end.
    #[error("{value} is not finite")]
    NotFinite {
        /// The number.
        value: f32,
    },
    /// Not on the grid.
    #[error("{value:e} is not a multiple of 2^-63, so a product of two could be subnormal")]
    TooFine {
        /// The number.
        value: f32,
    },
    /// `K·max|a|·max|b|` reaches 2^127.
    #[error("{depth} products of up to {a:e} times {b:e} may reach 2^127")]
    TooLarge {
        /// How many products are added up.
        depth: u32,
        /// Largest absolute value in A.
        a: f32,
        /// Largest absolute value in B.
        b: f32,
    },
}

/// The grid of strict floats: products of two of its points are multiples of 2^-126, the smallest
/// normal float, and so is every rounded sum of such. No subnormal can arise, which processors treat
/// in different ways.
const GRID: f64 = 1.0 / 9_223_372_036_854_775_808.0;

/// Proves of two matrices of floats that no sum on the way can overflow or be subnormal.
///
/// # Errors
/// [`NotStrict`] names the first value that is not allowed, or the bound that is exceeded.
pub fn strict(depth: u32, a: &[f32], b: &[f32]) -> Result<(), NotStrict> {
    let (a, b) = (largest_strict(a)?, largest_strict(b)?);
    // Exact enough: the product of three powers is off by less than the factor two that is left.
    match f64::from(depth) * f64::from(a) * f64::from(b) < f64::powi(2.0, 127) {
        true => Ok(()),
        false => Err(NotStrict::TooLarge { depth, a, b }),
    }
}

fn largest_strict(values: &[f32]) -> Result<f32, NotStrict> {
    let mut largest = 0.0_f32;
    for value in values.iter().copied() {
        if !value.is_finite() {
            return Err(NotStrict::NotFinite { value });
        }
        if (f64::from(value) / GRID).fract() != 0.0 {
            return Err(NotStrict::TooFine { value });
        }
        largest = largest.max(value.abs());
    }
    Ok(largest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_for_any_content_are_those_of_the_full_range() {
        assert_eq!(deepest(CarrierKind::I8), Some(131_071));
        assert_eq!(deepest(CarrierKind::I16), Some(8_589_934_591));
        assert_eq!(deepest(CarrierKind::F32), None);
    }

    #[test]
    fn one_product_more_than_fits_is_refused_and_smaller_values_may_be_more() {
        assert_eq!(prove(CarrierKind::I8, 131_071, 128, 128), Ok(()));
        let refused = prove(CarrierKind::I8, 131_072, 128, 128).unwrap_err();
        assert_eq!((refused.most, refused.limit), (1 << 31, (1 << 31) - 1));
        assert_eq!(prove(CarrierKind::I8, 133_144, 127, 127), Ok(()));
        assert!(prove(CarrierKind::I8, 133_145, 127, 127).is_err());
        assert_eq!(prove(CarrierKind::I16, crate::MAX_SIDE, 1 << 15, 1 << 15), Ok(()));
        assert!(prove(CarrierKind::I16, 2, u64::MAX, u64::MAX).is_err());
    }

    #[test]
    fn the_extremes_at_the_limit_do_not_wrap() {
        let sum = (0..131_071).fold(0_i32, |sum, _| sum.checked_add(128 * 128).unwrap());
        assert!(sum.checked_add(128 * 128).is_none());
    }

    #[test]
    fn strict_floats_are_finite_on_the_grid_and_bounded() {
        let fine = f32::powi(2.0, -64);
        assert_eq!(strict(8, &[1.5, 2.0 * fine], &[-3.0]), Ok(()));
        assert_eq!(strict(8, &[fine], &[1.0]), Err(NotStrict::TooFine { value: fine }));
        let value = f32::INFINITY;
        assert_eq!(strict(8, &[1.0], &[value]), Err(NotStrict::NotFinite { value }));
        assert!(matches!(strict(1, &[f32::NAN], &[1.0]), Err(NotStrict::NotFinite { .. })));
        let large = f32::powi(2.0, 63);
        assert_eq!(strict(1, &[large], &[large]), Ok(()));
        assert!(matches!(strict(2, &[large], &[large]), Err(NotStrict::TooLarge { .. })));
    }
}
