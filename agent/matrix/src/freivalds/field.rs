//! Numbers modulo the Mersenne prime 2^61 − 1.

#![expect(
    clippy::arithmetic_side_effects,
    reason = "each sum and product below is bounded beside it and fits"
)]

/// Modulo 2^61 − 1; always below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Residue(u64);

const P: u64 = (1 << 61) - 1;

impl Residue {
    /// Taken modulo p.
    #[must_use]
    pub fn new(number: u64) -> Self {
        // At most 7 above 2^61: two steps suffice.
        Self(reduced((number & P) + (number >> 61)))
    }

    /// As the number below p.
    #[must_use]
    pub fn value(self) -> u64 {
        self.0
    }

    /// Taken modulo p, below 0 as well.
    #[must_use]
    pub fn of_signed(number: i64) -> Self {
        let size = Self::new(number.unsigned_abs());
        if number < 0 { Self::default().minus(size) } else { size }
    }

    /// The sum.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self(reduced(self.0 + other.0))
    }

    /// The difference.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        Self(reduced(self.0 + (P - other.0)))
    }

    /// The product.
    #[must_use]
    pub fn times(self, other: Self) -> Self {
        // Below 2^122: what stands above bit 61 counts as it is, since 2^61 is 1.
        let product = u128::from(self.0) * u128::from(other.0);
        let low = u64::try_from(product & u128::from(P)).unwrap_or_default();
        let high = u64::try_from(product >> 61).unwrap_or_default();
        Self(reduced(low + high))
    }

    /// Times 2^`bits`.
    #[must_use]
    pub fn shifted(self, bits: u32) -> Self {
        self.times(Self::new(1_u64.checked_shl(bits).unwrap_or_default()))
    }
}

/// Below p, from a number below 2p.
fn reduced(number: u64) -> u64 {
    if number >= P { number - P } else { number }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn slow(number: i128) -> u64 {
        number.rem_euclid(i128::from(P)).try_into().unwrap()
    }

    #[test]
    fn the_edges_are_right() {
        assert_eq!(Residue::new(P), Residue::default());
        assert_eq!(Residue::new(u64::MAX).value(), slow(u64::MAX.into()));
        assert_eq!(Residue::of_signed(i64::MIN).value(), slow(i64::MIN.into()));
        let most = Residue::new(P - 1);
        assert_eq!((most.times(most).value(), most.plus(most).value()), (1, P - 2));
        assert_eq!(Residue::default().minus(Residue::default()).value(), 0);
        assert_eq!(Residue::new(3).shifted(61).value(), 3);
    }

    proptest! {
        #[test]
        fn it_computes_as_long_numbers_do(a in any::<i64>(), b in any::<i64>(), bits in 0_u32..62) {
            let (x, y) = (Residue::of_signed(a), Residue::of_signed(b));
            let (a, b) = (i128::from(a), i128::from(b));
            prop_assert_eq!(x.value(), slow(a));
            prop_assert_eq!(x.plus(y).value(), slow(a + b));
            prop_assert_eq!(x.minus(y).value(), slow(a - b));
            prop_assert_eq!(x.times(y).value(), slow(a * b));
            prop_assert_eq!(x.shifted(bits).value(), slow(a * (1 << bits)));
        }
    }
}
