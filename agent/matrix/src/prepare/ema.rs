//! An exponential moving average in whole numbers.

/// The weight of the newest value: `numerator / 2^16`, from just above 0 up to 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alpha(u32);

/// Bits behind the point of the weight and of the state.
const POINT: u32 = 16;

impl Alpha {
    /// `None` for 0 and for more than 1 (65,536).
    #[must_use]
    pub fn new(numerator: u32) -> Option<Self> {
        (1..=1 << POINT).contains(&numerator).then_some(Self(numerator))
    }
}

/// `y ← y + α·(x − y)`, the state with 16 bits behind the point, every step rounded half to even. The
/// first value is taken as it is.
#[derive(Debug, Clone)]
pub struct Ema {
    alpha: Alpha,
    /// In units of 2^-16. Always between the least and the largest value seen.
    state: Option<i64>,
}

impl Ema {
    /// Has seen nothing yet.
    #[must_use]
    pub fn new(alpha: Alpha) -> Self {
        Self { alpha, state: None }
    }

    /// Takes a value in and gives the average, rounded half to even.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "48 bits of state and 17 of weight are far within 128"
    )]
    pub fn take(&mut self, value: i32) -> i32 {
        let value = i128::from(value) << POINT;
        let state = self.state.map_or(value, i128::from);
        let state = state + rounded((value - state) * i128::from(self.alpha.0));
        self.state = i64::try_from(state).ok();
        i32::try_from(rounded(state)).unwrap_or_default()
    }
}

/// Divided by 2^16, rounded half to even.
#[expect(clippy::arithmetic_side_effects, reason = "a shift makes it smaller, one more fits")]
pub(super) fn rounded(number: i128) -> i128 {
    let (whole, rest) = (number >> POINT, number & 0xffff);
    let up = rest > 0x8000 || (rest == 0x8000 && whole & 1 == 1);
    whole + i128::from(up)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn smoothed(numerator: u32, values: &[i32]) -> Vec<i32> {
        let mut ema = Ema::new(Alpha::new(numerator).unwrap());
        values.iter().map(|value| ema.take(*value)).collect()
    }

    #[test]
    fn a_step_is_approached_by_halves() {
        assert_eq!(smoothed(1 << 15, &[0, 16, 16, 16, 16]), [0, 8, 12, 14, 15]);
        assert_eq!(smoothed(1 << 15, &[0, -16, -16, -16, -16]), [0, -8, -12, -14, -15]);
        assert_eq!(smoothed(1 << 16, &[3, -7, 9]), [3, -7, 9]);
    }

    #[test]
    fn a_weight_of_nothing_or_more_than_all_is_none() {
        assert!(Alpha::new(0).is_none() && Alpha::new(65_537).is_none());
    }

    proptest! {
        #[test]
        fn the_average_stays_within_what_it_saw(
            numerator in 1_u32..=65_536, values in prop::collection::vec(any::<i32>(), 1..40),
        ) {
            let (low, high) = (*values.iter().min().unwrap(), *values.iter().max().unwrap());
            prop_assert!(smoothed(numerator, &values).iter().all(|y| (low..=high).contains(y)));
        }
    }
}
